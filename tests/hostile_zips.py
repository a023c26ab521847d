"""Zips that attack, and zips that are damaged."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import cache

from tests.hostile import drawing, encode


def _zip(entries: list[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name) if isinstance(name, str) else name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return target.getvalue()


def _renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new) and content.count(old) == 2
    return content.replace(old, new)


def _lying(content: bytes, old: int, new: int) -> bytes:
    """Change the unpacked size that the central directory and the local header promise."""
    return content.replace(struct.pack("<I", old), struct.pack("<I", new))


@cache
def hostile_zips() -> dict[str, tuple[bytes, str]]:
    """Return zips that attack: name -> (archive, a word of the reason that must be reported).

    Each but the first two kinds of damage also holds one good plate, ``good.png``.
    """
    good = ("good.png", encode(drawing(60, 80, 1), "PNG"))
    bad = encode(drawing(60, 80, 2), "PNG")
    link = zipfile.ZipInfo("link.png")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    bomb = bytes(200_000_000)
    encrypted = bytearray(_zip([good, ("locked.png", bad)]))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.rindex(signature) + flags] |= 1
    return {
        "slip": (_zip([good, ("../outside.png", bad)]), "climbs"),
        "deep slip": (_zip([good, ("a/../../outside.png", bad)]), "climbs"),
        "absolute": (_zip([good, ("/tmp/outside.png", bad)]), "absolute"),
        "backslash": (
            _renamed(_zip([good, ("..X..Xoutside.png", bad)]), b"..X..X", b"..\\..\\"),
            "backslash",
        ),
        "drive": (_zip([good, ("C:/outside.png", bad)]), "absolute"),
        "link": (_zip([good, (link, b"/etc/passwd")]), "link"),
        "encrypted": (bytes(encrypted), "encrypted"),
        "nested": (_zip([good, ("inner.zip", _zip([good]))]), "inside an archive"),
        "bomb": (_zip([good, ("bomb.bmp", bomb)]), "bomb"),
        "twice": (_zip([good, ("twin.png", bad), ("twin.png", good[1])]), "twice"),
        "case": (_zip([good, ("plate.png", bad), ("PLATE.png", bad)]), "cannot be told"),
        "unicode": (_zip([good, ("cafe\u0301.png", bad), ("caf\u00e9.png", bad)]), "cannot be told"),
        "NUL": (_renamed(_zip([good, ("nulXx.png", bad)]), b"nulXx.png", b"nul\x00x.png"), "control"),
        "method": (_lzma([good, ("packed.png", bad)]), "compression"),
        "huge": (_lying(_zip([good, ("huge.png", bad)]), len(bad), 0xFFFFFF00), "claims"),
    }


def _lzma(entries: list[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number, (name, content) in enumerate(entries):
            archive.writestr(name, content, zipfile.ZIP_LZMA if number else zipfile.ZIP_DEFLATED)
    return target.getvalue()


def damaged_zips() -> dict[str, bytes]:
    """Return zips whose entry ``plate.png`` is listed, but must fail when it is read."""
    plate = encode(drawing(60, 80, 3), "PNG")
    whole = _zip([("plate.png", plate)])
    flipped = bytearray(whole)
    flipped[60] ^= 0xFF
    return {
        "flipped": bytes(flipped),
        "promises less": _lying(whole, len(plate), len(plate) - 100),
        "promises more": _lying(whole, len(plate), len(plate) + 100),
    }
