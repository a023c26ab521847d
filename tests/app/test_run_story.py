"""What a run says, understood line by line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imgsim.app.parts.preparing import stage_line, stage_words
from imgsim.app.services.run_story import StageSaid, Story
from imgsim.errors import StartAgain


def told(*lines: dict[str, Any] | str) -> Story:
    story = Story()
    for line in lines:
        story.take(line if isinstance(line, str) else json.dumps(line))
    return story


def stage(name: str, done: int, total: int | None = 9, **more: Any) -> dict[str, Any]:
    return {"event": "progress", "stage": name, "done": done, "total": total, **more}


def test_stages_stand_in_their_order_and_the_last_is_worked_on() -> None:
    story = told(stage("plates", 3), stage("plates", 9), stage("catalogue", 0, None), "a warning of some library")
    assert [(one.name, one.done, one.finished) for one in story.stages.values()] == [
        ("plates", 9, True), ("catalogue", 0, False),
    ]  # fmt: skip
    assert story.stage is not None and story.stage.name == "catalogue"
    assert story.other == "a warning of some library" and story.summary is None


def test_a_stage_that_begins_again_is_the_one_that_is_worked_on() -> None:
    story = told(stage("plates", 9), stage("writing", 9), stage("plates", 0))
    assert list(story.stages) == ["writing", "plates"]


def test_once_plates_can_be_browsed_what_came_before_is_over() -> None:
    story = told(stage("plates", 9), {"event": "ready", "stage": "ready"}, stage("matches", 1))
    assert story.ready and list(story.stages) == ["matches"]


def test_an_error_keeps_its_remedy() -> None:
    event = {"event": "error", "message": "Full. Run: it", "what": "Full.", "remedy": {"kind": "StartAgain"}}
    failure = told(event).failure()
    assert failure is not None and (failure.what, failure.remedy) == ("Full.", StartAgain())
    plain = told({"event": "error", "message": "The disk is full."}).failure()
    assert plain is not None and (plain.what, plain.remedy) == ("The disk is full.", None)


def test_the_end_is_its_summary_and_notes_are_kept() -> None:
    story = told({"event": "note", "note": "a"}, {"event": "note", "note": "b"}, {"event": "done", "plates": 3})
    assert story.notes == ["a", "b"] and story.summary == {"event": "done", "plates": 3}


@pytest.mark.parametrize(
    "line", ["", "[]", "3", "null", '{"event": 3}', '{"stage": ""}', '{"stage": "x", "done": "y", "total": []}', "{"]
)
def test_odd_lines_do_no_harm(line: str) -> None:
    story = told(line)
    assert story.summary is None and story.failure() is None
    for one in story.stages.values():
        assert stage_line(one)


@pytest.mark.parametrize(
    ("said", "share", "line"),
    [
        (StageSaid("plates", 3, 12, 2.0, 4.6), 0.25, "Reading plates · 3 of 12 · 2.0 a second · 4.6 s left"),
        (StageSaid("matches", 1204, 5000, 41.4, 130.0), 0.2408,
         "Comparing pairs by their lines · 1,204 of 5,000 · 41 a second · 2 min 10 s left"),
        (StageSaid("plates", 12, 12, 2.0, 0.0), 1.0, "Reading plates · 12 of 12"),
        (StageSaid("plates", 50, 12), 1.0, "Reading plates · 12 of 12"),
        (StageSaid("catalogue"), 0.0, "Joining the table"),
        (StageSaid("umap plates18"), 0.0, "Drawing a map (Neighbourhoods, plates18)"),
        (StageSaid("something new", 7), 0.0, "Something new · 7"),
    ],
)  # fmt: skip
def test_a_line_says_how_far_how_fast_and_how_long(said: StageSaid, share: float, line: str) -> None:
    assert said.share == pytest.approx(share) and stage_line(said) == line


def test_every_stage_has_words() -> None:
    assert stage_words("neighbours plates18") == "Finding plates that look alike (plates18)"
    assert stage_words("pca") == "Pca"
