"""A small collection with hostile titles, for the tests of the app and its parts."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.making import make, write_plates

COUNT = 24
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "**bold** and _italic_",
    "[link](http://evil.invalid/)",
    "![image](http://evil.invalid/x.png)",
    "`code` and ```block```",
    "# heading",
    "- list",
    "> quote",
    "1. numbered",
    "$\\LaTeX$ and $$x$$",
    ":material/delete: :smile: :red[red]",
    "a | b | c",
    "~~struck~~",
    "<b>bold</b> &amp; &lt;",
    "--- rule",
    "back\\slash \\* star",
    "%{x} %{customdata}",
    "'; DROP TABLE plates; --",
    "{{ template }} ${value}",
]


def make_herbals(base: Path) -> Path:
    """Prepare the collection "herbals" below `base`; return the data folder that holds it.

    24 plates in 4 books of 6; the first three books are dated 1700, 1710, 1720, the fourth is not; two backbones.
    """
    images = base / "images"
    for book in range(4):
        write_plates(images / f"book{book}", COUNT // 4, first=book * (COUNT // 4))
    (images / "book0" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    with (base / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["plate_id", "book", "title", "publication_year", "publication_place", "authors", "style"]
        )
        for number in range(COUNT):
            writer.writerow(
                [
                    f"p{number:03}",
                    f"book{number // 6}",
                    HOSTILE[number % len(HOSTILE)],
                    f"{1700 + 10 * (number // 6)}.0" if number // 6 < 3 else "",
                    ["London", "Edinburgh"][number % 2],
                    ["Curtis", "Élizabeth Blackwell", ""][number % 3],
                    ["woodcut", "copper"][number % 2],
                ]
            )
    make(
        base / "data" / "herbals",
        images,
        metadata=base / "metadata.csv",
        backbones=["toy", "other"],
        projections=["pca"],
    )
    return base / "data"
