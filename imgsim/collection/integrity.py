"""Is every file of a collection what was written? All of it is read and hashed; nothing is changed."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from imgsim.base.database import Database
from imgsim.base.hashing import file_sha256
from imgsim.collection.decided import reviews_of
from imgsim.collection.id_registry import FILE as REGISTRY
from imgsim.collection.id_registry import Registry
from imgsim.collection.marks import FILE as MARKS
from imgsim.collection.page_corrections import PageCorrections
from imgsim.errors import CollectionError, ImgsimError, PrepareAgain, Remedy, RestoreCopy
from imgsim.generation import current, layout
from imgsim.generation.generation import Generation
from imgsim.reviews.review_store import FILE as REVIEWS
from imgsim.reviews.review_store import Reviews

Progress = Callable[[int, int], None]  # bytes read, bytes in all

# What mends a file, by what it is.
RUN = "run"  # prepare the collection again: the file is made anew
COPY = "copy"  # only a copy of the file can
NONE = "none"  # nothing to do: it is thrown away when it is next needed


@dataclass(frozen=True)
class Problem:
    """A file that is not what was written.

    Attributes
    ----------
    file : below the collection's folder.
    what : is wrong with it.
    means : what it is for, and what its damage spoils.
    remedy : :data:`RUN`, :data:`COPY` or :data:`NONE`.
    """

    file: str
    what: str
    means: str
    remedy: str


@dataclass(frozen=True)
class Checked:
    """What came of it: ``unsure`` says what could not be checked bit by bit; ``when`` is UTC."""

    name: str
    generation: str
    files: int
    bytes: int
    problems: tuple[Problem, ...]
    unsure: tuple[str, ...]
    when: str


def check(folder: Path, progress: Progress | None = None) -> Checked:
    """Check a collection.

    Parameters
    ----------
    progress : told after each piece of a megabyte at most and after each small file; may sleep, to leave the disk to
        others.

    Raises
    ------
    CollectionError
        It holds no prepared collection.
    """
    if not current.is_collection(folder):
        raise CollectionError(f"{folder} is not a prepared collection.")
    run = _Run(folder, progress)
    collection = run.manifest()
    if collection is not None:
        run.files(collection)
        run.thumbnails(collection)
        run.registry(collection)
    run.reviews(collection)
    run.database(MARKS, PageCorrections(folder).database, "the boxes that people drew on pages, and what never counts")
    run.work()
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    generation = collection.generation if collection is not None else ""
    return Checked(
        folder.name, generation, run.count, run.read, tuple(run.problems), tuple(run.unsure), moment
    )


def what_a_file_is_for(file: str) -> str:
    """What a file of a generation is for, in the researcher's words."""
    if file == layout.CATALOGUE:
        return "the table of plates; without it nothing can be shown"
    if file == layout.PAGES:
        return "the table of pages, and of the boxes on them"
    if file in (layout.SKIPPED, layout.UNJOINED):
        return "a list of what was left out"
    if file == layout.THUMBNAIL_SUMS:
        return "the checksums of the thumbnails; without them damaged pictures cannot be told"
    if file in (layout.MATCHES, layout.FAMILIES):
        return "what plates were compared, and the families that follow"
    if file.startswith(f"{layout.FEATURES}/"):
        return "the lines of the plates, for comparing, finding a detail and searching by image"
    if "/projection_" in file:
        return "a map"
    return "the similarities of the plates"


class _Run:
    """One check at work."""

    def __init__(self, folder: Path, progress: Progress | None) -> None:
        self.folder, self._progress = folder, progress
        self.problems: list[Problem] = []
        self.unsure: list[str] = []
        self.count = self.read = self._total = 0

    def found(self, file: str, what: object, means: str, remedy: str) -> None:
        text = what.what if isinstance(what, ImgsimError) else str(what)
        self.problems.append(Problem(file, text.removesuffix(".") + ".", means, remedy))

    def step(self, count: int) -> None:
        self.read += count
        if self._progress is not None:
            self._progress(self.read, max(self._total, self.read))

    def manifest(self) -> Generation | None:
        """CURRENT, inputs.json, the manifest; None where nothing can be read without it."""
        self.count += 3
        try:
            live = current.live(self.folder)
        except CollectionError as error:
            self.found(layout.CURRENT, error, "the name of what is shown", RUN)
            return None
        if live is None:
            return None
        if live.told:
            self.found(layout.CURRENT, live.told, "the name of what is shown", RUN)
        place = f"{layout.GENERATIONS}/{live.generation}"
        try:
            manifest = layout.read_manifest(self.folder / place)
            if manifest["generation"] != live.generation:
                raise CollectionError(f"It is that of {manifest['generation']}.")
        except (CollectionError, OSError) as error:
            what = "what there is, and its checksums; without it nothing can be shown"
            self.found(f"{place}/{layout.MANIFEST}", error, what, RUN)
            return None
        if manifest["schema"] == layout.SCHEMA:
            try:
                layout.unsealed((self.folder / layout.RECORD).read_bytes())
            except (OSError, ValueError, RecursionError) as error:
                self.found(layout.RECORD, error, "what was prepared and how, should the manifest be lost", RUN)
        else:
            self.unsure.append(
                "The manifest and the thumbnails were written by an older imgsim, without checksums. Thumbnails were "
                "opened instead. Preparing the collection again adds the checksums."
            )
        return Generation(self.folder.name, self.folder, live.generation, manifest)

    def files(self, collection: Generation) -> None:
        files = collection.manifest["files"]
        self._total = sum(facts["size"] for facts in files.values()) + collection.manifest["thumbnails"]["bytes"]
        for file, facts in files.items():
            self.count += 1
            path = collection.folder / file
            try:
                size = path.stat().st_size
                if size != facts["size"]:
                    raise CollectionError(f"It has {size:,} bytes instead of {facts['size']:,}.")
                if file_sha256(path, self.step) != facts["sha256"]:
                    raise CollectionError("Its content is not what was written.")
            except (OSError, CollectionError) as error:
                self.found(_place(collection, file), _words(error), what_a_file_is_for(file), RUN)

    def thumbnails(self, collection: Generation) -> None:
        try:
            sums = collection.thumbnail_sums
        except CollectionError:
            return  # told among the files
        means = "the small picture of a plate"
        if sums is None:
            paths = sorted(collection.thumbnail_dir.glob("*.webp"))
            sums = {f"{layout.THUMBNAILS}/{path.name}": "" for path in paths}
        facts = collection.manifest["thumbnails"]
        if len(sums) != facts["files"]:
            what = f"There are {len(sums):,} thumbnails instead of {facts['files']:,}"
            self.found(_place(collection, layout.THUMBNAILS), what, means, RUN)
        for file, digest in sums.items():
            self.count += 1
            path = collection.folder / file
            try:
                if digest and file_sha256(path, self.step) != digest:
                    raise CollectionError("Its content is not what was written.")
                if not digest:
                    self.step(path.stat().st_size)
                    _decoded(path)
            except (OSError, CollectionError) as error:
                self.found(_place(collection, file), _words(error), means, RUN)

    def registry(self, collection: Generation) -> None:
        means = "the ids of plates and families, for citations"
        registry = Registry(self.folder)
        try:
            self.database(REGISTRY, registry.database, means)
            # Where the scan lay is not compared: a run that was stopped may have written down another place already.
            known = {plate.plate_id: {plate.sha256, *plate.earlier} for plate in registry.plates()}
        except (ImgsimError, UnicodeDecodeError) as error:
            if not any(problem.file == REGISTRY for problem in self.problems):
                self.found(REGISTRY, error, means, COPY)
            return
        try:
            frame = collection.catalogue.frame
        except CollectionError:
            return  # told among the files
        if not known and collection.manifest["schema"] != layout.SCHEMA:
            return  # prepared before there was a registry
        rows = zip(frame["plate_id"].tolist(), frame["sha256"].tolist(), strict=True)
        odd = [plate_id for plate_id, content in rows if content not in known.get(plate_id, ())]
        if odd:
            what = f"It knows {len(odd):,} plates otherwise than the table of plates does, such as {odd[0]}"
            self.found(REGISTRY, what, means, RUN)

    def reviews(self, collection: Generation | None) -> None:
        means = "what people decided"
        reviews = reviews_of(collection) if collection is not None else Reviews(self.folder / REVIEWS)
        try:
            self.database(REVIEWS, reviews.database, means)
            reviews.all()
        except (ImgsimError, UnicodeDecodeError, ValueError) as error:
            if not any(problem.file == REVIEWS for problem in self.problems):
                self.found(REVIEWS, error, means, COPY)

    def database(self, file: str, database: Database, means: str) -> None:
        """Let the whole file be looked through, and the checksum of each record compared."""
        self.count += 1
        for said in database.problems():
            self.found(file, said, means, COPY)

    def work(self) -> None:
        """What an interrupted run left: each file carries checksums."""
        means = "what an interrupted run had done; the next one does it again"
        for path in sorted((self.folder / "work").rglob("*.npz")):
            self.count += 1
            self.step(0)  # so that between them there is rest, too: they are more than all that is published
            try:
                with zipfile.ZipFile(path) as archive:
                    bad = archive.testzip()
                if bad is not None:
                    raise zipfile.BadZipFile(f"{bad} is not what was written")
            except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
                self.found(path.relative_to(self.folder).as_posix(), _words(error), means, NONE)


def _place(collection: Generation, file: str) -> str:
    return f"{layout.GENERATIONS}/{collection.generation}/{file}"


def _words(error: Exception) -> object:
    return f"It cannot be read ({error.strerror or error})" if isinstance(error, OSError) else error


def _decoded(path: Path) -> None:
    try:
        with Image.open(path, formats=["WEBP"]) as image:
            image.load()
    except Exception as error:  # decoders raise nearly anything on damage
        raise CollectionError(f"It cannot be opened ({error}).") from None


def remedies(problems: tuple[Problem, ...], folder: Path) -> Iterator[tuple[str, Remedy | None]]:
    """What to do: a sentence, and the remedy that it speaks of, for each kind of remedy that is needed."""
    kinds = {problem.remedy for problem in problems}
    if RUN in kinds:
        yield "What is damaged is made anew.", PrepareAgain(str(folder))
    if COPY in kinds:
        damaged = sorted({problem.file for problem in problems if problem.remedy == COPY})
        yield f"{' and '.join(damaged)} cannot be made anew.", RestoreCopy(str(folder))
    if kinds == {NONE}:
        yield "Nothing needs to be done.", None


def as_json(checked: Checked) -> str:
    """For scripts."""
    values = {**vars(checked), "problems": [vars(problem) for problem in checked.problems]}
    return json.dumps({"event": "checked", "whole": not checked.problems, **values}, ensure_ascii=True)
