"""Training of the page network on pages made up of plates and set text: ``imgsim train pages``."""
