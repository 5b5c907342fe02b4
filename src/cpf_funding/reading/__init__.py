"""The strict reader: YAML or JSON in, places kept, every mistake of a file told at once in French."""
