"""Help: three steps, then the words, the verdicts, the scores, the keys, and answers to what is asked most."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from imgsim.app.components import keyboard
from imgsim.app.parts import shell, tour
from imgsim.app.parts.catalogue_record import definitions
from imgsim.app.services import page_registry, state, text, verdict_labels
from imgsim.base.terms import TERMS
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection
from imgsim.reviews.decision_words import DECISIONS

name, title, group = "help", marked("Help"), marked("Collection")
State = state.State
_STEPS = (
    (
        "browse",
        marked("1. Find"),
        marked("Click a plate, or search with a scan of your own. What looks like it stands beside it."),
    ),
    (
        "compare",
        marked("2. Check"),
        marked("Read the verdict on each neighbour, and lay the two on each other: the lines decide."),
    ),
    (
        "reuse",
        marked("3. Keep"),
        marked("Re-use tells the life of each image in order of date, to be cited and taken away."),
    ),
)

# Anchor -> heading, in the order of the page.
_PARTS = {
    "words": marked("The words"),
    "verdicts": marked("The verdicts"),
    "decisions": marked("Your decisions"),
    "scores": marked("How to read a score"),
    "pages": marked("The pages"),
    "keys": marked("The keys"),
    "questions": marked("Questions and answers"),
}

_WORDS = {
    marked("plate"): marked("One illustration, as it was scanned. Its id is the name of its file."),
    marked("page"): marked(
        "A scan of a whole page of a book. Its illustrations are cut out of it, and each is a plate."
    ),
    marked("book"): marked(
        "What a plate is from: an edition with its title, year and place, or a folder of scans."
    ),
    marked("collection"): marked(
        "Plates that were prepared together. Only plates of one collection are compared."
    ),
    marked("query and neighbours"): marked(
        "The plate you ask about, and those most similar to it, best first."
    ),
    marked("similarity"): marked(
        "How alike two plates look to the network: 1 is the same picture. A candidate, never a proof."
    ),
    marked("network"): marked("What does the comparing. Scores of two networks cannot be compared."),
    marked("map"): marked(
        "All plates on a plane, alike ones close together. How far apart two groups lie says little."
    ),
    marked("match"): marked(
        "Two plates whose lines were laid over each other, with how many points agree and a verdict."
    ),
    marked("family"): marked("One image and all plates that it appears on, in order of date."),
    marked("earliest in this collection"): marked(
        "The first by date among the plates that are here. The original may be in a book that nobody scanned."
    ),
    marked("review"): marked(
        "What you decided about a pair. It outweighs every verdict, and is kept when the collection is prepared again."
    ),
}

_SCORES = marked("""
A **similarity** finds candidates; it does not prove re-use. One pair at 0.948 was printed from the same plate,
another at 0.980 was not. So:

- Read “above 99.8 % of pairs” under a neighbour: so rare is its score among pairs drawn at random from this
  collection.
- The **line** across a list is measured here: above it a pair here is rather the same picture than not. Nothing is
  left out below it; most of that only looks alike.
- Look for a gap. When three neighbours stand at 0.97 and the rest begins at 0.91, look at the three.
- Then read the verdict: **how many points of the lines agree**. Unrelated plates reach a handful by chance; a
  re-used image has dozens or hundreds.
- “Found by a part” is what is nearer by a part of one of the two plates than as a whole: a crop, a detail, a plate on
  a larger sheet. Its similarity is still that of the whole plates.
- Verified plates come first, however low they score: worn, cropped and mirrored copies look unlike and are
  still copies.
""")

_QUESTIONS = {
    marked("What is not found?"): marked("""
- A plate that was turned by 90 degrees, or of which only a small part was taken over, can be missed. Draw a box
  round the part with **Find a detail** on its page and ask again.
- A copy drawn anew shares no line with its model: it is a look-alike at best, unless copies by another hand were
  asked for when the collection was prepared. For one pair, **Compare** and **Review** ask now.
- Only likely pairs were compared line by line. “Not checked” is no verdict.
- Books that were not scanned, and images that could not be read, are not here; About lists the latter.
"""),
    marked("Why does a look-alike score high?"): marked("""
The network sums up composition, tone and subject. Two plates by one engraver, in one layout, with a plant of
one kind, look alike to it even when not a line of one is in the other. That is why every likely pair was also
compared by its lines.
"""),
    marked("Does “same image” mean the same copperplate?"): marked("""
No. It says that the lines of most of both plates agree. Where they lie as exactly as only impressions of one
plate do, and the scans are large enough to tell, the card adds “probably the same plate”; where it adds nothing, a
close copy by another hand is as possible. Lay them on each other in Compare, see below them how exactly the lines
lie, look at single strokes, then decide.
"""),
    marked("How do I cite?"): marked("""
Under each plate and book, and at the foot of each family, stands a citation to copy. It names the collection, its
generation, the plate, and the picture by the first digits of its SHA-256. Whoever reads it pastes the whole line into
the search box of Browse, or types `python3 -m imgsim find` and the line in a terminal, and finds the picture again.
For a score, name the collection and the network too: About has that sentence. A family's dossier is one page with
plates, books, evidence, who decided what, and how it was found, to be kept beside your notes.
"""),
    marked("How do I add my own plates?"): marked("""
On the page **Add plates**, at the computer that runs imgsim: drop the scans, or name their folder, with a table of
their books if you have one, look at what is understood, and press Prepare. Or in a terminal in imgsim's folder type:

    python3 precompute.py my-scans --metadata my-books.csv --name my-plates

Then choose the collection on the left. docs/guide.md says which columns are understood. When scans were added,
prepare it again on the page Collections, or type the same line again: only what is new is worked on.
"""),
    marked("How do I share what I see?"): marked("""
Copy the address of your browser: it holds the plate, the filters and the settings, and opens the same view for
whoever can reach this imgsim or has the same collection under the same name. Lists go as CSV, a family as a
dossier, the map as a page of its own.
"""),
    marked("Who sees what I look at?"): marked("""
Nobody else. imgsim runs on one computer and asks no other; an image that you search with stays in its memory and is
never written to disk. Only what you decide on Review is kept, for all who use this imgsim.
"""),
}

_TERMS = marked("What do statistics and computer vision call this?")


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(tr(title), tr("How to find a re-used plate, check it, and cite it."))
    _steps()
    contents = " · ".join(f"[{tr(heading)}](#{anchor})" for anchor, heading in _PARTS.items())
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(tr("On this page: {contents}", contents=contents), width="content")
        if st.button(
            tr("Show the first hints again"), type="tertiary", help=tr("One each on Browse, Plate and Map.")
        ):
            tour.again()
            shell.go("browse")
    left, right = st.columns(2, gap="large")
    with left:
        _heading("words")
        st.html(definitions((_hinted(word), tr(meaning)) for word, meaning in _WORDS.items()))
        _heading("scores")
        st.markdown(tr(_SCORES))
        _about(collection, now)
        _heading("pages")
        st.html(definitions((tr(page.title), _sentence(page)) for page in page_registry.registered().values()))
    with right:
        _heading("verdicts")
        st.caption(tr("What the lines of two plates say, found by laying one over the other."))
        term = Markup('<span class="verdict {}">{}</span>')
        told = [
            (term.format(name, tr(verdict_labels.WORDS[name])), tr(meaning))
            for name, meaning in verdict_labels.MEANINGS.items()
        ]
        st.html(definitions(told))
        _heading("decisions")
        st.caption(tr("What you say, on Review with one key: it outweighs the verdict."))
        said = Markup("{} {}")
        keys = keyboard.DECISION_KEYS
        st.html(definitions((tr(key.does), said.format(_caps(key), tr(DECISIONS[key.does]))) for key in keys))
        _heading("keys")
        _keys()
    _heading("questions")
    for question, answer in _QUESTIONS.items():
        with st.expander(tr(question)):
            st.markdown(tr(answer))
    _terms()


def _steps() -> None:
    with st.container(key="help_steps"):
        columns = st.columns(3)
    for column, (page, name, words) in zip(columns, _STEPS, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{tr(name)}**")
            st.markdown(tr(words))
            label = tr("Open {page}", page=shell.title_of(page))
            st.page_link(shell.page_file(page), label=label, query_params=state.link(family=""))


def _terms() -> None:
    """The terms of statistics and computer vision for what the pages say in a historian's words."""
    with st.expander(tr(_TERMS), key="terms", on_change="rerun") as box:
        if box.open:
            st.html(definitions((term.title, term.hint) for term in TERMS))


def _sentence(page: page_registry.Page) -> str:
    """What a page is for."""
    said = page_registry.purpose(page)
    return f"{said[:1].upper()}{said[1:]}"


def _hinted(word: str) -> str:
    """A word with the term for the same in its tooltip, if there is one."""
    hint = next((term.hint for term in TERMS if term.word == word), "")
    return Markup('<span title="{}">{}</span>').format(hint, tr(word)) if hint else tr(word)


def _heading(anchor: str) -> None:
    st.header(tr(_PARTS[anchor]), anchor=anchor)


def _about(collection: Collection, now: state.State) -> None:
    """Lead to what the scores are worth in this collection."""
    st.page_link(
        shell.page_file("about"),
        label=tr(
            "What the scores of {network} mean in {collection}",
            network=text.plain(now.backbone),
            collection=text.plain(collection.name),
        ),
        query_params=state.link(),
    )


def _keys() -> None:
    for where, held in keyboard.LISTED:
        heading = Markup('<h3 class="where">{}</h3>').format(tr(where))
        st.html(heading + definitions(((_caps(key), tr(key.does)) for key in held), "record keys"))


def _caps(key: keyboard.Key) -> Markup:
    return Markup(" ").join(cap if cap == "–" else Markup("<kbd>{}</kbd>").format(tr(cap)) for cap in key.caps)


if __name__ == "__main__":
    shell.draw(name)
