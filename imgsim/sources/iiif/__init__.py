"""Manifests of libraries, read, and the images that they name, fetched."""
