"""The plates that a run would take out of a collection, and who is asked about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SHARE = 0.1  # of the plates; so many may go without a word
_MOST_NAMED = 5


@dataclass(frozen=True)
class Vanished:
    """Plates of the live collection that no scan shows any more.

    Attributes
    ----------
    name : of the collection; ``plates`` that it has.
    gone : (id, where its scan lay), in the catalogue's order.
    decided : ids of those among them that bear decisions.
    """

    name: str
    plates: int
    gone: tuple[tuple[str, str], ...]
    decided: tuple[str, ...]

    @property
    def serious(self) -> bool:
        """Whether somebody must say that they may go: more than a tenth, or any that was decided about."""
        return bool(self.decided) or len(self.gone) > SHARE * self.plates

    @property
    def told(self) -> str:
        """How many, such as which, in one sentence or two."""
        # Those that somebody decided about are named first.
        ordered = sorted(self.gone, key=lambda one: one[0] not in self.decided)
        named = ", ".join(f"{plate_id} ({file})" for plate_id, file in ordered[:_MOST_NAMED])
        more = f" and {len(self.gone) - _MOST_NAMED:,} more" if len(self.gone) > _MOST_NAMED else ""
        are = "is" if len(self.gone) == 1 else "are"
        text = (
            f"{len(self.gone):,} of the {self.plates:,} plates of {self.name} {are} gone: no scan shows them any more "
            f"({named}{more})."
        )
        if self.decided:
            count = len(self.decided)
            text += f" {count:,} of them {'bears' if count == 1 else 'bear'} decisions of people."
        return text

    def as_dict(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "plates": self.plates, "gone": [list(one) for one in self.gone], "decided": list(self.decided),
            "needs_accept_missing": self.serious,
        }  # fmt: skip


Ask = Callable[[Vanished], bool]
