"""Has anything changed in the inputs of a collection since it was prepared?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.errors import ImgsimError

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation
    from imgsim.prepare.missing_plates import Vanished


def staleness(collection: Generation) -> list[str]:
    """Sentences saying what changed: images added, removed or replaced, the metadata file, code and weights.

    Looks at names, sizes and times (and file numbers where the system has them), not into the images: about half a
    second for 13,151 files.
    """
    from imgsim.base.hashing import file_sha256
    from imgsim.prepare.kept_pages import page_signatures
    from imgsim.prepare.known_files import signatures
    from imgsim.prepare.work_folder import known_sources
    from imgsim.sources.folders import find_images

    inputs = collection.manifest["inputs"]
    found: list[str] = []
    gone = [root for root in inputs["images"] if not Path(root).exists()]
    if gone:
        return [f"The images are no longer at {', '.join(gone)}."]
    files, _ = find_images([Path(root) for root in inputs["images"]])
    now = {
        (file.root, file.file): signature for file, signature in zip(files, signatures(files), strict=True)
    }
    frame = collection.catalogue.frame
    then = dict.fromkeys(zip(frame["root"], frame["file"], strict=True), "")
    sizes = dict(zip(then, frame["bytes"].tolist(), strict=True))
    for source in known_sources(collection.path / "work"):
        key = source.root, source.file
        # What was skipped is known too; of a plate only what belongs to the content that was prepared.
        if source.reason or key in then:
            then[key] = source.signature
    marks = page_signatures(collection.path / "work" / "pages")
    for page in collection.pages or ():
        # A page stands for the plates that were cut out of it.
        for place in (page.plates or {}).values():
            then.pop((page.plate_root, place), None)
        then[page.root, page.file] = marks.get((page.root, page.file), "")
    new, missing = now.keys() - then.keys(), then.keys() - now.keys()
    # Of a page of a document the size is not known before it is read (0).
    length = {(file.root, file.file): file.size for file in files if file.size}
    changed = [
        key
        for key in now.keys() & then.keys()
        if (then[key] and now[key] and then[key] != now[key])
        or length.get(key, sizes.get(key)) != sizes.get(key, length.get(key))
    ]
    for keys, words in ((new, "new"), (missing, "no longer there"), (changed, "not as before")):
        if keys:
            count = f"{len(keys):,} images are" if len(keys) > 1 else "1 image is"
            found.append(f"{count} {words}, such as {min(keys)[1]}.")
    metadata = inputs.get("metadata")
    if metadata:
        try:
            if file_sha256(Path(metadata)) != inputs["metadata_sha256"]:
                found.append(f"The metadata file {metadata} has changed.")
        except OSError as error:
            found.append(f"The metadata file {metadata} cannot be read ({error.strerror}).")
    found += _stale_backbones(collection)
    return found + _stale_matches(collection)


def missing(collection: Generation) -> Vanished | None:
    """The plates whose scans are no longer there, under whatever name; None where there are none.

    Of files that look otherwise than before the content is read, as a run would.
    """
    from imgsim.prepare.looking_ahead import expected_plates
    from imgsim.prepare.vanished import would_vanish
    from imgsim.sources.folders import find_images

    roots = [path for root in collection.manifest["inputs"]["images"] if (path := Path(root)).exists()]
    files = expected_plates(collection, find_images(roots)[0])
    return would_vanish(collection.path, collection, files)


def _stale_backbones(collection: Generation) -> list[str]:
    from imgsim.prepare.processor import NetworkProcessor

    found = []
    for name, facts in collection.manifest["backbones"].items():
        weights = facts.get("weights")
        try:
            key, _ = NetworkProcessor().describe(name, Path(weights) if weights else None)
        except (ImgsimError, KeyError, OSError):
            continue  # a backbone that cannot be described here cannot be called stale either
        if key != facts["key"]:
            found.append(f"The weights or the preprocessing of {name} have changed.")
    return found


def _stale_matches(collection: Generation) -> list[str]:
    from imgsim.verification.verifiers import pairs_key

    facts = collection.manifest.get("matching") or {}
    try:
        stale = bool(facts) and facts.get("pairs") != pairs_key(collection.verifier)
    except ImgsimError:
        return []  # a verifier that is not here cannot be called stale either
    if stale:
        return ["This imgsim compares plates in another way than the one that prepared the matches."]
    return []
