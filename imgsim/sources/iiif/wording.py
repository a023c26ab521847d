"""Texts in manifests: in several languages, in lists, with markup, or plain; here as one plain line."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MAX_TEXT = 4000
_TAG = re.compile(
    r"</?(?:a|b|br|div|em|i|img|li|ol|p|small|span|strong|sub|sup|ul)\b[^<>]{0,2000}>", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x20\x7f\x85\xa0\u2028\u2029]+")
_PREFERRED = ("none", "@none", "en")


def said(value: object, *, modern: bool) -> str:
    """Return a text of a manifest in one language, several values joined by semicolons; '' for anything else.

    Parameters: ``modern`` for Presentation 3, where only what begins with < and ends with > is markup; in version 2
    markup stands anywhere.
    """
    texts = [_plain(text, modern) for text in _texts(value)]
    return "; ".join(dict.fromkeys(text for text in texts if text))[:MAX_TEXT]


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value[: 5 * MAX_TEXT]]
    if isinstance(value, bool):
        return []
    if isinstance(value, int | float):
        return [str(value)[:40]]
    if isinstance(value, dict):
        if "@value" in value:
            return _texts(value["@value"]) if not isinstance(value["@value"], dict | list) else []
        if isinstance(value.get("@id"), str):  # a link, as in the licence of version 2
            return [value["@id"][:MAX_TEXT]]
        languages = {
            str(name): texts for name, texts in list(value.items())[:100] if isinstance(texts, list | str)
        }
        chosen = next((languages[name] for name in _PREFERRED if name in languages), None)
        if chosen is None:
            chosen = next(iter(languages.values()), [])
        texts = [chosen] if isinstance(chosen, str) else chosen
        return [text[: 5 * MAX_TEXT] for text in texts[:100] if isinstance(text, str)]
    if isinstance(value, list):
        return _of_list(value[:100])
    return []


def _of_list(values: list[object]) -> list[str]:
    """Of a list in several languages those in the preferred one, else all."""
    languages = [str(v.get("@language")) for v in values if isinstance(v, dict) and v.get("@language")]
    if len(set(languages)) > 1:
        wanted = next((name for name in _PREFERRED if name in languages), languages[0])
        values = [v for v in values if not isinstance(v, dict) or v.get("@language") in (None, wanted)]
    # One level: a list within a list is no text.
    return [text for v in values if not isinstance(v, list) for text in _texts(v)]


def _plain(text: str, modern: bool) -> str:
    marked = text[:1] == "<" and text[-1:] == ">" if modern else _TAG.search(text) is not None
    if marked:
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.pieces)
    text = text.encode("utf-8", "replace").decode(
        "utf-8"
    )  # half a surrogate pair is written as a question mark
    return _CONTROL.sub(" ", text).strip()


class _Reader(HTMLParser):
    """The text of some markup, without scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style"}
        self.pieces.append(" " if tag in {"br", "p", "div", "li"} else "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in {"script", "style"}))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)
