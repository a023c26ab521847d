"""Who sits at this computer: the number, the name, and nothing in between."""

from __future__ import annotations

import pytest

from imgsim.app.services.nearby import is_near


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "LOCALHOST", "[::1]:8501", "127.9.9.9"])
@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.3.2.1"])
def test_at_this_computer(client: str, host: str) -> None:
    assert is_near(client, {"host": host})


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("192.168.1.7", {"host": "127.0.0.1:8501"}), ("::ffff:10.0.0.1", {"host": "localhost"}),
        ("", {"host": "localhost"}), ("testclient", {"host": "localhost"}), ("127.0.0.1", {}),
        ("127.0.0.1", {"host": ""}),
        ("127.0.0.1", {"host": "plates.example.org"}), ("127.0.0.1", {"host": "localhost.evil.example"}),
        ("127.0.0.1", {"host": "192.168.1.5:8501"}), ("127.0.0.1", {"host": "127.1"}),
        ("127.0.0.1", {"host": "localhost", "x-forwarded-for": "203.0.113.9"}),
        ("127.0.0.1", {"host": "localhost", "forwarded": "for=203.0.113.9"}),
        ("127.0.0.1", {"host": "localhost", "x-real-ip": "203.0.113.9"}),
        ("127.0.0.1", {"host": "localhost", "via": "1.1 proxy"}),
        ("127.0.0.1", {"host": "localhost", "x-forwarded-host": "plates.example.org"}),
    ],
)  # fmt: skip
def test_anywhere_else(client: str, headers: dict[str, str]) -> None:
    assert not is_near(client, headers)
