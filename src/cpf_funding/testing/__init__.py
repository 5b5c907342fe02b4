"""A kit for rule authors: worked cases (`cases`), what they cover (`coverage`), and their collection by pytest."""
