"""Row 17: nothing is sent home, no error shows its inside, nothing is watched, and only this computer is served."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from imgsim.app.parts import mending
from imgsim.cli import environment
from imgsim.errors import ImgsimError
from tests.conftest import offline
from tests.e2e.serving import serve
from tests.herbals import make_herbals
from tests.reliability.tally import Tally

ROOT = environment.REPOSITORY
WANTED = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "client.disableDataExport": True,
    "global.disableWidgetStateDuplicationWarning": True,
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    "server.address": "127.0.0.1",
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxUploadSize": 20,
    "server.runOnSave": False,
    "server.enableXsrfProtection": True,
    "theme.font": "sans-serif",
    "theme.headingFont": "serif",
    "theme.light.backgroundColor": "#fbf8f1",
    "theme.dark.backgroundColor": "#1d1a16",
}
SCRIPT = (
    "import json, streamlit as st; from streamlit import config; "
    "names = json.loads(input()); print(json.dumps({n: config.get_option(n) for n in names}))"
)


def test_the_effective_configuration(tally: Tally) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(list(WANTED)), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    for name, value in WANTED.items():
        with tally.attempt(name):
            assert found[name] == value
    with tally.attempt("the theme fetches nothing"):
        words = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
        assert "://" not in words and "fontFaces" not in words


def addresses() -> list[str]:
    """The addresses of this computer that others could reach."""
    return sorted({str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None)} - {"127.0.0.1", "::1"})


def test_the_app_serves_this_computer_only_and_calls_nobody(tmp_path: Path, tally: Tally) -> None:
    calls = tmp_path / "calls.txt"
    with serve(make_herbals(tmp_path), environ=offline(calls)) as app:
        port = urlsplit(app.url).port or 0
        with tally.attempt("its other addresses"):
            for address in addresses():
                with pytest.raises(OSError), socket.create_connection((address, port), timeout=5):
                    pass
        for path in ("", "/plate?plate=p003", "/about"):
            with tally.attempt(f"a page, asked for: {path}"), urllib.request.urlopen(app.url + path) as answer:
                assert not re.search(rb"(src|href)=.https?://", answer.read())
        assert "Traceback" not in app.said()
    with tally.attempt("it called nobody"):
        assert not calls.exists()


def test_an_error_shows_a_sentence_and_nothing_of_its_inside(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tally: Tally
) -> None:
    said: list[str] = []
    monkeypatch.setattr(mending.st, "error", said.append)
    with tally.attempt("one of ours"):
        assert mending.on_script_error(ImgsimError("3 of <b>4</b> rows are missing. Run it again."))
        assert said.pop().replace("\\", "") == "3 of <b>4</b> rows are missing. Run it again."
    for error in (KeyError("/home/somebody/secret"), ValueError("secret"), OSError(5, "secret", "/home/secret")):
        with tally.attempt(repr(error)):
            assert mending.on_script_error(error)
            words = said.pop()
            assert "secret" not in words and "terminal" in words
            assert "secret" in caplog.text  # for whoever mends it
