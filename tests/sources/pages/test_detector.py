"""The bundled detector on pages that are set for the test."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file

from imgsim.errors import WeightsError
from imgsim.sources.pages import PageDetector, PageLayout, Region, load_detector
from imgsim.sources.pages.detector import BUNDLED
from imgsim.sources.pages.turning import TRANSPOSED
from imgsim.sources.sample import draw_plate
from tests.sources.pages.printed import PrintedPage, overlap, page_with_cut, text_page


def illustrations(layout: PageLayout) -> list[Region]:
    return [region for region in layout.regions if region.kind == "illustration"]


def test_a_page_of_text_has_no_illustration(detector: PageDetector) -> None:
    layout = detector.detect(text_page().scanned())
    assert illustrations(layout) == [] and layout.is_page and layout.turn == 0 and layout.gutter is None


@pytest.mark.parametrize("box", [(230, 380, 660, 860), (110, 500, 790, 980), (300, 200, 560, 500)])
def test_a_cut_between_lines_is_found(detector: PageDetector, box) -> None:
    page, cut = page_with_cut(box=box)
    layout = detector.detect(page.scanned())
    [found] = illustrations(layout)
    assert overlap(found.box, cut) > 0.8 and layout.is_page and 0 < found.score <= 1


def test_cuts_side_by_side_stay_apart(detector: PageDetector) -> None:
    page = PrintedPage(3).set((100, 110, 800, 330)).set((100, 790, 800, 1240))
    cuts = [page.cut((110, 350, 440, 770), 51), page.cut((460, 350, 790, 770), 52)]
    found = illustrations(detector.detect(page.scanned()))
    assert len(found) == 2
    assert [overlap(region.box, cut) > 0.75 for region, cut in zip(found, cuts, strict=True)] == [True, True]


def test_a_plate_alone_is_no_page(detector: PageDetector) -> None:
    plates = [draw_plate(seed, width=700) for seed in (60, 61, 62)]
    assert [detector.detect(plate).is_page for plate in plates] == [False] * 3


def test_an_empty_page_has_nothing(detector: PageDetector) -> None:
    layout = detector.detect(PrintedPage(4).scanned())
    assert layout.regions == () and layout.gutter is None and layout.turn == 0


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_told_and_its_boxes_lie_where_they_are(detector: PageDetector, turn: int) -> None:
    page, cut = page_with_cut()
    upright = page.scanned()
    lying = upright.transpose(TRANSPOSED[360 - turn])
    layout = detector.detect(lying)
    assert layout.turn == turn
    [found] = illustrations(layout)
    mask = Image.new("L", upright.size, 0)
    mask.paste(255, cut)
    assert overlap(found.box, mask.transpose(TRANSPOSED[360 - turn]).getbbox()) > 0.8  # type: ignore[arg-type]


def test_an_opening_is_two_pages_and_is_read_from_the_left(detector: PageDetector) -> None:
    left, cut = page_with_cut(box=(230, 700, 660, 1180))
    right, other = page_with_cut(5, (230, 200, 660, 680))
    both = np.hstack([np.asarray(left.scanned()), np.asarray(right.scanned())]).astype(np.float32)
    shade = np.linspace(0.35, 1, 60)
    both[:, 900:960] *= shade
    both[:, 840:900] *= shade[::-1]
    layout = detector.detect(Image.fromarray(both.astype(np.uint8)))
    assert (
        layout.is_page and layout.gutter is not None and abs(layout.gutter - 900) < 30
    )
    found = illustrations(layout)
    moved = (other[0] + 900, other[1], other[2] + 900, other[3])
    assert [overlap(region.box, true) > 0.75 for region, true in zip(found, (cut, moved), strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("mode", ["1", "RGB", "RGBA", "LA", "P"])
def test_any_mode_is_read(detector: PageDetector, mode: str) -> None:
    page, cut = page_with_cut()
    scan = page.scanned()
    given = scan.point(lambda v: 255 * (v > 120)).convert("1") if mode == "1" else scan.convert(mode)
    assert any(overlap(region.box, cut) > 0.75 for region in illustrations(detector.detect(given)))


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 3), (12000, 20), (33, 31)])
def test_strange_sizes_do_not_fail(detector: PageDetector, size) -> None:
    layout = detector.detect(Image.new("L", size, 200))
    assert all(
        0 <= r.box[0] < r.box[2] <= size[0] and 0 <= r.box[1] < r.box[3] <= size[1] for r in layout.regions
    )


def test_the_key_stands_for_the_weights(detector: PageDetector, tmp_path) -> None:
    assert load_detector(BUNDLED).key == detector.key
    state = load_file(BUNDLED)
    state["page.bias"] = state["page.bias"] + 1
    save_file(state, tmp_path / "other.safetensors")
    assert load_detector(tmp_path / "other.safetensors").key != detector.key


@pytest.mark.parametrize("wrong", ["missing", "noise", "cut", "foreign"])
def test_wrong_weights_are_refused(tmp_path, wrong: str) -> None:
    path = tmp_path / "weights.safetensors"
    if wrong == "noise":
        path.write_bytes(b"no weights at all" * 100)
    elif wrong == "cut":
        path.write_bytes(BUNDLED.read_bytes()[:100_000])
    elif wrong == "foreign":
        save_file({"conv1.weight": np.zeros((3, 3), np.float32)}, path)
    with pytest.raises(WeightsError, match="weights"):
        load_detector(path)
