"""What was fetched before is looked up by names that cannot lead elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imgsim.sources.iiif import gathering
from imgsim.sources.iiif.gathering import gather
from tests.hostile import TRAVERSALS
from tests.sources.manifests import IMAGE, modern


@pytest.mark.parametrize("attack", TRAVERSALS)
def test_no_name_in_a_manifest_becomes_a_path(
    attack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = modern(IMAGE, id=attack, label={"none": [attack]})
    document["items"][0] |= {"id": attack, "label": {"none": [attack]}}
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(document))
    monkeypatch.setattr(gathering, "_image", lambda *words: (b"image", ".jpg"))
    gathered = gather([str(file)], tmp_path / "out")
    below = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert len(below) == 5 and all(path.startswith(("out/", "mine.json")) for path in below)
    (image,) = gathered.folders[0].iterdir()
    assert image.parent.parent == tmp_path / "out" / "images"
    assert image.name.removesuffix(".jpg").replace("-", "").replace("_", "").isalnum()


def test_a_forged_ledger_removes_nothing_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(modern(IMAGE)))
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    out = tmp_path / "out"
    out.mkdir()
    forged = [{"page": page, "suffix": ".jpg", "bytes": 6, "address": "x"} for page in
              ("herbal/../../../secret", "../secret", str(secret.with_suffix("")), "herbal/../secret")]  # fmt: skip
    (out / "fetched.jsonl").write_text("\n".join(map(json.dumps, forged)) + "\n[]\n5\nnonsense\n")
    monkeypatch.setattr(gathering, "_image", lambda *words: (b"image", ".jpg"))
    gather([str(file)], out)
    assert secret.read_bytes() == b"secret"
