"""Which names the server answers to, and whose origin is its own."""

from __future__ import annotations

import pytest

from imgsim.app.services import hosts
from imgsim.app.services.hosts import Host, Hosts, is_own, read_host
from imgsim.cli import environment, start
from imgsim.errors import ImgsimError

PLAIN = "http://"


@pytest.mark.parametrize(
    ("text", "name", "port"),
    [
        ("localhost", "localhost", None), ("LocalHost:8501", "localhost", 8501), ("127.0.0.1:1", "127.0.0.1", 1),
        ("127.5.6.7", "127.5.6.7", None), ("[::1]:8501", "::1", 8501), ("[0:0:0:0:0:0:0:1]", "::1", None),
        ("[::FFFF:127.0.0.1]:9", "::ffff:7f00:1", 9),
    ],
)  # fmt: skip
def test_this_computer_is_answered_at_any_port(text: str, name: str, port: int | None) -> None:
    host = read_host(text)
    assert host is not None and host.port == port
    assert host.name == name or name.startswith("::ffff")  # Pythons write a mapped number in two ways
    assert Hosts().answers(host)
    assert read_host(str(host)) == host


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "localhost.", "127.0.0.1.", "localhost:", "localhost:0", "localhost:65536", "localhost:99999999",
        "localhost:-1", "localhost:８５０１", "a@localhost", "localhost@evil.example", "localhost, evil.example",
        "localhost evil.example", "localhost\tx", "localhost/", "localhost?", "localhost#", "http://localhost", "::1",
        "[::1", "::1]", "[::1]x", "[localhost]", "[127.0.0.1]", "[fe80::1%lo]", "127.1", "127.0.1", "0x7f.0.0.1",
        "2130706433", "017700000001", "0x7f000001", "127.0.0.01", "127.0.0.256", "127.0.0.1.1", "lócalhost",
        "localhost\x00", "-a.example", "a..example", ".localhost", "a" * 64 + ".example", "a." * 130 + "example", "*",
    ],
)  # fmt: skip
def test_what_browsers_never_send_is_no_host(text: str) -> None:
    assert read_host(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1.nip.io", "evil.localhost",
        "localhosts", "0.0.0.0", "[::]", "192.168.1.5", "10.0.0.1", "128.0.0.1", "[fe80::1]", "[::ffff:10.0.0.1]",
        "xn--lcalhost-q1a", "plates.example.org.evil.example", "example.org",
    ],
)  # fmt: skip
def test_other_names_are_not_answered_unless_allowed(text: str) -> None:
    host = read_host(text)
    assert host is not None
    assert not Hosts(["plates.example.org"], "0.0.0.0").answers(host)
    assert not Hosts([], "::").answers(host)
    if host.name not in {"0.0.0.0", "::"}:
        assert Hosts([text.upper()]).answers(host)
        assert Hosts(listened=host.name).answers(host)


@pytest.mark.parametrize(
    "name",
    [
        "", "*", "*.example.org", "https://example.org", "example.org:443", "a b", "0.0.0.0", "::", "a,b", "é.example",
    ],
)  # fmt: skip
def test_a_name_that_is_none_cannot_be_allowed(name: str) -> None:
    with pytest.raises(ImgsimError, match=r"such as plates\.example\.org"):
        Hosts([name])


def test_names_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(hosts.VARIABLE, " Plates.Example.org ,, fd00::5,[fd00::6]")
    assert hosts.allowed_names() == ["plates.example.org", "fd00::5", "fd00::6"]
    monkeypatch.delenv(hosts.VARIABLE)
    assert hosts.allowed_names() == []


def test_names_of_the_start_command_join_those_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "python", lambda *_: "python")
    monkeypatch.setattr(environment, "run", lambda *_: 0)
    monkeypatch.setenv(hosts.VARIABLE, "a.example")
    words = ["--no-browser", "--allow-host", "B.example", "--allow-host", "192.168.1.5", "--allow-host", "a.example"]
    assert start.main(words) == 0
    assert hosts.allowed_names() == ["a.example", "b.example", "192.168.1.5"]
    with pytest.raises(SystemExit):
        start.main(["--no-browser", "--allow-host", "https://a.example"])
    assert "--allow-host: 'https://a.example' cannot be allowed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8501", "127.0.0.1:8501"), ("HTTP://LOCALHOST:8501", "localhost:8501"),
        ("http://localhost", "localhost:80"), ("https://plates.example.org", "plates.example.org"),
        ("https://plates.example.org", "plates.example.org:443"), ("https://a.example:8443", "a.example:8443"),
        (PLAIN + "[::1]:8501", "[0:0::1]:8501"),
    ],
)  # fmt: skip
def test_an_origin_is_our_own_at_the_same_name_and_port(origin: str, host: str) -> None:
    named = read_host(host)
    assert named is not None and is_own(origin, named)


@pytest.mark.parametrize(
    "origin",
    [
        "", "null", "http://evil.example:8501", "http://127.0.0.1:9999", "http://127.0.0.1", "https://127.0.0.1",
        "http://localhost:8501", "http://127.0.0.1:8501/", "http://127.0.0.1:8501@evil.example",
        "http://evil.example@127.0.0.1:8501", "http://127.0.0.1:8501.evil.example", "http://127.0.0.1:8501#",
        "http://127.0.0.1:8501 http://evil.example", "http://127.0.0.1:8501, http://evil.example", "file://",
        "ftp://127.0.0.1:8501", "127.0.0.1:8501", "//127.0.0.1:8501", "http:127.0.0.1:8501", PLAIN + "127.1:8501",
        PLAIN + "127.0.0.1.:8501", "chrome-extension://127.0.0.1:8501", "http://127.0.0.1:8501\\evil",
    ],
)  # fmt: skip
def test_any_other_origin_is_not(origin: str) -> None:
    assert not is_own(origin, Host("127.0.0.1", 8501))
