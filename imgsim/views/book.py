"""Book."""

from __future__ import annotations

from imgsim.views import shell


def show() -> None:
    """Draw the page."""
    shell.lead("Book", "One book: its record, its plates in order, and what it took from others.")


if __name__ == "__main__":
    show()
