"""Nearest neighbours by the cosine of embeddings, and embeddings drawn on a plane."""
