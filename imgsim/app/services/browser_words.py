"""The texts of the components' scripts in the reader's language, as a script that stands before theirs."""

from __future__ import annotations

import gettext
import json
import re
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from imgsim.app.components.mounting import FOLDER
from imgsim.app.services.server import prefix
from imgsim.base import translation

_LITERAL = r'"((?:[^"\\]|\\.)*)"'
_SAID = re.compile(rf"\btr\(\s*{_LITERAL}|\btrn\(\s*{_LITERAL},\s*{_LITERAL}")
_PLURAL = re.compile(r"plural=([n0-9\s()<>=!&|?:%+-]+);?$")
# A number for every form that a European language has: none, one, a few, many, a round million.
_EXAMPLES = (0, 1, 2, 3, 5, 11, 21, 1_000_000)
_HEADERS = {"Cache-Control": "no-cache"}


def routes() -> list[Route]:
    """A route for each language that has a catalogue: ``/words-de.js``."""
    return [Route(address(code), _answer, methods=["GET"]) for code in translation.offered()[1:]]


def address(code: str) -> str:
    """Where the script of a language is."""
    return f"{prefix()}/words-{code}.js"


def _answer(request: Request) -> Response:
    code = request.url.path.rpartition("-")[2].removesuffix(".js")
    return Response(script(code), 200, _HEADERS, "text/javascript")


def said_in(source: str) -> tuple[list[str], list[tuple[str, str]]]:
    """What a script says, in its order: texts, and pairs of them that depend on a number."""
    found = [tuple(json.loads(f'"{part}"') for part in one) for one in _SAID.findall(source)]
    return [text for text, _, _ in found if text], [(one, many) for text, one, many in found if not text]


@cache
def said() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """What all scripts say."""
    texts: set[str] = set()
    counted: set[tuple[str, str]] = set()
    for file in FOLDER.glob("*/*.js"):
        of_file = said_in(file.read_text(encoding="utf-8"))
        texts.update(of_file[0])
        counted.update(of_file[1])
    return frozenset(texts), frozenset(counted)


@cache
def script(code: str) -> str:
    """The script for a language."""
    spoken = translation.catalogue(code)
    texts, counted = said()
    found = _PLURAL.search(spoken.info().get("plural-forms", ""))
    rule = found[1].strip() if found else "n != 1"
    forms = {one: spoken_forms(spoken, one, many) for one, many in sorted(counted)}
    words = json.dumps(
        {"language": code, "texts": {text: spoken.gettext(text) for text in sorted(texts)}, "counted": forms},
        ensure_ascii=False,
    )
    return f"globalThis.imgsimWords = {{ ...{words}, plural: (n) => Number({rule}) }};\n"


def spoken_forms(spoken: gettext.NullTranslations, one: str, many: str) -> list[str]:
    """The forms of a counted text, in the order of the language's rule."""
    of_number = getattr(spoken, "plural", lambda n: int(n != 1))
    forms = {of_number(n): spoken.ngettext(one, many, n) for n in _EXAMPLES}
    return [forms.get(at, many) for at in range(max(forms) + 1)]
