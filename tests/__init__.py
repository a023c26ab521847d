"""The tests of imgsim; ``python3 -m tests`` runs them."""
