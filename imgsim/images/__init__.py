"""Images: finding them (:mod:`.sources`), opening them as they look (:mod:`.opening`), shaping, thumbnails."""
