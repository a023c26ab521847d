"""What a run is to make: what was asked for, and the rest as the collection has it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgsim.errors import Change, ImgsimError, Setting
from imgsim.prepare.context import ChosenBackbone
from imgsim.prepare.copy_stage import copies_wanted
from imgsim.prepare.given import Given
from imgsim.prepare.matching_keys import verifier_of
from imgsim.prepare.options import (
    AUTO,
    DEFAULT_BACKBONE,
    DEFAULT_PROJECTIONS,
    DEFAULT_TOP_K,
    DEFAULT_VERIFIER,
    DEFAULT_VERIFY_TOP,
    NEVER,
    Options,
)
from imgsim.prepare.page_stage import check_mode
from imgsim.prepare.processor import Processor

# Under this name weights are given of the network that looks at pages.
PAGE_NETWORK = "pages"


@dataclass(frozen=True)
class Plan:
    """What every stage of a run goes by.

    Attributes
    ----------
    backbones : all that the collection is to have.
    top_k : neighbours kept of each plate.
    projections : methods, for each backbone.
    verifier, verify_top : what compares plates, and with how many candidates of each source; None: with none.
    pages, page_weights : which images are pages, and the network that looks at them; None: imgsim's own.
    parts : whether the parts of plates are compared with whole ones, too.
    copies : neighbours of each plate that the verifier of copies is asked about; 0: none, and None: nobody said.
    encoding, book_by : of the table, and what names books; None: found out.
    """

    backbones: tuple[ChosenBackbone, ...]
    top_k: int
    projections: tuple[str, ...]
    verifier: str
    verify_top: int | None
    copies: int | None
    encoding: str | None
    book_by: str | None
    pages: str
    page_weights: Path | None
    parts: bool

    @property
    def parted(self) -> tuple[ChosenBackbone, ...]:
        """The backbones that see the parts of plates: the first alone, for five parts cost five plates."""
        return self.backbones[:1] if self.parts else ()

    def parameters(self, *, compared: bool) -> dict[str, Any]:
        """For the manifest; ``compared``: whether the collection has matches."""
        return {
            "top_k": self.top_k,
            "projections": list(self.projections),
            "backbones": {b.name: str(b.weights) if b.weights else None for b in self.backbones},
            **({"verify_top": self.verify_top} if compared else {}),
            **({"verifier": self.verifier} if compared and self.verifier != DEFAULT_VERIFIER else {}),
            **({"copies": self.copies} if compared and self.copies is not None else {}),
            **({"parts": False} if compared and not self.parts else {}),
            **({"book_by": self.book_by} if self.book_by else {}),
            **({"pages": self.pages} if self.pages != AUTO else {}),
            **({"page_weights": str(self.page_weights)} if self.page_weights else {}),
        }


def plan_of(
    options: Options, recorded: Mapping[str, Any], given: Given, processor: Processor, note: Callable[[str], None]
) -> Plan:
    """The plan of a run. Raises ImgsimError where what was asked for does not fit together."""
    projections = tuple(dict.fromkeys([*recorded["projections"], *options.projections]))
    if not projections or (options.sample is not None and not options.projections):
        projections = tuple(dict.fromkeys([*projections, *DEFAULT_PROJECTIONS]))
    top = options.verify_top or recorded["verify_top"] or DEFAULT_VERIFY_TOP
    encoding, book_by = table_choices(options, recorded, given.metadata)
    # What imgsim generates or downloads are plates.
    usual = NEVER if options.sample or options.dataset or recorded["sample"] or recorded["dataset"] else AUTO
    pages = check_mode(options.pages or recorded["pages"] or usual)
    weights = options.weights.get(PAGE_NETWORK) or recorded["page_weights"]
    return Plan(
        _backbones(options, recorded["backbones"], processor),
        options.top_k or recorded["top_k"] or DEFAULT_TOP_K,
        projections,
        verifier_of(options, recorded["verifier"]),
        top if options.matching else recorded["verify_top"],
        copies_wanted(options.copies, recorded["copies"], note) if options.matching else recorded["copies"],
        encoding,
        book_by,
        pages,
        Path(os.path.abspath(weights)) if weights else None,
        recorded["parts"] if options.parts is None else options.parts,
    )


def _backbones(
    options: Options, recorded: Mapping[str, str | None], processor: Processor
) -> tuple[ChosenBackbone, ...]:
    names = list(dict.fromkeys([*recorded, *options.backbones])) or [DEFAULT_BACKBONE]
    unknown = set(options.weights) - {*names, PAGE_NETWORK}
    if unknown:
        raise ImgsimError(
            f"Weights are given for {', '.join(sorted(unknown))}, which is not among the backbones "
            f"({', '.join(names)}).",
            Change(Setting.ADD_BACKBONE, min(unknown)),
        )
    chosen = []
    for name in names:
        named = options.weights.get(name) or recorded.get(name)
        weights = Path(os.path.abspath(named)) if named else None
        chosen.append(ChosenBackbone(name, weights, *processor.describe(name, weights)))
    return tuple(chosen)


def table_choices(
    options: Options, recorded: Mapping[str, Any], metadata: Path | None
) -> tuple[str | None, str | None]:
    """(encoding of the table, what names books) as asked for, else as last time; None to find out."""
    same = metadata is not None and recorded["metadata"] == str(metadata)
    encoding = options.encoding or (recorded["encoding"] if same else None)
    book_by = options.book_by or recorded["book_by"]
    return tuple(None if value in (None, "auto") else value for value in (encoding, book_by))  # type: ignore[return-value]


def inputs_of(
    options: Options, recorded: Mapping[str, Any], images: list[str], roots: list[str], given: Given,
    metadata_sha256: str | None, encoding: str | None,
) -> dict[str, Any]:  # fmt: skip
    """What a collection is made of, for the manifest."""
    iiif = list(options.iiif) or ([] if options.inputs else recorded["iiif"])
    return {
        "images": images,
        "roots": roots,
        "metadata": str(given.metadata) if given.metadata else None,
        "metadata_sha256": metadata_sha256,
        "sample": options.sample if options.sample is not None else recorded["sample"],
        "dataset": options.dataset or recorded["dataset"],
        **({"iiif": iiif} if iiif else {}),
        **({"encoding": encoding} if encoding else {}),
    }

