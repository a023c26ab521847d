"""What people call a family, and write of it: a title, a note, tags, kept with what else nobody can make again.

A record names the family by its permanent id and holds all that was said of it from then on; taking one back is a
record of its own, after which the one before stands again. No run touches them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from imgsim.collection.marks import Mark, Marks
from imgsim.errors import CollectionError, ImgsimError

LONGEST_TITLE, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 160, 4000, 40, 20
_UNDO = "undo"


@dataclass(frozen=True)
class FamilyNote:
    """What is said of a family; ``reviewer`` and ``when`` (UTC) say by whom, and when it was last changed, and
    ``written_of`` which family it was written of, where it is another (:mod:`imgsim.collection.passed_words`)."""

    title: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    reviewer: str = ""
    when: str = ""
    written_of: str = ""


NOTHING = FamilyNote()


class FamilyNotes:
    """The notes of the collection in a folder. Every method raises as :class:`imgsim.base.database.Database`."""

    def __init__(self, folder: Path | str) -> None:
        self._marks = Marks(folder, "family")

    @property
    def revision(self) -> int:
        """A number that changes with every note; 0 where there are none."""
        return self._marks.revision

    def standing(self) -> dict[str, FamilyNote]:
        """What is said of each family now, by its own id; families of which nothing is said are left out."""
        return {name: steps[-1] for name, steps in self._all().items() if steps and _says(steps[-1])}

    def written(self) -> frozenset[str]:
        """The families of which something was written that was not taken back, be it that nothing is said."""
        return frozenset(name for name, steps in self._all().items() if steps)

    def can_undo(self, family_id: str) -> bool:
        """Whether there is something to take back."""
        return bool(self._steps(family_id))

    def write(
        self, family_id: str, reviewer: str, *, title: str = "", note: str = "", tags: Iterable[str] = ()
    ) -> None:
        """Say something of a family, in place of what was said before.

        Raises
        ------
        ImgsimError
            A title of several lines, something that is too long, too many tags, or no reviewer.
        """
        named = " ".join(title.split())
        if len(named) > LONGEST_TITLE or not (named.isprintable() or not named):
            raise ImgsimError(f"A family's title is one line of at most {LONGEST_TITLE} letters, not {named[:80]!r} …")
        if len(note) > LONGEST_NOTE:
            raise ImgsimError(f"A family's note has at most {LONGEST_NOTE:,} letters; this one has {len(note):,}.")
        kept = checked_tags(tags)
        body = {"title": named, "note": note.strip(), "tags": list(kept)}
        last = self._steps(family_id)
        if last and (last[-1].title, last[-1].note, last[-1].tags) == (named, note.strip(), kept):
            return
        self._marks.add(family_id, body, reviewer)

    def undo(self, family_id: str, reviewer: str) -> None:
        """Take the last change back. Raises ImgsimError where there is none."""
        if not self._steps(family_id):
            raise ImgsimError(f"Nothing was written of the family {family_id!r} that could be taken back.")
        self._marks.add(family_id, {_UNDO: True}, reviewer)

    def _all(self) -> dict[str, list[FamilyNote]]:
        found: dict[str, list[FamilyNote]] = {}
        for mark in self._marks.all():
            _follow(found.setdefault(mark.subject, []), mark)
        return found

    def _steps(self, family_id: str) -> list[FamilyNote]:
        steps: list[FamilyNote] = []
        for mark in self._marks.all(family_id):
            _follow(steps, mark)
        return steps


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags in their order, each once, whatever its capitals. Raises ImgsimError for too many, or a long one."""
    found: dict[str, str] = {}
    for tag in (" ".join(one.replace(",", " ").split()) for one in tags):
        if len(tag) > LONGEST_TAG or not (tag.isprintable() or not tag):
            raise ImgsimError(f"A tag has at most {LONGEST_TAG} letters, without commas, not {tag[:60]!r} …")
        if tag:
            found.setdefault(tag.casefold(), tag)
    if len(found) > MOST_TAGS:
        raise ImgsimError(f"A family has at most {MOST_TAGS} tags; these are {len(found)}.")
    return tuple(found.values())


def tag_counts(notes: Mapping[str, FamilyNote], families: Iterable[str]) -> dict[str, int]:
    """How many of these families bear each tag, the most frequent first."""
    counted = Counter(tag for name in families for tag in notes.get(name, NOTHING).tags)
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0].casefold())))


def says(note: FamilyNote, words: str) -> bool:
    """Whether all these words stand in what is said."""
    said = " ".join((note.title, note.note, *note.tags)).casefold()
    return all(word in said for word in words.casefold().split())


def _says(note: FamilyNote) -> bool:
    return bool(note.title or note.note or note.tags)


def _follow(steps: list[FamilyNote], mark: Mark) -> None:
    body = mark.body
    try:
        if body.get(_UNDO):
            steps.pop()
            return
        tags = tuple(str(tag) for tag in body["tags"])
        steps.append(FamilyNote(str(body["title"]), str(body["note"]), tags, mark.reviewer, mark.when))
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise CollectionError(f"The note {mark.number} on a family is not what was written ({error}).") from None
