"""Processes that can be interrupted as from a keyboard, wherever the tests themselves run."""

from __future__ import annotations

import signal
import sys


def _heed() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


# For Popen(preexec_fn=...): what was started in the background inherits that Ctrl-C is ignored.
interruptible = None if sys.platform == "win32" else _heed
