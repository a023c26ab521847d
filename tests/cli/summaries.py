"""What a run says when it has ended."""

from __future__ import annotations

from pathlib import Path

from imgsim.prepare import Summary

SUMMARY = Summary(
    name="mine", path=Path("/data/mine"), generation="g", changed=True, plates=12_345, skipped=7,
    skipped_first=(("a.png", "cut short"), ("b.png", "no image")), skipped_csv=Path("/data/mine/skipped.csv"),
    backbones=("plates18", "resnet18"), projections=("pca",), top_k=50,
    join={
        "plates": 12_345, "joined": 12_000, "key": "ecco_id", "key_column": "ecco_id", "unused": 31,
        "understood": {"authors": "author", "title": "title"}, "notes": ["restored 312 leading zeros"],
        "metadata": "/m.csv",
    },
    redone={}, notes=(), timings={"plates": 290.4, "writing": 1.24}, seconds=301.0,
    matches={"same image": 150, "mirrored": 30, "look-alike": 60_000}, families=81, verify_top=20,
)  # fmt: skip
