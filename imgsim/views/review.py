"""Review."""

from __future__ import annotations

from imgsim.views import shell


def show() -> None:
    """Draw the page."""
    shell.lead("Review", "You decide: pairs of plates, one at a time, most informative first.")


if __name__ == "__main__":
    show()
