"""Progress and the summary as a person or a script wants to see them."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TextIO

from imgsim.base.progress import Progress, duration
from imgsim.prepare.options import Summary

_EVERY_S = 3.0


class QuietDisplay:
    """Shows nothing."""

    def __call__(self, progress: Progress) -> None:
        pass

    def close(self) -> None:
        pass


class JsonDisplay:
    """One JSON object a line on stdout, twice a second and at the end of each stage.

    The events are progress, note, ready (the collection can be opened, though the run goes on), done and error.
    """

    def __init__(self) -> None:
        self._last: tuple[str, float] = ("", 0.0)

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        stage, when = self._last
        if stage == progress.stage and now - when < 0.5 and not progress.finished and not progress.note:
            return
        self._last = progress.stage, now
        event = progress.stage if progress.stage in ("note", "ready") else "progress"
        print(json.dumps({"event": event, **asdict(progress)}), flush=True)

    def close(self) -> None:
        pass


class TextDisplay:
    """On a terminal one line a stage, updated in place; elsewhere a line every few seconds. Writes to stderr."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._terminal = self._stream.isatty()
        self._stage = ""
        self._last = 0.0
        self._open = False  # the cursor stands at the end of an unfinished line

    def __call__(self, progress: Progress) -> None:
        if progress.note:
            self.close()
            self._write(progress.note + "\n")
            return
        if progress.stage == "ready":
            return
        now, new = time.monotonic(), progress.stage != self._stage
        if new:
            self.close()
            self._stage, self._last = progress.stage, now if not self._terminal else 0.0
        if not progress.finished and now - self._last < (0.1 if self._terminal else _EVERY_S):
            return
        self._last = now
        line = progress_line(progress)
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            self._write("\r" + line[:width].ljust(width))
            self._open = True
            if progress.finished:
                self.close()
        else:
            self._write(line + "\n")

    def close(self) -> None:
        """End the line that is being updated."""
        if self._open:
            self._write("\n")
            self._open = False

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def progress_line(progress: Progress) -> str:
    """``plates 1,200 of 13,151  9 %  41.2/s  4 min 50 s left``"""
    parts = [
        progress.stage,
        f"{progress.done:,}" + (f" of {progress.total:,}" if progress.total is not None else ""),
    ]
    if progress.total:
        parts.append(f"{100 * progress.done // progress.total} %")
    if progress.rate and progress.done:
        parts.append(f"{progress.rate:,.1f}/s" if progress.rate < 1000 else f"{progress.rate:,.0f}/s")
    if progress.remaining_s is not None and not progress.finished:
        parts.append(f"{duration(progress.remaining_s)} left")
    return "  ".join(parts)


def summary_text(summary: Summary) -> str:
    """What a run did, for people."""
    lines = []
    if not summary.changed:
        lines.append(f"Nothing has changed: {summary.name} is up to date ({duration(summary.seconds)}).")
    lines.append(f"{summary.plates:,} plates in {summary.path}")
    if summary.pages is not None:
        lines.append(
            f"cut out of {summary.pages - summary.empty_pages:,} of {summary.pages:,} pages; "
            f"{summary.empty_pages:,} have no illustration"
        )
    if summary.skipped:
        lines.append(f"{summary.skipped:,} skipped, listed in {summary.skipped_csv}")
        lines += [f"    {file}: {reason}" for file, reason in summary.skipped_first]
        if summary.skipped > len(summary.skipped_first):
            lines.append(f"    and {summary.skipped - len(summary.skipped_first):,} more")
    lines += _warning_lines(summary)
    lines += _change_lines(summary)
    lines += _join_lines(summary)
    lines.append(
        f"compared by {', '.join(summary.backbones)}; {summary.top_k} neighbours a plate; "
        f"maps: {', '.join(summary.projections)}"
    )
    lines += _match_lines(summary)
    if summary.changed:
        lines.append(
            "time: " + ", ".join(f"{name} {duration(seconds)}" for name, seconds in summary.timings.items())
        )
        lines.append(f"done in {duration(summary.seconds)}")
    return "\n".join(lines)


_MOST_WARNED = 20
_MOST_NAMED = 5


def _change_lines(summary: Summary) -> list[str]:
    """What became of the plates since the last run, and who still names what is gone."""
    lines = []
    changes = summary.changes
    if changes is not None:
        counts = changes["counts"]
        words = {
            "new": "new", "moved": "moved or renamed", "replaced": "shown by a better scan or another box",
            "gone": "gone",
        }  # fmt: skip
        found = ", ".join(f"{counts[kind]:,} {word}" for kind, word in words.items() if counts[kind])
        if counts["back"]:
            found += f" ({counts['back']:,} of the new ones had been here before)"
        lines.append(f"since the last run: {found}; every plate keeps its id")
        for kind, told in (
            ("moved", lambda one: f"{one[0]}: {one[1]} is now {one[2]}"),
            ("replaced", lambda one: f"{one[0]}: another scan of the same picture ({one[1]})"),
            ("gone", lambda one: f"{one[0]}: gone with {one[1]}; its id stays reserved"),
            ("other_picture", lambda one: f"{one[1]}: not the picture that was {one[0]} at the same place"),
        ):
            lines += [f"    {told(one)}" for one in changes[kind][:_MOST_NAMED]]
            if counts[kind] > _MOST_NAMED:
                lines.append(f"    and {counts[kind] - _MOST_NAMED:,} more")
    naming = summary.naming
    for kind, what in (
        ("decisions_gone", "decisions that name plates that are gone (Review, All reviews)"),
        ("decisions_replaced", "decisions about another scan, to be confirmed (Review, All reviews)"),
        ("families_nowhere", "addresses of families that lead to no family any more"),
    ):
        if naming.get(kind):
            lines.append(f"{naming[kind]:,} {what}")
    return lines


def _warning_lines(summary: Summary) -> list[str]:
    """What decoders said of files that could be read all the same, a line each."""
    told = [f"    {file}: {'; '.join(said)}" for file, said in summary.warned.items()]
    if not told:
        return []
    more = [f"    and {len(told) - _MOST_WARNED:,} more"] if len(told) > _MOST_WARNED else []
    return [f"{len(told):,} read all the same, of which the decoder said:", *told[:_MOST_WARNED], *more]


def _match_lines(summary: Summary) -> list[str]:
    if summary.matches is None:
        return ["no plates compared by their lines (--no-verify)"]
    found = ", ".join(f"{verdict} {count:,}" for verdict, count in summary.matches.items())
    return [
        f"{sum(summary.matches.values()):,} pairs compared by their lines: {found}",
        f"{summary.families or 0:,} families",
        *([f"{summary.copies:,} pairs are copies by another hand"] if summary.copies is not None else []),
    ]


def _join_lines(summary: Summary) -> list[str]:
    # pandas comes with it, which a display that shows nothing need not load
    from imgsim.catalogue import report_line

    join = summary.join
    books = book_lines(join)
    if not join.get("key"):
        first = "no metadata" if not join.get("metadata") else f"no plate found its row in {join['metadata']}"
        return [first, *(f"    {note}" for note in join.get("notes", ())), *books]
    understood = [
        column if column == standard else f"{column} as {standard}"
        for column, standard in join["understood"].items()
    ]
    lines = [
        f"{join['joined']:,} of {join['plates']:,} plates found their row in {join['metadata']}, "
        f"by {join['key']} in the column {join['key_column']}"
    ]
    without = join["plates"] - join["joined"]
    if join.get("unused") or without:
        lines.append(
            f"    rows without a plate: {join.get('unused', 0):,}, plates without a row: {without:,}"
            + (f": listed in {summary.unjoined_csv}" if summary.unjoined_csv else "")
        )
    if join.get("encoding"):
        parted = f", cells parted by {join['separator']}" if join["separator"] else ""
        lines.append(f"    read as {join['encoding']}{parted}")
    if understood:
        lines.append(f"    columns understood: {', '.join(understood)}")
    years = report_line(join.get("years", {}))
    lines += [f"    {note}" for note in (years, *join.get("notes", ())) if note]
    return lines + books


def book_lines(join: Mapping[str, Any]) -> list[str]:
    """``14 books, by folder; within them by file name``"""
    facts, order = join.get("books"), join.get("order")
    if not facts:
        return []
    count, unnamed = facts["count"], facts["unnamed"]
    text = "no books are told apart" if not count else f"{count:,} book{'s' if count != 1 else ''}, by {facts['by']}"
    if count and unnamed:
        text += f"; {unnamed:,} plates of no known book"
    by = (order or {}).get("by", {}) if count else {}
    ways = [f"of {books:,} book{'' if books == 1 else 's'} by {way}" for way, books in by.items()]
    return [text, *([f"    order of plates: {', '.join(ways)}"] if ways else [])]
