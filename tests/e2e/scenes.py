"""Every page of the app, and the states of it that look different: what is asked of all pages is asked of these.

A page that is added to the app is a scene by itself; add a state to `STATES` where it shows other parts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from imgsim.collection import Collection
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.corrected import families_of
from tests.e2e.serving import settle
from tests.pages import PAGES

# What a page waits for before it is drawn: its element, and the attribute and value that say so.
_DRAWN = {
    "map": ("imgsim-map", "data-zoom", "1.000"),
    "plate": ("imgsim-viewer", "data-state", "ready"),
    "compare": ("imgsim-compare", "data-state", "ready"),
    "light_table": ("imgsim-pane", "data-state", "ready"),
}


@dataclass(frozen=True)
class Scene:
    """A page in a state: `known` names what it takes of the collection's `facts`, `more` is added as it stands."""

    page: str
    known: tuple[str, ...] = ()
    more: dict[str, str] = field(default_factory=dict)

    def address(self, url: str, facts: dict[str, str]) -> str:
        state = {"collection": "sample", **{name: facts[name] for name in self.known}, **self.more}
        return f"{url}/{'' if self.page == 'browse' else self.page}?{urlencode(state)}"

    def show(self, page: Page, url: str, facts: dict[str, str]) -> None:
        """Open it and wait until it is drawn."""
        page.goto(self.address(url, facts))
        expect(page.locator("h1")).to_be_visible()
        settle(page)
        waits = self.page == "map" or {"plate", "tray"} & {*self.known}
        if self.page in _DRAWN and waits and "view" not in self.more:
            test_id, name, value = _DRAWN[self.page]
            expect(page.get_by_test_id(test_id).first).to_have_attribute(name, value)
        settle(page)


STATES = {
    "browse, nothing found": Scene("browse", more={"text": "zzzz"}),
    "browse, in pages": Scene("browse", more={"per_page": "30"}),
    "browse, with plates in the tray": Scene("browse", ("tray",)),
    "browse, coming from a plate": Scene("browse", ("plate",)),
    "plate, none chosen": Scene("plate"),
    "plate, as a table": Scene("plate", ("plate",), {"view": "table"}),
    "plate, as scores": Scene("plate", ("plate",), {"view": "scores"}),
    "plate, a detail": Scene("plate", ("plate",), {"box": "0.2-0.2-0.8-0.7"}),
    "map, none chosen, by family": Scene("map", more={"colour": "*family"}),
    "light table, empty": Scene("light_table"),
    "map, searched, in one colour": Scene("map", more={"sought": "london", "legend": "only|London", "colour": "place"}),
    "compare, none chosen": Scene("compare"),
    "reuse, one family": Scene("reuse", ("family",)),
    "reuse, a family by year": Scene("reuse", ("family",), {"laid": "time"}),
    "reuse, a book against the others": Scene("reuse", ("between",)),
    "books, two of them": Scene("books", ("book", "and")),
    "add, my own books": Scene("add", more={"door": "own"}),
    "add, a library's": Scene("add", more={"door": "library"}),
}
# What the pages themselves are met with on the way.
_ON_THE_WAY = {
    "map": ("plate",), "plate": ("plate",), "compare": ("plate", "with"), "book": ("book",), "light_table": ("tray",),
}  # fmt: skip
SCENES = {name: Scene(name, _ON_THE_WAY.get(name, ())) for name in PAGES} | STATES


def facts(collection: Collection) -> dict[str, str]:
    """What the addresses name: a plate, a verified counterpart of it, their family, and two books that share images."""
    families = families_of(collection)
    assert collection.matches is not None and families is not None
    ids = collection.catalogue.plate_ids
    family = families.ordered()[0]
    first = family.members[0].row
    match = next(match for match in collection.matches.of(first) if match.verified)
    edge = BookNetwork.from_families(families, collection.matches, collection.catalogue).edges[0]
    return {
        "plate": ids[first],
        "with": ids[match.b],
        "tray": f"{ids[first]},{ids[match.b]},gone",
        "family": family.id,
        "between": f"book:{edge.source}",
        "book": edge.source,
        "and": edge.target,
    }
