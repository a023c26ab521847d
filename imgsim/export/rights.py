"""Under which terms plates are given, as far as their table says; what it does not say is never made up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from imgsim.export.references.records import cleaned
from imgsim.export.request import Request

# Where a catalogue may say it, and the only terms that IIIF admits as an address.
COLUMNS = ("rights", "rights_uri", "license", "licence", "license_url")
_TERMS = re.compile(r"https?://((?:creativecommons\.org|rightsstatements\.org)/[A-Za-z0-9._/-]+)")


def terms_address(record: Mapping[str, object]) -> str:
    """The registered address of a plate's terms; "" where its record names none."""
    for name in COLUMNS:
        if found := _TERMS.fullmatch(str(record.get(name) or "").strip()):
            return f"http://{found[1]}"  # the form in which both are registered
    return ""


def stated(request: Request) -> dict[str, int]:
    """What the table says of the plates that were asked for: terms as they stand there -> plates, most plates first.

    Plates of which it says nothing are counted under "".
    """
    frame = request.catalogue.frame
    names = [name for name in COLUMNS if name in frame.columns]
    said = [
        next((text for cell in cells if (text := cleaned(cell))), "")
        for cells in frame[names].iloc[request.chosen].fillna("").itertuples(index=False, name=None)
    ]
    return dict(sorted(Counter(said).items(), key=lambda one: (-one[1], one[0])))
