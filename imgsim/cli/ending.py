"""How a command ends: its last words, its exit status, and what an interruption or an error says, in one line."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from imgsim.cli.display import JsonDisplay, QuietDisplay, TextDisplay
from imgsim.cli.phrases import told
from imgsim.errors import ImgsimError

AnyDisplay = TextDisplay | JsonDisplay | QuietDisplay


def display_for(*, quiet: bool, as_json: bool) -> AnyDisplay:
    """Return what shows progress in the way that was asked for."""
    if as_json:
        return JsonDisplay()
    return QuietDisplay() if quiet else TextDisplay()


def run_command(
    work: Callable[[AnyDisplay], tuple[dict[str, Any], str]], *, quiet: bool, as_json: bool, interrupted: str
) -> int:
    """Do the work of a command and say how it went.

    Parameters
    ----------
    work : does it, showing its progress, and returns the summary as JSON can hold it and as text.
    quiet, as_json : how the reader wants it said.
    interrupted : what Ctrl-C leaves behind, and what to do next.

    Returns
    -------
    The exit status: 0 done, 1 an error, 130 interrupted.
    """
    display = display_for(quiet=quiet, as_json=as_json)
    try:
        facts, text = work(display)
        display.close()
        if as_json:
            print(json.dumps({"event": "done", **facts}), flush=True)
        elif not quiet:
            print(text, flush=True)
    except ImgsimError as error:
        display.close()
        return _failed(told(error), as_json, error)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not cut off the message
        display.close()
        _failed(f"Interrupted. {interrupted}", as_json)
        return 130
    except BrokenPipeError:
        # Whoever read our output is gone: nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _failed(message: str, as_json: bool, error: ImgsimError | None = None) -> int:
    line = " ".join(message.split())
    if as_json:
        event: dict[str, Any] = {"event": "error", "message": line}
        if error is not None and error.remedy is not None:
            event |= {"what": error.what, "remedy": error.remedy.as_dict()}
        print(json.dumps(event), flush=True)
    print(f"precompute.py: {line}", file=sys.stderr, flush=True)
    return 1
