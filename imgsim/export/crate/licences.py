"""The licences under which lists may be handed on, by their SPDX ids. Nobody's lists are given one unasked."""

from __future__ import annotations

from dataclasses import dataclass

from imgsim.errors import ImgsimError


@dataclass(frozen=True)
class Licence:
    """A licence: its SPDX id, its name, its address."""

    spdx: str
    name: str
    address: str


LICENCES = {
    one.spdx: one
    for one in (
        Licence("CC-BY-4.0", "Creative Commons Attribution 4.0 International",
                "https://creativecommons.org/licenses/by/4.0/"),
        Licence("CC-BY-SA-4.0", "Creative Commons Attribution-ShareAlike 4.0 International",
                "https://creativecommons.org/licenses/by-sa/4.0/"),
        Licence("CC-BY-NC-4.0", "Creative Commons Attribution-NonCommercial 4.0 International",
                "https://creativecommons.org/licenses/by-nc/4.0/"),
        Licence("CC0-1.0", "Creative Commons Zero 1.0 Universal",
                "https://creativecommons.org/publicdomain/zero/1.0/"),
    )
}  # fmt: skip


def licence(spdx: str) -> Licence:
    """Return a licence. Raises ImgsimError for an id that is none of these."""
    if spdx not in LICENCES:
        raise ImgsimError(f"{spdx[:80]!r} is no licence for an export. Choose one of {', '.join(LICENCES)}.")
    return LICENCES[spdx]
