"""Row 22: 25, 50 and 100 readers at once are all answered, each with the plate that he asked for.

How long they wait is measured, not tested: tests/benchmarks/load.py.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.benchmarks.load import MOST_BYTES, answer
from tests.e2e.serving import serve
from tests.herbals import COUNT, make_herbals
from tests.reliability.tally import Tally

CROWDS = (25, 50, 100)
PAGES = ("plate", "compare", "plate", "book")


async def reader(url: str, number: int, crowd: int, tally: Tally) -> None:
    """One reader's session: some pages, of another plate each time."""
    async with connect(url, max_size=MOST_BYTES, subprotocols=["streamlit"], open_timeout=60) as socket:  # type: ignore[list-item]
        for turn, page in enumerate(PAGES):
            plate = f"p{(number * 7 + turn * 5) % COUNT:03}"
            with tally.attempt(f"reader {number} of {crowd} on {page} with {plate}"):
                words = await asyncio.wait_for(answer(socket, page, {"collection": "herbals", "plate": plate}), 240)
                assert plate.encode() in words


async def crowd(url: str, count: int, tally: Tally) -> None:
    await asyncio.gather(*(reader(url, number, count, tally) for number in range(count)))


@pytest.mark.timeout(600)
def test_every_reader_is_answered(tmp_path: Path, tally: Tally) -> None:
    with serve(make_herbals(tmp_path)) as app:
        for count in CROWDS:
            asyncio.run(crowd(app.url.replace("http", "ws") + "/_stcore/stream", count, tally))
        assert "Traceback" not in app.said()
    assert tally.tried == sum(CROWDS) * len(PAGES)
