"""What a hostile or an unlucky input meets: a typed error, in French, before any work is done."""
