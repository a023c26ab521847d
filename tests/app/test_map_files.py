"""What the map says of each plate is what the catalogue says of it, one by one."""

from __future__ import annotations

import gzip
import json

import numpy as np

from imgsim.app.services import map_files
from imgsim.base.translation import tr
from tests.in_memory import in_memory
from tests.kin import catalogue_of


def test_labels_are_those_of_each_plate() -> None:
    rng = np.random.default_rng(4)
    long = "The British  Herbal: an history of plants and trees, natives of Britain"
    titles = ["", "  ", "A Curious Herbal", "T", long]
    years = [None, 1750, 1751]
    plates = {f"p{at:02}": (str(rng.choice(["", "b1", "b2"])), years[at % 3]) for at in range(40)}
    catalogue = catalogue_of(
        plates, title=rng.choice(titles, 40).tolist(), place=rng.choice(["", "London", "Haarlem"], 40).tolist()
    )
    collection = in_memory(catalogue, manifest={"counts": {"plates": 40}})
    found = json.loads(map_files.labels(collection))
    rows = range(40)
    assert found["id"] == list(catalogue.plate_ids)
    assert found["title"] == [catalogue.short_title(row) for row in rows]
    dates = [catalogue.date(row) for row in rows]
    when = [date.said if date.dated else tr("no year") for date in dates]
    places = catalogue.frame["place"].tolist()
    assert found["detail"] == [f"{date}, {place}" if place else date for date, place in zip(when, places, strict=True)]
    assert len({*found["title"]}) > 5 and len({*found["detail"]}) == 9
    assert json.loads(gzip.decompress(map_files.packed_labels(collection))) == found
    assert map_files.packed_labels(collection) is map_files.packed_labels(collection)
