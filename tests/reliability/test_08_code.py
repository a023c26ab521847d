"""Row 8: no file that imgsim opens runs code: what it must never call is looked for, and canaries never sing."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from imgsim.backbones import BACKBONES
from imgsim.backbones.weights import load_state
from imgsim.catalogue import read_metadata
from imgsim.collection import open_collection
from imgsim.errors import ImageError, ImgsimError, MetadataError
from imgsim.images.decoding import open_image
from imgsim.reviews import FILE as REVIEWS
from tests.forbidden import PYTHON, ROOT, offences
from tests.making import add_files, make, write_plates
from tests.reliability.tally import Tally

FORBIDDEN = [
    "import pickle",
    "def f():\n    from pickle import loads",
    "from sklearn.externals import joblib\nimport joblib",
    "import streamlit as st",
    "import torch",
    "if True:\n    from torchvision import models",
    "x = np.load('a.npy')",
    "x = np.load('a.npy', allow_pickle=True)",
    "x = np.load('a.npy', allow_pickle=flag)",
    "x = torch.load('a.pth')",
    "x = torch.load('a.pth', weights_only=False)",
    "x = torch.hub.load('a/b', 'c')",
    "x = pd.read_pickle('a')",
    "x = yaml.load(text)",
    "eval(text)",
    "exec(text)",
    "st.markdown(text, unsafe_allow_html=True)",
    "st.experimental_rerun()",
    "os.system('ls')",
    "subprocess.run('ls', shell=True)",
    "archive.extractall(folder)",
    "requests.get(address, verify=False)",
    "spec.loader.exec_module(module)",
]
SAFE = """
def f(path):
    import torch
    np.load(path, allow_pickle=False)
    torch.load(path, weights_only=True)
    json.load(path)
    model.eval()
    re.compile("x")
"""


def test_no_module_does_what_is_forbidden(tally: Tally) -> None:
    with tally.attempt("every module of the project"):  # one attempt: how many there are says nothing
        found = {path.as_posix(): offences((ROOT / path).read_text("utf-8"), path.as_posix()) for path in PYTHON}
        assert len(found) > 200
        assert {path: what for path, what in found.items() if what} == {}


def test_the_rules_see_what_they_forbid(tally: Tally) -> None:
    for source in FORBIDDEN:
        with tally.attempt(source):
            assert offences(source, "imgsim/module.py")
    for source, path in (
        (SAFE, "imgsim/module.py"), ("import streamlit", "imgsim/app/pages/plate.py"),
        ("import torch", "imgsim/backbones/loading.py"),
    ):  # fmt: skip
        with tally.attempt(f"what is safe in {path}"):
            assert offences(source, path) == []


class Canary:
    """Sings when it is unpickled."""

    def __init__(self, song: Path) -> None:
        self.song = song

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.song,)


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def npz(birds: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, indices=birds, similarities=birds)
    return stream.getvalue()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """What is there once a canary has sung; and one that may, does."""
    proof = tmp_path / "proof"
    function, arguments = Canary(proof).__reduce__()
    function(*arguments)
    assert proof.exists()
    return tmp_path / "song"


def test_canaries_in_a_collection_never_sing(tmp_path: Path, song: Path, tally: Tally) -> None:
    images = write_plates(tmp_path / "images", 4)
    birds = np.array([Canary(song)] * 4, dtype=object)
    plain = pickle.dumps(Canary(song))
    for file, content in {
        "toy/embeddings.npy": npy(birds), "toy/neighbours.npz": npz(birds),
        "toy/background.npy": npy(birds), "toy/projection_pca.npy": npy(birds), "catalogue.parquet": plain,
        "skipped.csv": plain,
    }.items():  # fmt: skip
        out = tmp_path / Path(file).name
        make(out, images)
        add_files(out, {file: content})  # with the right size and hash, as whoever made the collection would
        with tally.attempt(file):
            try:
                collection = open_collection(out)
                len(collection.catalogue), len(collection.skipped)
                for call in (collection.embeddings, collection.neighbour_table, collection.background):
                    call("toy")
                collection.projection("toy", "pca")
            except ImgsimError as error:
                assert str(error).strip()
            else:
                raise AssertionError(f"{file} was read")
            assert not song.exists()
    for file in ("manifest.json", "CURRENT", REVIEWS, "registry.sqlite", "work/sources.npz"):
        out = tmp_path / f"c-{Path(file).name}"
        make(out, images)
        path = (open_collection(out).folder if file == "manifest.json" else out) / file
        path.write_bytes(npz(birds) if file.endswith("npz") else plain)
        with tally.attempt(file):
            try:
                collection = open_collection(out)
                make(out, images)
            except ImgsimError as error:
                assert str(error).strip()
            assert not song.exists()


def test_canaries_in_what_a_user_hands_in_never_sing(tmp_path: Path, song: Path, tally: Tally) -> None:
    contents = {
        "a pickle": pickle.dumps(Canary(song)),
        "an old pickle": pickle.dumps(Canary(song), 0),
        "an array of objects": npy(np.array([Canary(song)], dtype=object)),
    }
    resnet18 = BACKBONES["resnet18"]
    for what, content in contents.items():
        for ending in (".pth", ".safetensors"):
            path = tmp_path / f"weights{ending}"
            path.write_bytes(content)
            with tally.attempt(f"{what} as weights{ending}"):
                with pytest.raises(ImgsimError):
                    load_state(resnet18, path)
                assert not song.exists()
        for name in ("table.csv", "table.xlsx"):
            path = tmp_path / name
            path.write_bytes(content)
            with tally.attempt(f"{what} as {name}"):
                try:
                    read_metadata(path)  # what is text is read as text
                except MetadataError as error:
                    assert str(error).strip()
                assert not song.exists()
        with tally.attempt(f"{what} as an image"):
            with pytest.raises(ImageError):
                open_image(content)
            assert not song.exists()


def test_canaries_in_files_of_torch_never_sing(tmp_path: Path, song: Path, tally: Tally) -> None:
    path = tmp_path / "canary.pth"
    for what, content in {
        "alone": Canary(song),
        "among weights": {"conv1.weight": Canary(song)},
        "in a checkpoint": {"state_dict": {"conv1.weight": Canary(song)}},
        "beside weights": {"conv1.weight": torch.zeros(64, 3, 7, 7), "note": Canary(song)},
    }.items():
        for zipped in (True, False):
            torch.save(content, path, _use_new_zipfile_serialization=zipped)
            with tally.attempt(f"{what}, {'zipped' if zipped else 'in the old form'}"):
                with pytest.raises(ImgsimError, match="can be read safely"):
                    load_state(BACKBONES["resnet18"], path)
                assert not song.exists()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Canary(song)))
        archive.writestr("archive/version", "3")
    with tally.attempt("a zip of one's own"):
        with pytest.raises(ImgsimError):
            load_state(BACKBONES["resnet18"], path)
        assert not song.exists()
