"""Local features of plates: found, masked, stored, indexed. Functions that need cv2 import it themselves."""
