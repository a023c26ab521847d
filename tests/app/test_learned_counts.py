"""What was learned not to count: listed on About, outlined on its plate, and let count."""

from __future__ import annotations

import hashlib
import json

import pytest

from imgsim.collection import Collection
from imgsim.collection.learned_parts import CountingParts, Learned, Unit, units_bytes
from imgsim.errors import CollectionError
from imgsim.generation import layout
from tests.app.review_scene import visit
from tests.pages import check, words

BOX = (0.6, 0.7, 0.9, 0.95)


def learn(collection: Collection, data: bytes) -> None:
    """Have the generation say what was learned."""
    (collection.folder / layout.LEARNED).write_bytes(data)
    path = collection.folder / layout.MANIFEST
    manifest = json.loads(path.read_bytes())
    manifest["files"][layout.LEARNED] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest["keys"][layout.LEARNED] = "0" * 64
    path.write_bytes(layout.sealed(manifest))


@pytest.fixture
def herbals(own: Collection) -> Collection:
    """A label on three plates of a book."""
    pictures = own.catalogue.pictures
    book = str(own.catalogue.record(own.catalogue.row("p003"))["book"])
    boxes = {pictures[plate]: BOX for plate in ("p001", "p002", "p003")}
    learn(own, units_bytes([Unit("book", book, "0" * 64, (Learned("book", book, boxes),))]))
    return own


def test_about_lists_it_and_lets_it_count(herbals: Collection) -> None:
    app = visit("about")
    assert "On 3 plates of" in words(app) and "about 60 to 90 % from the left, 70 to 95 % from the top" in words(app)
    assert "let count since the plates were compared" not in words(app)
    app = check(next(button for button in app.button if button.label == "Let it count").click().run())
    (said,) = CountingParts(herbals.path).standing()
    assert (said.scope, said.box, said.reviewer) == ("book", BOX, "Ada")
    assert "It **counts** all the same" in words(app) and "let count since the plates were compared" in words(app)
    app = check(next(button for button in app.button if button.label == "Let it not count").click().run())
    assert CountingParts(herbals.path).standing() == []
    assert "let count since the plates were compared" not in words(app)


def test_a_plate_shows_what_is_on_it(herbals: Collection) -> None:
    app = visit("plate", plate="p003")
    assert "1 part that never counts, as learned" in [box.label for box in app.expander]
    check(next(button for button in app.button if button.label == "Let it count").click().run())
    assert len(CountingParts(herbals.path).standing()) == 1
    assert not [box for box in visit("plate", plate="p005").expander if "never counts" in box.label]


def test_a_damaged_list_is_said_and_hides_no_page(own: Collection) -> None:
    learn(own, b'{"units": [{"scope": "shelf"}]}')
    assert "cannot be read" in " ".join(warning.value for warning in visit("about").warning)
    assert visit("plate", plate="p003").title


@pytest.mark.parametrize(
    "boxes", [{"x": BOX}, {"a" * 64: (0.5, 0.5, 0.4, 1)}, {"a" * 64: (0, 0, float("inf"), 1)}, {"a" * 64: "box"}, 5]
)  # fmt: skip
def test_what_is_no_list_is_refused(boxes: object) -> None:
    from imgsim.collection.learned_parts import units_in

    unit = {"scope": "book", "name": "b", "key": "k", "marks": [{"counts": False, "boxes": boxes}]}
    with pytest.raises(CollectionError, match="cannot be read"):
        units_in(json.dumps({"units": [unit]}).encode())
