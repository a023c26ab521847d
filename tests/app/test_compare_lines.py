"""How exactly lines lie, as Compare shows it: on generated plates, in either direction, in words and as a picture."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image, ImageOps

from imgsim.app.parts import compare_lines
from imgsim.collection import Collection, open_collection
from imgsim.collection.registration import Lines, measure_lines
from imgsim.sources.sample import draw_plate
from imgsim.verification.impressions import LEAST_ACROSS, MOST_OFF, Reason
from tests import pages
from tests.making import make
from tests.pages import words

WIDTH = 480


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepared, without matches: a plate, and what became of it."""
    data = tmp_path_factory.mktemp("lines")
    images = data / "images"
    images.mkdir()
    plate = draw_plate(4_016, width=WIDTH).convert("L")
    impression = plate.rotate(1.5, Image.Resampling.BICUBIC, fillcolor=255)
    page = Image.new("L", (2_400, 3_000), 240)
    page.paste(impression.resize((720, round(720 * impression.height / impression.width))), (300, 400))
    for name, image in {
        "b_plate": plate,
        "a_impression": impression,
        "small": impression.resize((WIDTH // 2, impression.height // 2), reducing_gap=3.0),
        "page": page,
        "mirrored": ImageOps.mirror(impression),
        "copy": draw_plate(4_016, hand=77, wander=5.0, width=WIDTH),
        "other": draw_plate(6_016, width=WIDTH),
    }.items():
        image.save(images / f"{name}.png")
    make(data / "plates", images)
    return data


@pytest.fixture(scope="module")
def plates(folder: Path) -> Collection:
    return open_collection(folder / "plates")


def lines(plates: Collection, a: str, b: str) -> Lines | None:
    return measure_lines(plates, plates.catalogue.row(a), plates.catalogue.row(b))


def known(plates: Collection, a: str, b: str) -> Lines:
    found = lines(plates, a, b)
    assert found is not None
    return found


# ---- the numbers


def test_what_is_said_of_each_pair(plates: Collection) -> None:
    reasons = {
        name: known(plates, "b_plate", name).reason for name in ("a_impression", "small", "page", "mirrored")
    }
    assert reasons == {"a_impression": "exact", "small": "small", "page": "small", "mirrored": "mirrored"}
    assert known(plates, "b_plate", "copy").reason in ("stray", "unlike")
    assert lines(plates, "b_plate", "other") is None


def test_numbers_do_not_depend_on_which_plate_is_shown_first(plates: Collection) -> None:
    for name in ("a_impression", "small", "page", "mirrored"):
        there, back = known(plates, "b_plate", name), known(plates, name, "b_plate")
        for one in ("reason", "stiff", "smooth", "similarity", "across", "reduced"):
            assert getattr(there, one) == getattr(back, one)
        assert there.pixel == pytest.approx(back.pixel)
        # The same points, in the pixels of whichever is B: as many of them lie within the limit.
        assert len(there.places) == len(back.places) == len(there.off) == len(back.off)
        shares = [np.mean(np.hypot(*found.off.T) <= found.limit) for found in (there, back)]
        assert shares[0] == pytest.approx(shares[1], abs=0.05)
        sizes = plates.catalogue.frame.set_index("plate_id")[["width", "height"]]
        for found, shown in ((there, name), (back, "b_plate")):
            assert (found.places >= 0).all() and (found.places <= sizes.loc[shown].to_numpy()).all()


def test_pixels_are_those_in_which_the_smaller_scan_is_looked_at(plates: Collection) -> None:
    small, page = known(plates, "b_plate", "small"), known(plates, "b_plate", "page")
    height = plates.catalogue.frame.set_index("plate_id").loc["small", "height"]
    assert 0.6 * height < small.across < height < LEAST_ACROSS and not small.reduced
    # 3,000 pixels are looked at on 640; of the page the plate takes about a third.
    assert page.reduced and page.across < 250
    # The median residual, in pixels, is that of the arrows.
    exact = known(plates, "b_plate", "a_impression")
    turned = known(plates, "a_impression", "b_plate")
    for found in (exact, turned):
        assert found.smooth < found.limit and np.median(np.hypot(*found.off.T)) < found.limit
    assert np.median(np.hypot(*turned.off.T)) == pytest.approx(
        turned.smooth / MOST_OFF * turned.limit, rel=1e-3
    )


# ---- in words


def test_each_reason_has_its_sentence(plates: Collection) -> None:
    found = known(plates, "b_plate", "a_impression")
    told = {reason: compare_lines.said(replace(found, reason=reason)) for reason in get_args(Reason)}
    assert len(set(told.values())) == len(get_args(Reason))
    assert [reason for reason, said in told.items() if "probably the same plate" in said] == ["exact"]
    small = compare_lines.said(known(plates, "b_plate", "page"))
    assert re.search(
        rf"is \d+ px long, once the scan is reduced to 640 px.*; {LEAST_ACROSS} are needed", small
    )
    assert "reduced" not in compare_lines.said(known(plates, "b_plate", "small"))


def test_the_table_gives_both_residuals_beside_the_limits(plates: Collection) -> None:
    found = replace(known(plates, "b_plate", "a_impression"), stiff=1.234, smooth=0.567, pixel=0.5)
    table = compare_lines.table(found)
    assert "1.23 thousandths, 0.62 px" in table and "0.57 thousandths, 0.28 px" in table
    assert f"at most {MOST_OFF:.2f}<" in table and f"at least {LEAST_ACROSS} px" in table and "at least 75 %" in table


def test_the_picture_has_an_arrow_a_point_in_two_colours(plates: Collection) -> None:
    found = known(plates, "b_plate", "copy")
    drawn = compare_lines.picture(plates, plates.catalogue.row("copy"), found)
    svg = base64.b64decode(re.findall(r"base64,([^\"]+)\"", drawn)[0]).decode()
    many = min(len(found.off), compare_lines.MOST_ARROWS)
    assert svg.count("<line") == svg.count("<circle") == many
    within = int((np.hypot(*found.off[:many].T) <= found.limit).sum())
    assert svg.count('stroke="#0072b2"') == within and svg.count('stroke="#d55e00"') == many - within
    assert 'alt="Plate B"' in drawn and "20 times as long" in drawn


# ---- on the page


def test_compare_shows_it_below_the_plates(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    shown = words(pages.visit("compare", plate="b_plate", with_="a_impression", other_books="no"))
    assert "How exactly the lines lie" in shown and "The lines lie as exactly" in shown
    assert "Too small a scan" in words(
        pages.visit("compare", plate="b_plate", with_="small", other_books="no")
    )
    assert "How exactly" not in words(
        pages.visit("compare", plate="b_plate", with_="other", other_books="no")
    )
