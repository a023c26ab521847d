"""Images: reading them from folders, zips and documents, opening them as they look, shaping, thumbnails."""
