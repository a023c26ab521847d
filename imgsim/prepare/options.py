"""What a run is asked for, and what it says of itself in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

DEFAULT_BACKBONE = "plates18"
DEFAULT_TOP_K = 50
DEFAULT_PROJECTIONS = ("pca", "umap", "tsne")
DEFAULT_VERIFY_TOP = 20
DEFAULT_VERIFIER = "sift"
DEFAULT_COPIES = 3
SAMPLE_PLATES = 240
AUTO, ALWAYS, NEVER = PAGE_MODES = ("auto", "always", "never")


@dataclass(frozen=True)
class Options:
    """What to prepare.

    Attributes
    ----------
    out : the collection's folder.
    inputs : folders, single images, zips, and whatever else a source accepts (:mod:`imgsim.sources`). None: those of
        the collection that is there (or the sample, or the dataset).
    metadata : a table (CSV or xlsx). None: the one that the collection has, if it has one.
    encoding : what the table's text is written in ("auto": found out). None: as last time, for the same table.
    book_by : what names a plate's book: folder, prefix, none, or a column ("auto": found out). None: as last time.
    backbones : added to those that the collection has; none at all means plates18.
    weights : weights files by backbone.
    top_k : neighbours kept of each plate. None: as the collection has it, else 50.
    projections : added to those that the collection has; none at all means pca, umap and tsne. A new collection is
        first published with pca alone (progress tells of a stage "ready"), then with all.
    matching : compare plates with their candidates by local features. A new collection is published before that, and
        again with the matches. False: nothing is compared; what was found before is kept while the plates are the same.
    pages : "auto": pages of books are told from plates, and their illustrations cut out; "always": every image is a
        page; "never": none is. None: as the collection has it, else auto. Weights of "pages" are of another network.
    accept_missing : let plates go whose scans have vanished, however many and whatever was decided about them.
    verify_top : candidates of each source that a plate is compared with. None: as the collection has it, else 20.
    verifier : describes and compares plates. None: as the collection has it, else "sift".
    copies : so many first neighbours of each plate whose lines do not agree are asked about by the verifier of copies
        by another hand; 0: none. None: as the collection has it, else 3 where its networks are on this machine.
    parts : embed five parts of each plate as well, by the first backbone, and compare by their lines what a part finds.
        None: as the collection has it, else True. Only where plates are compared.
    device : auto, cpu, cuda or mps.
    batch_size, workers : None: what the machine suggests.
    executor : what runs the work. None: worker processes on this machine's cores.
    sample : generate so many sample plates first, and prepare those.
    dataset : download this dataset first ("dhh23"), and prepare it.
    iiif : files or addresses of IIIF manifests: fetch their images first, and prepare those.
    """

    out: Path
    inputs: Sequence[Path | str] | None = None
    metadata: Path | None = None
    encoding: str | None = None
    book_by: str | None = None
    backbones: Sequence[str] = ()
    weights: Mapping[str, Path] = field(default_factory=dict)
    top_k: int | None = None
    projections: Sequence[str] = ()
    device: str = "auto"
    batch_size: int | None = None
    workers: int | None = None
    executor: str | None = None
    sample: int | None = None
    dataset: str | None = None
    iiif: Sequence[str] = ()
    matching: bool = True
    verify_top: int | None = None
    verifier: str | None = None
    copies: int | None = None
    parts: bool | None = None
    accept_missing: bool = False
    pages: str | None = None


@dataclass(frozen=True)
class Summary:
    """What a run did.

    ``redone`` counts the work of each stage: plates decoded, plates described by local features, pairs compared, and
    the files of the collection that were made anew. ``matches`` counts pairs by verdict; None if none were compared.
    ``copies`` counts pairs by another hand; None if none were asked about.
    ``changes`` says what was found otherwise than before (see :class:`imgsim.prepare.identity_stage.Changes`), None
    where nothing was; ``naming`` how many decisions and family addresses name what is gone. ``pages`` counts those
    that were searched for illustrations (``empty_pages`` have none); None where every image is a plate.
    ``skipped_first`` are the first few (file, reason); all are in ``skipped_csv``. ``warned`` has what decoders said
    of the files that this run opened, by file. ``timings`` are seconds by stage.
    """

    name: str
    path: Path
    generation: str
    changed: bool
    plates: int
    skipped: int
    skipped_first: tuple[tuple[str, str], ...]
    skipped_csv: Path
    backbones: tuple[str, ...]
    projections: tuple[str, ...]
    top_k: int
    join: Mapping[str, Any]
    redone: Mapping[str, Any]
    notes: tuple[str, ...]
    timings: Mapping[str, float]
    seconds: float
    matches: Mapping[str, int] | None = None
    families: int | None = None
    copies: int | None = None
    verify_top: int | None = None
    changes: Mapping[str, Any] | None = None
    naming: Mapping[str, int] = field(default_factory=dict)
    unjoined_csv: Path | None = None
    pages: int | None = None
    empty_pages: int = 0
    warned: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The summary as plain values, for JSON."""
        values = asdict(self)
        return {key: str(value) if isinstance(value, Path) else value for key, value in values.items()}
