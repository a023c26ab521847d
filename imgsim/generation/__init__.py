"""One prepared state of a collection on disk: how it is laid out, written, and read with every check."""
