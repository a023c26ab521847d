"""A decision about a whole family on the page Re-use: said before it is done, done at once, taken back at once."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.parts import family_decision, family_judging
from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.reviews import Reviews
from tests.app.drawn import Drawn
from tests.app.review_scene import press, visit
from tests.pages import check, words


@pytest.fixture
def herbals(own: Collection) -> Collection:
    return own


def opened(plate: str = "p000", who: str = "Ada") -> AppTest:
    return press(visit("reuse", who=who, family=plate), "Decide about all of them …")


def decided(reviews: Reviews) -> dict[str, str]:
    columns = reviews.standing()[["plate_a", "plate_b", "decision"]].to_numpy()
    return {f"{a}-{b}": decision for a, b, decision in columns}


def told(app: AppTest) -> str:
    return words(app).replace("\\", "")


def doing(app: AppTest) -> str:
    """What the button says that does it."""
    return next(button.label for button in app.button if button.key == "judging_all_do")


def test_it_is_said_before_it_is_done_done_at_once_and_taken_back_at_once(herbals: Collection, drawn: Drawn) -> None:
    reviews = reviews_of(herbals.path)
    app = opened()
    assert drawn.given["family"]["excepted"] == set()
    press(app, "Same plate")
    assert doing(app) == "Decide about 3 pairs: same plate"
    assert "3 plates, 3 pairs: all whose lines agree" in told(app)
    assert reviews.all() == []  # nothing but a word was chosen
    press(app, doing(app))
    assert decided(reviews) == {"p000-p006": "same plate", "p000-p012": "same plate", "p006-p012": "same plate"}
    assert "Noted: same plate, about 3 pairs at once" in told(app)
    press(app, "Same plate")
    assert "3 pairs you have decided so before: nothing is written" in told(app)
    assert next(button for button in app.button if button.key == "judging_all_do").disabled
    press(app, "Undo")
    assert decided(reviews) == {} and "Taken back: same plate (3 pairs at once)" in told(app)
    press(app, "Close")
    assert drawn.given["family"]["excepted"] is None


def test_a_ticked_plate_is_the_exception(herbals: Collection, drawn: Drawn) -> None:
    app = opened()
    press(app, "Same plate")
    app.session_state[family_decision._ALL].excepted.update({"p006", "p001"})  # the second has left the family since
    check(app.run())
    assert "p006" in drawn.given["family"]["excepted"]
    assert doing(app) == "Decide about 1 pair: same plate" and "2 plates, 1 pair: " in told(app)
    press(app, doing(app))
    assert decided(reviews_of(herbals.path)) == {"p000-p012": "same plate"}
    app.session_state[family_decision._ALL].excepted.update({"p000", "p012"})
    press(app, "Same plate")
    assert "Fewer than two plates are left" in told(app)


def test_what_others_said_is_shown_and_stays(herbals: Collection) -> None:
    reviews = reviews_of(herbals.path)
    reviews.record("p000", "p006", "unrelated", reviewer="Bob")
    reviews.record("p000", "p012", "same plate", reviewer="Bob")
    reviews.record("p006", "p012", "same plate", reviewer="Ada")
    app = press(opened("F0001"), "Same plate")
    said = told(app)
    assert doing(app) == "Decide about 1 pair: same plate"
    assert "On 1 others said the same, and your name is added" in said
    assert "Of 1 pair others said something else: nothing is written, and their word stays" in said
    table = next(frame.value for frame in app.dataframe if "What happens" in frame.value)
    assert dict(zip(table["Plate A"] + table["Plate B"], table["What happens"], strict=True)) == {
        "p000p012": "your name is added", "p006p012": "stays: you said so", "p000p006": "stays",
    }  # fmt: skip
    check(app.toggle(key="judging_all_otherwise").set_value(True).run())
    assert doing(app) == "Decide about 2 pairs: same plate" and "disputed" in told(app)
    press(app, doing(app))
    assert decided(reviews)["p000-p006"] == "disputed"


def test_what_somebody_decides_meanwhile_is_left_and_it_is_said(herbals: Collection) -> None:
    reviews = reviews_of(herbals.path)
    app = press(opened(), "Same plate")
    reviews.record("p006", "p012", "unrelated", reviewer="Bob")  # after the page was drawn
    press(app, doing(app))
    assert decided(reviews) == {"p000-p006": "same plate", "p000-p012": "same plate", "p006-p012": "unrelated"}
    assert "somebody said something while you looked: nothing is written about it (p006 and p012)" in told(app)


def test_a_family_that_falls_apart_can_be_brought_back(herbals: Collection) -> None:
    app = press(opened("p003"), "Unrelated")
    press(app, doing(app))
    assert any("are no family any more" in str(box.value) for box in app.info)
    assert "Noted: unrelated, about 1 pair at once. Undo takes all of it back." in told(app)
    press(app, "Undo")
    assert any("Taken back: unrelated" in str(box.value).replace("\\", "") for box in app.info)
    next(button for button in app.button if str(button.key).startswith("read_")).click()
    left = [str(box.value) for box in check(app.run()).info]
    assert not any("Taken back" in said for said in left), left
    assert "3 books" in told(app) or "2 books" in told(app)


def test_whoever_leaves_at_once_is_told_what_came_of_it(herbals: Collection) -> None:
    app = press(opened(), "Same plate")
    next(button for button in app.button if button.key == "judging_all_do").click()
    app.session_state["_imgsim_decided"] = (None, "Noted: same plate, about 3 pairs at once.")
    del app.session_state[family_judging.OF_ALL]
    app.switch_page("imgsim/app/pages/browse.py")
    check(app.run())
    assert [str(box.value) for box in app.info] == ["Noted\\: same plate, about 3 pairs at once\\."]


def test_a_family_with_a_mirrored_plate_is_not_called_one_plate_without_a_caution(herbals: Collection) -> None:
    app = press(opened("p001"), "Same plate")
    assert "1 pair of these lies left for right" in " ".join(str(box.value) for box in app.warning)
    press(app, "Same plate")
    press(app, "Mirrored copy")
    assert not app.warning
    assert not press(opened(), "Same plate").warning


def test_without_a_name_no_word_can_be_chosen(herbals: Collection) -> None:
    app = opened(who="")
    assert next(button for button in app.button if button.label == "Same plate").disabled
    assert "Write your name first" in told(app)


def test_what_is_interrupted_writes_nothing_and_says_so(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.runtime.scriptrunner_utils.exceptions import StopException

    app = press(opened(), "Same plate")

    def interrupted(*_given: object, **_more: object) -> None:
        raise StopException

    with monkeypatch.context() as held:
        held.setattr(family_decision, "decide", interrupted)
        next(button for button in app.button if button.key == "judging_all_do").click().run()
    check(app.run())
    assert "interrupted before anything was written" in " ".join(str(box.value) for box in app.error)
    assert reviews_of(herbals.path).all() == []
