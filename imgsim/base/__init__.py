"""Files: written whole, read with every check, fetched, kept in tables and databases."""
