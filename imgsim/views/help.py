"""Help."""

from __future__ import annotations

from imgsim.views import shell


def show() -> None:
    """Draw the page."""
    shell.lead("Help", "The words, the verdicts, the keys.")


if __name__ == "__main__":
    show()
