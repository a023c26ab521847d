"""Bytes of a table as text: which encoding it was taken for, and how sure that is."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from imgsim.catalogue.letters import example, likeliness
from imgsim.errors import MetadataError

# What spreadsheets and library systems write, with what each is called and a little for how often it is met.
CANDIDATES: dict[str, tuple[str, float]] = {
    "cp1252": ("Windows-1252", 0.15), "mac_roman": ("Mac Roman", 0.05), "cp850": ("CP850", 0.0),
    "cp1251": ("Windows-1251", 0.0), "cp1250": ("Windows-1250", -0.1), "gb18030": ("GB18030", 0.0),
    "cp932": ("Shift-JIS", 0.0), "koi8_r": ("KOI8-R", -0.2), "cp866": ("CP866", -0.2), "big5": ("Big5", -0.3),
    "euc_jp": ("EUC-JP", -0.4), "latin_1": ("ISO 8859-1", -0.1),
}  # fmt: skip
_NAMES = {
    "utf-8": "UTF-8",
    "ascii": "ASCII",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "iso2022_jp": "ISO-2022-JP",
    "shift_jis": "Shift-JIS",
}
_NO_TEXTS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
_LOOKED_AT = 400_000
_TWICE = re.compile("[ÃÂ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\u0080-\u00bf™œ“”˜¦]")
_MOST_MENDED = 2_000
_SURE, _OF_ONE = 0.2, 1.2  # how much better than the next the best reading must be, in all and of one letter


class Decoded(NamedTuple):
    """A text, what its bytes were taken for, and what a reader should know of that ('' if nothing)."""

    text: str
    encoding: str
    note: str = ""


def decode(content: bytes, path: Path, encoding: str | None = None) -> Decoded:
    """Return the text of a table. Without a name of the encoding, a byte order mark, UTF-8 and likeliness decide.

    Raises
    ------
    MetadataError
        There is no such encoding, the bytes are not valid in it, or the text holds NUL characters.
    """
    found = _named(content, path, encoding) if encoding else _found(content, path)
    if "\x00" in found.text:
        line = found.text.count("\n", 0, found.text.index("\x00")) + 1
        raise MetadataError(
            f"{path} holds a NUL character in line {line}: it is no text. Save it as CSV (UTF-8)."
        )
    twice = _TWICE.findall(found.text)
    if twice and not encoding:
        at = _TWICE.search(found.text)
        assert at is not None
        shown = " ".join(found.text[max(0, at.start() - 12) : at.end() + 12].split())
        note = (
            f"{len(twice):,} places look as if they had been encoded twice, such as {shown!r}: mend the table"
        )
        found = found._replace(note="; ".join(filter(None, (found.note, note))))
    return found


def check_encoding(name: str) -> str:
    """Return the name of an encoding that there is; MetadataError for any other."""
    try:
        known = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        known = None
    if known is None or not getattr(known, "_is_text_encoding", True) or known.name in _NO_TEXTS:
        names = "utf-8, utf-16, cp1252, mac_roman, cp850, cp1251, gb18030, shift_jis"
        raise MetadataError(f"There is no encoding {name!r}. Name one such as {names}.")
    return known.name


def _named(content: bytes, path: Path, encoding: str) -> Decoded:
    name = check_encoding(encoding)
    try:
        text = content.decode("utf-8-sig" if name == "utf-8" else name)
    except (UnicodeDecodeError, UnicodeError) as error:
        at = getattr(error, "start", None)
        line = content.count(b"\n", 0, at) + 1
        where = "" if at is None else f": the bytes {content[at : at + 4].hex(' ')} in line {line}"
        raise MetadataError(
            f"{path} is not written in {encoding}{where}. Name another encoding, or leave it out to have it found."
        ) from None
    return Decoded(text.removeprefix("\ufeff"), _title(name), f"read as {_title(name)}, as you said")


def _found(content: bytes, path: Path) -> Decoded:
    marks = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8"),
             (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
    for mark, name in marks:
        if content.startswith(mark) and not (name == "utf-32" and len(content) % 4):
            try:
                return Decoded(content.decode("utf-8-sig" if name == "utf-8" else name), _title(name))
            except UnicodeDecodeError:
                if name == "utf-8":
                    return _mostly_utf8(content.removeprefix(mark)) or _guess(content.removeprefix(mark))
                raise MetadataError(
                    f"{path} is not text in {_title(name)} although it begins so. Save it as CSV (UTF-8)."
                ) from None
    if wide := _without_mark(content):
        return wide
    if content.isascii():
        if b"\x1b$" in content:
            try:
                text = content.decode("iso2022_jp")
                return Decoded(text, "ISO-2022-JP", f"read as ISO-2022-JP, e.g. {example(text)!r}")
            except UnicodeDecodeError:
                pass
        return Decoded(content.decode("ascii"), "ASCII")
    try:
        return Decoded(content.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError:
        return _mostly_utf8(content) or _guess(content)


def _without_mark(content: bytes) -> Decoded | None:
    """UTF-16 without its mark: of mostly Latin text every other byte is 0; of other text the delimiters are so."""
    if len(content) % 2 or b"\x00" not in content:
        return None
    sample = content[:_LOOKED_AT]
    halves = sample[0::2].count(0), sample[1::2].count(0)
    if min(halves) * 20 > max(halves) or max(halves) * 50 < len(sample) // 2:
        return None
    name = "utf-16-le" if halves[1] > halves[0] else "utf-16-be"
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        return None
    return Decoded(text, "UTF-16", f"read as UTF-16 without a byte order mark ({name[-2:].upper()})")


def _mostly_utf8(content: bytes) -> Decoded | None:
    """UTF-8 with a few bytes of something else, which a copied line brings in; None if it is something else."""
    bad: list[int] = []
    parts: list[str] = []
    rest, start = memoryview(content), 0
    while True:
        try:
            parts.append(codecs.utf_8_decode(rest[start:], "strict", True)[0])
            break
        except UnicodeDecodeError as error:
            parts.append(codecs.utf_8_decode(rest[start : start + error.start], "strict", True)[0])
            start += error.start
            bad.append(start)
            parts.append(content[start : start + 1].decode("cp1252", "replace"))
            start += 1
            if len(bad) > _MOST_MENDED:
                return None
    text = "".join(parts)
    whole = sum(not c.isascii() for c in text) - len(bad)
    if whole < 3 * len(bad):
        return None
    lines = sorted({content.count(10, 0, at) + 1 for at in bad[:200]})
    shown = ", ".join(map(str, lines[:5])) + (" ..." if len(lines) > 5 else "")
    return Decoded(
        text, "UTF-8",
        f"{len(bad):,} bytes are not UTF-8 and were read as Windows-1252 (line {shown}): look at these",
    )  # fmt: skip


def _guess(content: bytes) -> Decoded:
    """The reading whose letters make the most sense. That is a guess, and is said to be one."""
    scores: dict[str, float] = {}
    texts: dict[str, str] = {}
    for name in _readings(content):
        try:
            texts[name] = content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        scores[name] = likeliness(texts[name][:_LOOKED_AT]) + CANDIDATES.get(name, ("", -0.3))[1]
    order = sorted(scores, key=lambda name: -scores[name])
    best = order[0]
    shown = example(texts[best])
    note = f"read as {_title(best)}, a guess from its letters" + (f" ({shown!r})" if shown else "")
    sure = _SURE + _OF_ONE / max(1, len({c for c in texts[best] if c > "\x7f"}))
    near = [n for n in order[1:] if scores[best] - scores[n] < sure and example(texts[n]) != shown][:2]
    if near:
        others = " or ".join(
            f"{_title(n)} ({example(texts[n])!r})" if example(texts[n]) else _title(n) for n in near
        )
        note += f"; it may also be {others}"
    if scores[best] < -0.5:
        note += "; none makes good sense"
    return Decoded(texts[best], _title(best), note + "; another can be named")


def _readings(content: bytes) -> list[str]:
    """The candidates, and where none of them makes sense what charset-normalizer thinks of."""
    names = list(CANDIDATES)
    tried = []
    for name in names:
        try:
            tried.append(likeliness(content.decode(name)[:_LOOKED_AT]))
        except UnicodeDecodeError:
            continue
    if max(tried) < 0:
        from charset_normalizer import from_bytes

        best = from_bytes(content[:_LOOKED_AT]).best()
        if best is not None and best.encoding not in names:
            names.append(best.encoding)
    return names


def _title(name: str) -> str:
    plain = name.replace("-", "_")
    if plain in CANDIDATES:
        return CANDIDATES[plain][0]
    return _NAMES.get(name, name.replace("_", "-").upper())
