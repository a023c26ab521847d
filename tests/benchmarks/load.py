"""Many readers at once: how long each waits for a page, and what the app's memory does when they leave.

    python -m tests.benchmarks.load DATA COLLECTION [--readers 25 50 100] [--think 5] [--seconds 60] [--tabs 2000]

DATA is the folder of collections. Each reader holds a session of its own over the app's websocket, as a browser tab
does, and asks for one plate after another (the page Plate, its neighbours and its map's page in turn), thinking in
between. A wait is counted from the question to Streamlit's word that the page is complete. After that, ``--tabs``
sessions are opened and closed one after another, and the server's memory is read before and after. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import time
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from imgsim.collection import open_collection
from tests.e2e.serving import serve

PAGES = ("plate", "map", "plate", "browse")
_STREAM = "/_stcore/stream"
LEAST_ELEMENTS = 20  # of any page that is whole

MOST_BYTES = 64 * 2**20


class FailedError(Exception):
    """The app answered with an error, or with something that is no answer."""


async def visit(socket: ClientConnection, page: str, query: dict[str, str]) -> float:
    """Ask for a page and wait until it is complete: seconds."""
    start = time.perf_counter()
    await answer(socket, page, query)
    return time.perf_counter() - start


async def answer(socket: ClientConnection, page: str, query: dict[str, str]) -> bytes:
    """Ask for a page and wait until it is complete: all that it says, as it came.

    Raises
    ------
    FailedError : an error, a warning, or a page that is nearly empty.
    """
    question = BackMsg()
    question.rerun_script.query_string = urlencode(query)
    question.rerun_script.page_name = "" if page == "browse" else page
    elements, said = 0, b""
    await socket.send(question.SerializeToString())
    while True:
        message = ForwardMsg()
        received = bytes(await socket.recv(decode=False))
        message.ParseFromString(received)
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.new_element.WhichOneof("type") in {"exception", "alert"}:
            raise FailedError(str(message.delta.new_element)[:300])
        if kind == "page_not_found":
            raise FailedError(f"there is no page {page}")
        elements += kind == "delta"
        said += received if kind == "delta" else b""
        if kind == "script_finished":
            finished = ForwardMsg.ScriptFinishedStatus.Name(message.script_finished)
            if finished == "FINISHED_SUCCESSFULLY":
                if elements < LEAST_ELEMENTS:
                    raise FailedError(f"{page} is nearly empty: {elements} elements")
                return said
            if finished == "FINISHED_WITH_COMPILE_ERROR":
                raise FailedError(finished)


async def reader(url: str, name: str, ids: list[str], think: float, until: float, seed: int) -> list[float]:
    """One reader's waits, without the first, which opens the session."""
    drawn = random.Random(seed)
    waits = []
    async with connect(url, max_size=MOST_BYTES, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
        await asyncio.sleep(drawn.uniform(0, think))
        await visit(socket, "browse", {"collection": name})
        turn = 0
        while time.monotonic() < until:
            await asyncio.sleep(drawn.expovariate(1 / think))
            query = {"collection": name, "plate": drawn.choice(ids)}
            waits.append(await visit(socket, PAGES[turn % len(PAGES)], query))
            turn += 1
    return waits


async def crowd(url: str, name: str, ids: list[str], readers: int, think: float, seconds: float) -> None:
    """Let so many readers in at once, and print what they waited."""
    until = time.monotonic() + seconds
    found = await asyncio.gather(
        *(reader(url, name, ids, think, until, seed) for seed in range(readers)), return_exceptions=True
    )
    waits = np.array([wait for one in found if isinstance(one, list) for wait in one])
    failed = [one for one in found if isinstance(one, BaseException)]
    low, high = np.percentile(waits, [50, 95]) if len(waits) else (float("nan"),) * 2
    print(
        f"{readers:4} readers, {think:g} s of thought: {len(waits):5} pages, median {low:.3f} s, 95 % within "
        f"{high:.3f} s, {len(failed)} failed" + "".join(f"\n     {error!r}" for error in failed[:3]),
        flush=True,
    )


async def tabs(url: str, name: str, ids: list[str], count: int, at_once: int = 8) -> None:
    """Open and close so many sessions."""
    gate = asyncio.Semaphore(at_once)

    async def tab(number: int) -> None:
        async with gate, connect(url, max_size=MOST_BYTES, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
            await visit(socket, "plate", {"collection": name, "plate": ids[number % len(ids)]})

    await asyncio.gather(*(tab(number) for number in range(count)))


def memory(process: int) -> float:
    """Resident memory of a process and its children, MB."""
    total = 0.0
    waiting = [process]
    while waiting:
        pid = waiting.pop()
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        total += int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024
        waiting += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return total


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.load", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of collections")
    parser.add_argument("collection", help="the collection's name")
    parser.add_argument("--readers", type=int, nargs="*", default=[25, 50, 100])
    parser.add_argument(
        "--think", type=float, default=5.0, help="seconds between an answer and a question, on average"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each crowd stays")
    parser.add_argument("--tabs", type=int, default=2000)
    options = parser.parse_args()
    ids = list(open_collection(options.data / options.collection).catalogue.plate_ids)
    print(f"{options.collection}: {len(ids):,} plates")
    with serve(options.data) as served:
        url = served.url.replace("http", "ws") + _STREAM
        for readers in options.readers:
            asyncio.run(crowd(url, options.collection, ids, readers, options.think, options.seconds))
        if options.tabs:
            # What is kept for good (caches of a fixed number of entries) is filled first.
            asyncio.run(tabs(url, options.collection, ids, options.tabs // 2))
            before = memory(served.process.pid)
            asyncio.run(tabs(url, options.collection, ids, options.tabs))
            after = memory(served.process.pid)
            print(f"{options.tabs:,} tabs opened and closed: {before:.0f} MB before, {after:.0f} MB after")


if __name__ == "__main__":
    main()
