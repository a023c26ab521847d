"""``python3 -m imgsim``: the app, or one of the commands."""

from __future__ import annotations

import sys

from imgsim.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
