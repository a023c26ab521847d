"""Images and manifests are fetched politely, and from nobody who poses as a library."""

from __future__ import annotations

from email.utils import formatdate
from pathlib import Path
from time import time

import pytest

from imgsim.errors import DownloadError, ManifestError
from imgsim.sources.iiif import fetching
from imgsim.sources.iiif.fetching import ATTEMPTS, Fetcher, Refused, Unanswered
from imgsim.sources.iiif.gathering import MAX_UNANSWERED, suggested_name
from tests.library import Library, jpeg, plate
from tests.sources.gathered import Patience, fetched, take

# ---- politeness


def test_a_server_that_says_later_is_asked_again_when_it_wishes(library: Library, tmp_path: Path) -> None:
    source = library.modern("herbal", ["", "", ""])
    good = library.image("/files/1.jpg")
    library.files["/files/1.jpg"] = [(429, {"Retry-After": "7"}, b""), (503, {}, b""), good]
    date = formatdate(time() + 30, usegmt=True)
    library.files["/files/2.jpg"] = [(503, {"Retry-After": date}, b""), library.image("/files/2.jpg")]
    patience = Patience()
    gathered = take([source], tmp_path, Fetcher(sleep=patience))
    assert gathered.unfetched == ()
    assert patience.waited[:2] == [7, 2]
    assert 25 < patience.waited[2] <= 30


def test_there_is_a_pause_between_requests_to_others(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "is_local", lambda host: False)
    patience = Patience()
    fetcher = Fetcher(sleep=patience, pause=0.5, clock=lambda: 100.0)
    for _ in range(3):
        fetcher.get(f"{library.url}/files/1.jpg", 10**6, local=True)
    assert patience.waited == [0.5, 0.5]


def test_a_server_that_wants_hours_or_never_answers_is_given_up(library: Library) -> None:
    library.files["/hours"] = (429, {"Retry-After": "7200"}, b"")
    library.files["/never"] = (503, {}, b"")
    patience = Patience()
    with pytest.raises(Unanswered, match="7200 s"):
        Fetcher(sleep=patience).get(f"{library.url}/hours", 100, local=True)
    assert patience.waited == []
    with pytest.raises(Unanswered, match="503"):
        Fetcher(sleep=patience).get(f"{library.url}/never", 100, local=True)
    assert library.asked.count("/never") == ATTEMPTS
    assert patience.waited == sorted(patience.waited) and len(patience.waited) == ATTEMPTS - 1


def test_a_library_that_goes_down_is_left_alone_and_what_came_is_kept(
    library: Library, tmp_path: Path
) -> None:
    source = library.modern("herbal", [""] * (MAX_UNANSWERED + 5))
    for number in range(3, MAX_UNANSWERED + 6):
        library.files[f"/files/{number}.jpg"] = (503, {}, b"")
    with pytest.raises(DownloadError, match=r"in a row.*kept.*again"):
        take([source], tmp_path)
    assert f"/files/{MAX_UNANSWERED + 3}.jpg" not in library.asked
    library.files = {path: answer for path, answer in library.files.items() if "manifest" in path}
    library.asked.clear()
    assert len(fetched(take([source], tmp_path))) == MAX_UNANSWERED + 5
    assert "/files/1.jpg" not in library.asked and "/files/3.jpg" in library.asked


# ---- what a library, or somebody who poses as one, may answer


def test_bad_images_are_skipped_and_listed(library: Library, tmp_path: Path) -> None:
    bad = {
        1: (200, {}, b""),
        2: (200, {}, b"<html>please log in</html>"),
        3: (200, {}, jpeg(plate(3))[:2000]),
        4: (200, {}, b"GIF89a" + bytes(50)),
        5: (403, {}, b"forbidden"),
        6: (302, {"Location": "file:///etc/passwd"}, b""),
        7: (302, {"Location": "/files/7.jpg"}, b""),
        8: (200, {"Content-Length": str(10**10)}, b"\xff\xd8\xff"),
    }
    source = library.modern("herbal", [""] * 9)
    for number, answer in bad.items():
        library.files[f"/files/{number}.jpg"] = answer
    gathered = take([source], tmp_path)
    assert [path.name for path in fetched(gathered)] == ["herbal_p0009.jpg"]
    reasons = {int(page.split()[2]): reason for page, reason in gathered.unfetched}
    expected = {
        1: "empty", 2: "no image that can be used", 3: "cut", 4: "GIF", 5: "403", 6: "not an http",
        7: "more than 5 times", 8: "at most",
    }  # fmt: skip
    assert set(reasons) == set(bad)
    for number, words in expected.items():
        assert words in reasons[number], (number, reasons[number])


def test_an_answer_without_end_or_a_trickle_is_cut_off(library: Library) -> None:
    library.files["/long"] = (200, {}, b"x" * 5000)
    with pytest.raises(Refused, match="at most 1,000"):
        Fetcher().get(f"{library.url}/long", 1000, local=True)
    ticks = iter(range(0, 10_000, 100))
    with pytest.raises(Refused, match="longer than 50 s"):
        Fetcher(clock=lambda: float(next(ticks)), deadline=50).get(f"{library.url}/long", 10_000, local=True)


def test_when_nothing_comes_it_says_so(library: Library, tmp_path: Path) -> None:
    source = library.modern("herbal", [""])
    library.files["/files/1.jpg"] = (404, {}, b"")
    with pytest.raises(DownloadError, match=r"None of the 1 images.*404"):
        take([source], tmp_path)
    with pytest.raises(DownloadError, match="404"):
        take([f"{library.url}/nothing.json"], tmp_path)
    with pytest.raises(ManifestError, match="cannot be read"):
        take(["file:///etc/passwd"], tmp_path)
    with pytest.raises(ManifestError, match="cannot be read"):
        take([str(tmp_path / "nothing.json")], tmp_path)


def test_a_manifest_from_elsewhere_cannot_reach_into_this_machine(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = library.modern("herbal", ["", "v3-level0"])
    inside = {"127.0.0.1"}
    monkeypatch.setattr(fetching, "is_local", lambda host: host in inside)
    monkeypatch.setattr(fetching, "_is_public", lambda reached: True)
    with pytest.raises(Refused, match="own network"):
        Fetcher().get(f"{library.url}/files/1.jpg", 10**6)
    library.files["/there"] = (302, {"Location": f"{library.url}/files/1.jpg"}, b"")
    with pytest.raises(Refused, match="own network"):
        Fetcher().get(f"http://localhost:{library.server_address[1]}/there", 10**6)
    # As a file, or named by hand at an address in this network, it may.
    file = tmp_path / "mine.json"
    file.write_bytes(library.files["/herbal/manifest.json"][2])
    assert len(fetched(take([str(file)], tmp_path / "a"))) == 2
    assert len(fetched(take([source], tmp_path / "b"))) == 2


def test_a_name_that_leads_elsewhere_when_looked_up_again_is_asked_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "is_local", lambda host: False)  # what the first look at the name said
    with pytest.raises(Refused, match=r"localhost led to .*asked nothing"):
        Fetcher().get(f"http://localhost:{library.server_address[1]}/files/1.jpg", 10**6)
    assert library.asked == []


def test_a_proxy_may_be_a_neighbour(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", library.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(Refused, match="404"):
        Fetcher().get("http://nothing.invalid/1.jpg", 10**6)
    assert library.asked == ["http://nothing.invalid/1.jpg"]


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True), ("localhost", True), ("::1", True), ("10.1.2.3", True), ("192.168.0.9", True),
        ("169.254.169.254", True), ("::ffff:127.0.0.1", True), ("0.0.0.0", True), ("2130706433", True),
        ("8.8.8.8", False), ("nothing.invalid", False),
    ],
)  # fmt: skip
def test_local_addresses_are_known_in_every_writing(host: str, local: bool) -> None:
    assert fetching.is_local(host) is local


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://library.example/iiif/presentation/v2/bsb10857844/manifest", "bsb10857844"),
        ("https://library.example/iiif/manifest/e32a277e-91e2-4a6d-8ba6-cc4bad230410.json",
         "e32a277e-91e2-4a6d-8ba6-cc4bad230410"),
        ("https://library.example/iiif/ark:/12148/btv1b8449691v/manifest.json", "btv1b8449691v"),
        ("http://127.0.0.1:8501/collections/mine/iiif/family/manifest.json?id=a%2Fb_0", "a-b-0"),
        ("https://library.example/manifest.json", ""),
        ("http" + "://[::1", ""),
        ("somewhere/my herbal.json", "my-herbal"),
        ("https://library.example/../../etc/passwd", "passwd"),
    ],
)  # fmt: skip
def test_a_name_is_made_of_an_address(source: str, name: str) -> None:
    assert suggested_name(source) == name
