"""The boxes of a page in the browser's hands: numbers, steps, and what is too small. Run by node."""

from __future__ import annotations

import json
from typing import Any

from tests.app.node import module, needs_node, node

pytestmark = needs_node

CUTS = [[0, [10, 10, 90, 110], "illustration", 0.9], [2, [100, 10, 180, 60], "ornament", 0.5]]


def ran(script: str, cuts: list[list[Any]] = CUTS, following: int = 5) -> Any:
    """What a script says of boxes on a page of 200 by 280 pixels."""
    return json.loads(node(source=f"""
      import {{ Boxes, written }} from {module("boxes_model.js")};
      const boxes = new Boxes({json.dumps(cuts)}, [200, 280], {following});
      const now = () => JSON.parse(written(boxes.list));
      const said = [];
      {script}
      console.log(JSON.stringify(said));
    """))


def test_what_is_as_it_was_keeps_its_number_and_how_sure_it_is() -> None:
    said = ran("""
      boxes.place(0, [20, 20, 95, 115]);
      boxes.type([2], "ornament");
      said.push(now(), boxes.dirty);
      boxes.undo();
      said.push(now(), boxes.dirty, boxes.undoable, boxes.redoable);
      boxes.redo();
      said.push(now());
    """)
    moved = [[0, [20, 20, 95, 115], "illustration", 1], CUTS[1]]
    assert said == [moved, True, CUTS, False, False, True, moved]


def test_new_boxes_get_numbers_that_no_box_ever_had() -> None:
    said = ran("""
      said.push(boxes.add([0, 200, 50, 260]), boxes.add([60, 200, 90, 260]));
      boxes.remove([6]);
      said.push(boxes.add([60, 200, 90, 260], "initial"), now().map(([number]) => number));
    """)
    assert said == [5, 6, 6, [0, 2, 5, 6]]


def test_a_split_keeps_the_number_for_the_larger_part() -> None:
    said = ran("""
      said.push(boxes.split(0, true, 30), now());
      boxes.undo();
      said.push(boxes.split(0, false, 100.4), now());
    """)
    upright = [[0, [30, 10, 90, 110], "illustration", 1], CUTS[1], [5, [10, 10, 30, 110], "illustration", 1]]
    across = [[0, [10, 10, 90, 100], "illustration", 1], CUTS[1], [5, [10, 100, 90, 110], "illustration", 1]]
    assert said == [5, upright, 5, across]
    assert ran("said.push(boxes.split(0, true, 10), boxes.split(0, true, 90), boxes.dirty);") == [None, None, False]


def test_a_join_keeps_the_smallest_number_and_the_kind_of_the_largest() -> None:
    said = ran("said.push(boxes.join([2, 0]), now(), boxes.join([0]));")
    assert said == [0, [[0, [10, 10, 180, 110], "illustration", 1]], None]


def test_boxes_stay_on_the_page_and_none_is_too_small() -> None:
    said = ran("""
      boxes.place(0, [-30, 10.4, 90.6, 400]);
      said.push(now()[0][1]);
      boxes.place(0, [50, 50, 50.4, 90]);
      said.push(now()[0][1], boxes.add([10, 10, 10, 90]), boxes.add([300, 300, 400, 400]));
    """)
    assert said == [[0, 10, 91, 280], [0, 10, 91, 280], None, None]


def test_steps_of_one_run_are_one_and_what_follows_an_undo_is_another() -> None:
    said = ran("""
      for (const step of [1, 2, 3]) boxes.place(0, [10 + step, 10, 90 + step, 110], "move 0");
      boxes.place(2, [101, 10, 181, 60], "move 2");
      boxes.undo();
      said.push(now()[0][1], now()[1][1]);
      boxes.undo();
      said.push(now(), boxes.dirty);
      boxes.redo();
      boxes.type([2], "initial");
      said.push(boxes.redoable, boxes.steps.length);
      boxes.discard();
      said.push(now(), boxes.dirty, boxes.undoable);
    """)
    assert said == [[13, 10, 93, 110], [100, 10, 180, 60], CUTS, False, False, 3, CUTS, False, True]


def drafts(script: str) -> Any:
    """What a script says of the drafts of a page."""
    return json.loads(node(source=f"""
      import {{ written }} from {module("boxes_model.js")};
      import {{ draftOf, giveUp, insist, unsavedElsewhere }} from {module("boxes_drafts.js")};
      const given = (cuts, after, page = "a") => (
        {{ page, name: `page ${{page}}`, size: [200, 280], next: 5, cuts, after }});
      const cuts = {json.dumps(CUTS)}, fewer = cuts.slice(1), others = [[7, [1, 1, 50, 50], "initial", 1]];
      const numbers = (draft) => JSON.parse(written(draft.boxes.list)).map(([number]) => number);
      const said = [];
      const mine = draftOf(given(cuts, 0));
      {script}
      console.log(JSON.stringify(said));
    """))


def test_what_is_not_saved_outlives_a_rerun_and_another_page() -> None:
    said = drafts("""
      mine.boxes.remove([0]);
      said.push(draftOf(given(cuts, 0)) === mine, unsavedElsewhere("a"), unsavedElsewhere("b"));
      draftOf(given(others, 3, "b"));
      said.push(numbers(draftOf(given(cuts, 0))), mine.boxes.dirty);
    """)
    assert said == [True, [], ["page a"], [2], True]


def test_what_was_saved_is_kept_and_what_was_changed_meanwhile_is_not_lost() -> None:
    said = drafts("""
      mine.boxes.remove([0]);
      mine.sent = written(mine.boxes.list);
      mine.boxes.remove([2]);
      const later = draftOf(given(fewer, 1));
      said.push(numbers(later), later.after, later.clash, later.boxes.dirty);
      said.push(draftOf(given([], 2)).boxes.dirty);
    """)
    assert said == [[], 1, False, True, False]


def test_somebody_elses_boxes_are_taken_unless_one_has_begun() -> None:
    assert drafts("said.push(numbers(draftOf(given(others, 4))));") == [[7]]
    said = drafts("""
      mine.boxes.remove([0]);
      const clash = draftOf(given(others, 4));
      said.push(clash.clash, numbers(clash), clash.after);
      insist(clash);
      const again = draftOf(given(others, 4));
      said.push(again.clash, numbers(again), again.after, again.boxes.dirty);
    """)
    assert said == [True, [2], 0, False, [2], 4, True]
    said = drafts("""
      mine.boxes.remove([0]);
      giveUp(draftOf(given(others, 4)));
      const theirs = draftOf(given(others, 4));
      said.push(theirs.clash, numbers(theirs), theirs.boxes.dirty);
    """)
    assert said == [False, [7], False]
