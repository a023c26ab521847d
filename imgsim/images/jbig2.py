"""Whether a JBIG2 image of a PDF is all there: what unpacks it fills what is missing with white, and says nothing."""

from __future__ import annotations

CODEC = "JBIG2Decode"
_REGIONS = {4, 6, 7, 20, 22, 23, 36, 38, 39, 40, 42, 43}
_UNKNOWN = 0xFFFFFFFF  # a length that is told after the data


def is_whole(data: bytes) -> bool:
    """Whether every segment (ITU-T T.88, 7.2) is as long as it says, and one of them holds a part of the image."""
    at, regions = 0, 0
    while len(data) - at >= 11:
        number, flags = int.from_bytes(data[at : at + 4], "big"), data[at + 4]
        referred = data[at + 5] >> 5
        head = at + 6
        if referred == 7:  # many others are referred to: their number takes four bytes, and a bit for each follows
            referred = int.from_bytes(data[at + 5 : at + 9], "big") & 0x1FFFFFFF
            head = at + 9 + (referred + 8) // 8
        head += referred * (1 if number <= 256 else 2 if number <= 65536 else 4)
        head += 4 if flags & 0x40 else 1  # the page that it belongs to
        length = int.from_bytes(data[head : head + 4], "big")
        regions += flags & 63 in _REGIONS
        if length == _UNKNOWN:
            return head + 4 < len(data)
        at = head + 4 + length
    rest = data[at:] if at <= len(data) else b"cut"
    return regions > 0 and not rest.strip(b"\0\r\n\t ")
