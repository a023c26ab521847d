"""Overview."""

from __future__ import annotations

from imgsim.views import shell


def show() -> None:
    """Draw the page."""
    shell.lead("Overview", "The collection in numbers; every number opens the plates behind it.")


if __name__ == "__main__":
    show()
