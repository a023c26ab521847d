"""Starting the app: its options, the port, and what happens where one runs already."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from imgsim.base.places import HERE, data_mark
from imgsim.cli import environment, start


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """What would have been run."""
    made: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(environment, "python", lambda *_: "python-of-the-environment")

    def run(executable: str, arguments: list[str], cwd: Path) -> int:
        made.append((executable, arguments))
        return 0

    monkeypatch.setattr(environment, "run", run)
    return made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was told to open."""
    told: list[str] = []
    monkeypatch.setattr(start.webbrowser, "open", told.append)
    monkeypatch.setattr(start, "open_browser", lambda port, stopped: told.append(f"soon {port}"))
    return told


@contextmanager
def listening(said: bytes | None) -> Iterator[int]:
    """Somebody at a port who answers there in this way; None: who never answers."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == HERE else 404)
            self.end_headers()
            self.wfile.write(said or b"")

        def log_message(self, *_: object) -> None: ...

    if said is None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            yield taken.getsockname()[1]
        return
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def port_of(arguments: list[str]) -> int:
    return int(arguments[arguments.index("--server.port") + 1])


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_app_is_started_with_its_options(calls: list[tuple[str, list[str]]], opened: list[str]) -> None:
    port = free()
    assert start.main(["--port", str(port), "--no-browser", "--server.address", "0.0.0.0"]) == 0
    executable, arguments = calls.pop()
    assert executable == "python-of-the-environment"
    assert arguments[:4] == ["-m", "streamlit", "run", "app.py"]
    assert port_of(arguments) == port
    assert arguments[-2:] == ["--server.address", "0.0.0.0"]
    assert not opened
    assert start.main(["--port", str(port)]) == 0
    assert opened == [f"soon {port}"]


def test_a_second_start_opens_the_first(
    calls: list[tuple[str, list[str]]], opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(data_mark().encode()) as port:
        assert start.main(["--port", str(port)]) == 0
        assert opened == [f"http://127.0.0.1:{port}"] and not calls
        assert f"running already, with these collections: http://127.0.0.1:{port}" in capsys.readouterr().out
        assert start.main(["--port", str(port), "--no-browser"]) == 0
        assert len(opened) == 1 and not calls


@pytest.mark.parametrize("words", [["--allow-host", "plates.example.org"], ["--server.address", "0.0.0.0"]])
def test_another_start_with_other_settings_is_another_app(
    words: list[str], calls: list[tuple[str, list[str]]], opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_ALLOW_HOSTS", "")
    with listening(data_mark().encode()) as port:
        assert start.main(["--port", str(port), *words]) == 0
    assert port_of(calls[0][1]) > port


@pytest.mark.parametrize("said", [b"", b"something else", b"\xff" * 500, b"0" * 64, None])
def test_a_port_in_use_by_others_says_so_and_takes_the_next(
    said: bytes | None, calls: list[tuple[str, list[str]]], opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(said) as port:
        assert start.main(["--port", str(port)]) == 0
    took = port_of(calls[0][1])
    assert took > port and opened == [f"soon {took}"]
    assert f"Port {port} is in use by another program. imgsim takes {took}." in capsys.readouterr().err


def test_other_collections_are_another_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = data_mark()
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    assert data_mark() != mine and str(tmp_path) not in data_mark()
    (tmp_path / "way").symlink_to(tmp_path)
    same = data_mark()
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "way"))
    assert data_mark() == same


@pytest.mark.parametrize("port", ["-1", "65536", "99999"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        start.main(["--port", port])
    assert f"a port is a number up to 65535, not {port}" in capsys.readouterr().err
