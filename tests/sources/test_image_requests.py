"""What an image service is asked for."""

from __future__ import annotations

import pytest

from imgsim.sources.iiif.image_requests import Info, addresses, informed, needs_info, read_info
from imgsim.sources.iiif.pictures import Picture

SERVICE = "http://a.example/i"
BIG, SMALL = (3000, 4000), (300, 400)


@pytest.mark.parametrize(
    ("version", "level", "size", "first"),
    [
        (3, 2, BIG, "!2000,2000"), (3, 1, BIG, "1500,2000"), (3, 2, SMALL, "max"), (3, 1, SMALL, "max"),
        (2, 2, BIG, "!2000,2000"), (2, 1, BIG, "1500,"), (2, 2, SMALL, "full"), (2, 0, SMALL, "full"),
        (3, 2, None, "!2000,2000"),
    ],
)  # fmt: skip
def test_what_a_service_is_asked_first(
    version: int, level: int, size: tuple[int, int] | None, first: str
) -> None:
    found = addresses(Picture("http://a.example/b.jpg", SERVICE, version, level, size))
    assert found[0] == f"http://a.example/i/full/{first}/0/default.jpg"
    assert found[-1] == "http://a.example/b.jpg" and len(found) == len(set(found)) <= 6


def test_level_0_is_asked_for_a_size_that_it_has() -> None:
    picture = Picture("", SERVICE, 3, 0, BIG)
    assert needs_info(picture) and not needs_info(Picture("", SERVICE, 3, 0, SMALL))
    info = Info(3, 0, BIG, ((150, 200), (1800, 2400), (2250, 3000)))
    assert addresses(informed(picture, info), info)[0] == "http://a.example/i/full/1800,2400/0/default.jpg"
    small = Info(3, 0, BIG, ((150, 200), (750, 1000)))
    assert addresses(informed(picture, small), small)[0] == "http://a.example/i/full/750,1000/0/default.jpg"
    assert addresses(picture, None)[0] == "http://a.example/i/full/max/0/default.jpg"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"nonsense", b'"x"', b"[" * 100_000, b"\xff\xfe", b'{"width": "a", "sizes": {"a": 1}}',
     b'{"width": true, "height": 1e9, "profile": [[["x"]]], "sizes": [1, null, {"width": -1, "height": 2}]}'],
)  # fmt: skip
def test_an_info_json_may_hold_anything(content: bytes) -> None:
    info = read_info(content)
    assert info is None or (info.size is None and info.sizes == () and info.level is None)
