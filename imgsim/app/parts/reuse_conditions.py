"""The conditions on the families that Re-use lists, as they are before anybody sets one."""

from __future__ import annotations

from typing import Any

CONDITIONS: dict[str, Any] = {
    "reuse_text": "",
    "reuse_decades": None,
    "reuse_books": 1,
    "reuse_mirrored": False,
    "reuse_negative": False,
    "reuse_works": False,
    "reuse_from": "",
    "reuse_to": "",
    "reuse_years": None,
    "reuse_tag": "",
    "reuse_verdicts": (),
    "reuse_judged": "any",
    "between": (),
}
