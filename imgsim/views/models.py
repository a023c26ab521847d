"""Models."""

from __future__ import annotations

from imgsim.views import shell


def show() -> None:
    """Draw the page."""
    shell.lead("Models", "What the networks of this collection see alike, and where they disagree.")


if __name__ == "__main__":
    show()
