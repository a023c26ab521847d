"""The options of precompute.py: each reaches the run, and bad usage is one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imgsim.cli import prepare_command
from imgsim.cli.prepare_arguments import split_images
from imgsim.cli.prepare_command import main, suggested_name
from imgsim.prepare import Options, Summary
from tests.cli.summaries import SUMMARY


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Options]:
    """What the pipeline is called with; it answers with a summary and does nothing."""
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    calls: list[Options] = []

    def prepare(options: Options, progress: Any, *, ask: Any) -> Summary:
        calls.append(options)
        return SUMMARY

    monkeypatch.setattr(prepare_command, "prepare", prepare)
    return calls


@pytest.mark.parametrize(
    ("words", "images", "backbones"),
    [
        (["scans"], ["scans"], ()),
        (["scans", "more", "--backbone", "plates18"], ["scans", "more"], ("plates18",)),
        (["--backbone", "plates18", "scans"], ["scans"], ("plates18",)),
        (["--backbone", "plates18", "resnet18", "scans", "more"], ["scans", "more"], ("plates18", "resnet18")),
        (["one", "--backbone", "plates18", "two", "--top-k", "7", "three"], ["one", "two", "three"], ("plates18",)),
        (["--backbone", "plates18", "--backbone", "resnet50", "--", "--scans"], ["--scans"], ("plates18", "resnet50")),
        (["--backbone=resnet18", "scans"], ["scans"], ("resnet18",)),
        (["--quiet", "scans", "--json"], ["scans"], ()),
        (["--projection", "pca", "tsne", "scans"], ["scans"], ()),
        (["--weights", "resnet18=w", "resnet50=v", "scans", "--backbone", "resnet18"], ["scans"], ("resnet18",)),
        (["--device", "cpu", "scans"], ["scans"], ()),
        (["--no-verify", "scans", "--verify-top", "3", "more"], ["scans", "more"], ()),
        (["--no-parts", "scans", "--parts", "more"], ["scans", "more"], ()),
    ],
)  # fmt: skip
def test_images_are_not_swallowed_by_options(
    asked: list[Options], words: list[str], images: list[str], backbones: tuple[str, ...]
) -> None:
    assert main([*words, "--name", "mine"] if "--" not in words else ["--name", "mine", *words]) == 0
    assert [str(path) for path in asked[0].inputs or []] == images
    assert tuple(asked[0].backbones) == backbones


def test_every_option_reaches_the_pipeline(asked: list[Options], tmp_path: Path) -> None:
    words = (
        "scans --metadata m.csv --out {} --backbone plates18 resnet18 --weights resnet18=w.pth --top-k 7 --projection "
        "pca umap --device cpu --batch-size 8 --workers 3 --executor mine --verify-top 9 --verifier other --no-verify "
        "--accept-missing --no-parts"
    ).format(tmp_path / "here")
    assert main(words.split()) == 0
    assert asked == [
        Options(
            out=tmp_path / "here",
            inputs=["scans"],
            metadata=Path("m.csv"),
            backbones=("plates18", "resnet18"),
            weights={"resnet18": Path("w.pth")},
            top_k=7,
            projections=("pca", "umap"),
            device="cpu",
            batch_size=8,
            workers=3,
            executor="mine",
            matching=False,
            verify_top=9,
            verifier="other",
            parts=False,
            accept_missing=True,
        )
    ]


def test_names_are_chosen_when_none_is_given(asked: list[Options], tmp_path: Path) -> None:
    main(["scans"])
    main(["--sample"])
    main(["--sample", "12", "--name", "few"])
    main(["--dataset", "dhh23"])
    assert [options.out for options in asked] == [
        tmp_path / "data" / name for name in ("scans", "sample", "few", "dhh23")
    ]
    assert [options.sample for options in asked] == [None, 240, 12, None]
    assert [options.dataset for options in asked] == [None, None, None, "dhh23"]
    for path, name in (
        ("a b/Flora Græca!.zip", "Flora-Gr-ca"),
        ("..", Path.cwd().parent.name),
        ("植物.zip", "collection"),
    ):
        assert suggested_name(path) == name or path == ".."


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--name nowhere",
        "scans --name a --out b",
        "scans --name ../x",
        "scans --name .hidden",
        "scans --backbone",
        "scans --backbone vgg16",
        "scans --projection isomap",
        "scans --weights w.pth",
        "scans --weights plates18=",
        "scans --weights plates18=a plates18=b",
        "scans --top-k 0",
        "scans --top-k many",
        "scans --verify-top 0",
        "scans --verify-top",
        "scans --workers -1",
        "scans --batch-size 0",
        "scans --device tpu",
        "scans --sample",
        "scans --dataset dhh23",
        "--sample --dataset dhh23",
        "--dataset ecco",
        "scans --unknown",
        "scans --top",
        "--sample 0",
    ],
)
def test_bad_usage_is_one_line_and_2(
    asked: list[Options], capsys: pytest.CaptureFixture[str], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("precompute.py: ")
    assert asked == []


def test_an_image_named_like_a_number_follows_the_sample(asked: list[Options]) -> None:
    assert split_images(["--sample", "scans"]) == (["--sample"], ["scans"])
    assert split_images(["--sample", "30"]) == (["--sample", "30"], [])
