"""The generated sample: same seed same plates, honest metadata, and a truth that the pictures bear out."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsim.errors import ImgsimError
from imgsim.sources.sample import KINDS, LOOK_ALIKE, SamplePaths, draw_plate, generate
from imgsim.sources.sample.arranging import bounds, fitted
from imgsim.sources.sample.copperplate import PlateSpec, compose, copperplate
from imgsim.sources.sample.engraving import engrave, pull
from imgsim.sources.sample.flowers import FLOWERS, flower
from imgsim.sources.sample.inflorescences import INFLORESCENCES, inflorescence
from imgsim.sources.sample.lettering import line_of_letters, measure, roman
from imgsim.sources.sample.organs import LEAF_FORMS, leaf, roots
from imgsim.sources.sample.planning import COLUMNS, plan
from imgsim.sources.sample.plants import grow
from imgsim.sources.sample.scanning import scan
from imgsim.sources.sample.shapes import Hand, Line, Patch
from imgsim.sources.sample.species import HABITS, ROOTS, random_species

IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digest(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SamplePaths:
    return generate(tmp_path_factory.mktemp("sample"), 12, seed=5, workers=1)


def test_files_and_names(sample: SamplePaths) -> None:
    images = sorted(sample.images.iterdir())
    assert len(images) == 12
    books = {row["ecco_id"] for row in rows(sample.metadata)}
    for path in images:
        match = re.fullmatch(r"(\d{10})\d{4}0_\d+\.png", path.name)
        assert match and match[1] in books
        with Image.open(path) as image:
            image.load()
            assert image.mode in ("1", "L")
            assert min(image.size) >= 500 and max(image.size) <= 2000
            ink = 1 - np.asarray(image.convert("L")).mean() / 255
            assert 0.005 < ink < 0.8


def test_same_seed_same_bytes_with_any_number_of_workers(sample: SamplePaths, tmp_path: Path) -> None:
    again = generate(tmp_path / "again", 12, seed=5, workers=2)
    assert digest(again.images.parent) == digest(sample.images.parent)
    other = plan(12, 6)
    assert [spec for _, spec in other.plates] != [spec for _, spec in plan(12, 5).plates]


def test_complete_folder_is_left_alone_and_damage_is_repaired(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    paths = generate(tmp_path, 3, seed=1, workers=1, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 3), (2, 3), (3, 3)]
    before = digest(tmp_path)
    generate(tmp_path, 3, seed=1, workers=1, progress=lambda done, total: calls.append((done, total)))
    assert len(calls) == 3
    next(paths.images.iterdir()).unlink()
    generate(tmp_path, 3, seed=1, workers=1)
    assert digest(tmp_path) == before
    generate(tmp_path, 2, seed=2, workers=1)
    assert len(list(paths.images.iterdir())) == 2


@pytest.mark.parametrize("count", [0, -1, 15_001])
def test_count_out_of_range(tmp_path: Path, count: int) -> None:
    with pytest.raises(ImgsimError, match=str(count)):
        generate(tmp_path / "out", count)
    assert not (tmp_path / "out").exists()


def test_metadata_is_in_the_form_of_dhh23_and_says_what_it_is(sample: SamplePaths) -> None:
    with sample.metadata.open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS
    books = [book.cells for book in plan(240, 18).books]
    assert len({book["ecco_id"] for book in books}) == len(books)
    assert any(book["ecco_id"].startswith("0") for book in books)
    years = [float(book["publication_year"]) for book in books if book["publication_year"]]
    assert all(1700 <= year <= 1799 for year in years)
    assert len(years) > len(books) * 0.7
    for book in books:
        assert re.fullmatch(r"\d{10}", book["ecco_id"])
        assert "Generated sample" in book["ecco_full_title"]
        assert "Generated sample" in book["document_type"]
        if book["publication_year"]:
            assert re.fullmatch(r"1\d{3}\.0", book["publication_year"])
            assert book["publication_decade"] == f"{int(float(book['publication_year'])) // 10 * 10}.0"
    for column in ("authors", "gatherings", "ecco_pages"):
        assert any(not book[column] for book in books)
    assert len({book["publication_place"] for book in books}) >= 4
    assert any("second edition" in book["ecco_full_title"] for book in books)


@pytest.mark.parametrize("count", [1, 2, 7, 240, 2_000, 15_000])
def test_plan_holds_for_any_count(count: int) -> None:
    whole = plan(count, 18)
    names = [name for name, _ in whole.plates]
    assert len(names) == count and len(set(names)) == count
    assert names == sorted(names)
    known = set(names)
    assert all(a in known and b in known and a < b for a, b, _ in whole.pairs)
    assert len({(a, b) for a, b, _ in whole.pairs}) == len(whole.pairs)
    assert {name[:10] for name in names} <= {book.ecco_id for book in whole.books}
    compositions = Counter(spec.composition for _, spec in whole.plates)
    family = {name for a, b, kind in whole.pairs if kind != LOOK_ALIKE for name in (a, b)}
    single = [spec for name, spec in whole.plates if name not in family]
    assert all(compositions[spec.composition] == 1 for spec in single)


def test_truth_follows_from_what_was_drawn() -> None:
    whole = plan(240, 18)
    drawn = dict(whole.plates)
    counts = Counter(kind for _, _, kind in whole.pairs)
    assert set(counts) == {*KINDS, LOOK_ALIKE}
    assert min(counts.values()) >= 5
    assert 0.4 < len({n for a, b, k in whole.pairs if k != LOOK_ALIKE for n in (a, b)}) / 240 < 0.5
    for a, b, kind in whole.pairs:
        one, two = drawn[a], drawn[b]
        assert a[:10] != b[:10], "a family's plates lie in different books"
        same_copper = (one.composition, one.hand) == (two.composition, two.hand)
        assert one.scan != two.scan
        if kind == "reprint":
            assert replace(one, scan=0) == replace(two, scan=0)
        elif kind == "re-lettered":
            assert same_copper and one.lettering != two.lettering and one.mirrored == two.mirrored
        elif kind == "re-engraved":
            assert one.composition == two.composition and one.hand != two.hand
        elif kind == "mirrored":
            assert one.composition == two.composition and one.mirrored != two.mirrored
        elif kind == "cropped":
            assert same_copper and one.cropped != two.cropped
        elif kind == "motif":
            assert one.composition == two.guest or two.composition == one.guest
        else:
            assert one.composition == two.species_of or two.composition == one.species_of
            assert one.composition != two.composition


def test_no_derivative_is_older_than_its_base() -> None:
    whole = plan(240, 18)
    year = {book.ecco_id: book.year for book in whole.books}
    derived = [(name, spec) for name, spec in whole.plates if spec.cropped or spec.guest is not None]
    assert len(derived) > 10
    for name, spec in derived:
        source = spec.composition if spec.guest is None else spec.guest
        bases = [year[n[:10]] for n, s in whole.plates if s.composition == source and not s.cropped]
        assert min(bases) <= year[name[:10]]


def similarity(one: Image.Image, two: Image.Image) -> float:
    """Correlation of two pictures seen from far off: an oracle that knows nothing of how they were drawn."""
    a, b = (np.asarray(i.resize((24, 35), Image.Resampling.BOX), np.float64).ravel() for i in (one, two))
    return float(np.corrcoef(a, b)[0, 1])


def test_copies_look_alike_and_others_do_not() -> None:
    for seed in (12, 13, 14):
        plate = draw_plate(seed, width=200)
        assert plate.mode == "L"
        assert draw_plate(seed, width=200).tobytes() == plate.tobytes()
        copy = draw_plate(seed, hand=99, width=200)
        assert copy.tobytes() != plate.tobytes()
        reversed_ = draw_plate(seed, hand=99, mirrored=True, width=200)
        assert similarity(plate, copy) > 0.6
        assert similarity(plate, reversed_.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) > 0.6
        assert similarity(plate, draw_plate(seed + 100, width=200)) < similarity(plate, copy)


def test_reprint_shares_every_line_and_copy_does_not() -> None:
    base = PlateSpec(composition=7, hand=7, lettering=7, scan=7)
    lines = [cut.points for cut in copperplate(base)[0]]
    again = [cut.points for cut in copperplate(replace(base, scan=8, lettering=9))[0]]
    assert all(np.array_equal(a, b) for a, b in zip(lines, again, strict=True))
    letters = [cut.points for cut in copperplate(base)[1]]
    other = [cut.points for cut in copperplate(replace(base, lettering=9))[1]]
    assert len(letters) != len(other) or not all(np.array_equal(a, b) for a, b in zip(letters, other, strict=True))
    copied = [cut.points for cut in copperplate(replace(base, hand=8, wander=5.0))[0]]
    assert [c.shape for c in copied] != [c.shape for c in lines]


def test_motif_is_taken_over_in_its_own_proportions() -> None:
    lender = compose(PlateSpec(3, 0, 0, 0))
    taken = lender.picture[lender.chief]
    borrower = compose(PlateSpec(40, 0, 0, 0, guest=3)).picture[-len(taken):]
    left, top, right, bottom = bounds(taken)
    left2, top2, right2, bottom2 = bounds(borrower)
    assert (right - left) / (bottom - top) == pytest.approx((right2 - left2) / (bottom2 - top2), rel=0.02)


def test_scans_are_bilevel_or_grey() -> None:
    modes = Counter(scan(PlateSpec(2, 2, 2, s)).mode for s in range(8))
    assert set(modes) == {"1", "L"}


def test_matrix_of_pull_mirrors_and_scales() -> None:
    stroke = Line(np.column_stack((np.full(9, 20.0), np.linspace(10, 50, 9))), 6.0, 1.0, 1.0)
    cuts = engrave([stroke], Hand())
    print_ = np.asarray(pull(cuts, (100, 60), IDENTITY))
    assert print_[30, 20] < 60 and print_[30, 80] == 255
    flipped = np.asarray(pull(cuts, (100, 60), np.array([[-1.0, 0.0, 100.0], [0.0, 1.0, 0.0]])))
    assert flipped[30, 80] < 60 and flipped[30, 20] == 255
    heavy = np.asarray(pull(cuts, (100, 60), IDENTITY, gain=2.0))
    assert heavy.mean() < print_.mean()


def test_a_patch_hides_what_lies_behind_it() -> None:
    mid = np.column_stack((np.full(9, 50.0), np.linspace(10, 90, 9)))
    behind = Line(np.column_stack((np.linspace(5, 95, 9), np.full(9, 50.0))), 6.0, 1.0, 1.0)
    print_ = np.asarray(pull(engrave([behind, Patch(mid, np.full(9, 20.0), np.full(9, 20.0))], Hand()), (100, 100),
                             IDENTITY))
    assert print_[50, 10] < 60 and print_[50, 50] == 255


def test_every_organ_can_be_drawn() -> None:
    rng = np.random.default_rng(1)
    foot = np.array([100.0, 300.0])
    pictures = [leaf(rng, foot, -1.0, 120.0, form) for form in LEAF_FORMS]
    pictures += [flower(rng, kind, foot, 90.0, -1.5) for kind in FLOWERS]
    pictures += [inflorescence(rng, kind, "star", foot, -1.5, 160.0) for kind in INFLORESCENCES]
    pictures += [roots(rng, foot, 100.0, kind) for kind in ROOTS if kind != "cut"]
    for picture in pictures:
        assert np.isfinite(bounds(picture)).all()
        assert engrave(picture, Hand())
    species = random_species(rng)
    for habit in HABITS:
        box = bounds(fitted(grow(4, replace(species, habit=habit)), (0, 0, 400, 600)))
        assert box[0] >= -60 and box[2] <= 460 and box[1] >= -60 and box[3] <= 660


def test_letters() -> None:
    assert [roman(n) for n in (1, 4, 9, 14, 40, 99)] == ["I", "IV", "IX", "XIV", "XL", "XCIX"]
    line = line_of_letters("Tab. XII.", 200.0, 50.0, 20.0)
    left, top, right, bottom = bounds(line)
    assert right - left == pytest.approx(measure("Tab. XII.", 20.0), rel=0.15)
    assert top > 25 and bottom < 60
