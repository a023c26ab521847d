"""Row 23: only who sits at this computer hands files in, sees its folders, and starts or ends a run."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from imgsim.app.services import incoming, nearby
from imgsim.collection import Collection
from tests.e2e.serving import Served, find_browser, launch, settle
from tests.outsider import head, send
from tests.reliability.other_pages import ALLOWED, EVIL, app, data, herbals
from tests.reliability.tally import Tally

__all__ = ["app", "data", "herbals"]  # fixtures


def test_files_are_taken_from_this_computer_and_its_own_pages_alone(
    app: Served, data: Path, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(data))
    token = incoming.begin()
    port = urlsplit(app.url).port or 0
    own = f"127.0.0.1:{port}"

    def put(name: str, headers: dict[str, str], key: str = token) -> int:
        given = [("Content-Length", "7"), *({"Host": own} | headers).items()]
        return send(port, head("PUT", f"/incoming/{key}/{name}", given) + b"content").status

    refused: dict[str, dict[str, str]] = {
        "another name": {"Host": EVIL}, "an allowed name, from elsewhere": {"Host": ALLOWED},
        "an allowed name, its own page": {"Host": ALLOWED, "Origin": f"http://{ALLOWED}"},
        "a page of another origin": {"Origin": f"http://{EVIL}"}, "another port": {"Origin": "http://127.0.0.1:9"},
        "an opaque origin": {"Origin": "null"}, "a page of another site": {"Sec-Fetch-Site": "cross-site"},
        "a form of another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
                                   "Sec-Fetch-Dest": "document"},
        "handed on": {"X-Forwarded-For": "203.0.113.9"}, "handed on, newer": {"Forwarded": "for=203.0.113.9"},
        "handed on by name": {"X-Real-IP": "203.0.113.9"}, "a proxy": {"Via": "1.1 proxy"},
    }  # fmt: skip
    for what, headers in refused.items():
        with tally.attempt(f"a file from {what}"):
            assert put("a.png", headers) in (403, 421)
            assert incoming.files(token) == []
    for key in ("0" * 32, token[:-1], token.upper() + "0", "..%2f..", "%2e%2e"):
        with tally.attempt(f"a file for {key}"):
            assert put("a.png", {}, key) in (400, 404)
    names = ("..%2f..%2fout.png", "%2fetc%2fpasswd", "a%2f..%2f..%2fout.png", "a%00b.png", "a%5cb.png", ".hidden.png",
             "C:%2fx.png", "a%2f%2fb.png", "a%0ab.png", "x" * 250 + ".png")  # fmt: skip
    before = sorted(data.rglob("*"))
    for name in names:
        with tally.attempt(f"a file called {name[:40]}"):
            assert put(name, {}) in (400, 404)
            assert sorted(data.rglob("*")) == before
    with tally.attempt("a file of this computer's own page"):
        assert put("a.png", {"Origin": f"http://{own}", "Sec-Fetch-Site": "same-origin"}) == 201
        assert incoming.files(token) == [("a.png", 7)]
    incoming.give_up(token)


@pytest.mark.browser
def test_a_page_under_another_name_shows_no_folder_and_starts_nothing(
    app: Served, herbals: Collection, tally: Tally
) -> None:
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium or Chrome found on the PATH (IMGSIM_BROWSER may name one)")
    port = urlsplit(app.url).port
    with sync_playwright() as playwright:
        browser = launch(playwright, path, f"--host-resolver-rules=MAP {ALLOWED} 127.0.0.1")
        for name, near in ((ALLOWED, False), ("127.0.0.1", True)):
            page = browser.new_page()
            with tally.attempt(f"adding at {name}"):
                page.goto(f"http://{name}:{port}/add?door=own")
                settle(page)
                if near:
                    page.get_by_test_id("imgsim-drop").wait_for()
                    page.get_by_role("textbox", name="Or a folder on this computer").wait_for()
                assert page.get_by_text(nearby.ELSEWHERE[:40]).count() == (0 if near else 1)
                assert page.get_by_role("textbox", name="Or a folder on this computer").count() == int(near)
                assert page.get_by_test_id("imgsim-drop").count() == int(near)
            for where, act in (("manage", "Delete"), ("manage", "Prepare again"), ("review", "Decide")):
                with tally.attempt(f"{act} on {where} at {name}"):
                    page.goto(f"http://{name}:{port}/{where}")
                    settle(page)
                    if where == "manage":
                        assert bool(page.get_by_role("button", name=act).count()) is near
                    else:
                        assert page.get_by_role("heading", name="Review").count() == 1  # reading goes on
            page.close()
        browser.close()
