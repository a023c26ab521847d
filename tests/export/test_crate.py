"""An export as an archive takes it: read by rocrate, by a YAML reader, and held against the rules of others."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import rdflib
import rocrate
import yaml
from rocrate.rocrate import ROCrate

from imgsim.collection import Collection
from imgsim.collection.decided import reviews_of
from imgsim.errors import ImgsimError
from imgsim.export import Request, available, files_of, write_files
from imgsim.export.crate.licences import LICENCES, licence
from imgsim.export.crate.persons import NOBODY, Person, maker, person, persons
from imgsim.export.kind import RESERVED
from tests.export.deposits import CFF, ZENODO
from tests.exports import ATTACKS, DAY, collection_of, hostile, request_of
from tests.kin import catalogue_of

ADA, EVE = "Ada Reader (0000-0002-1825-0097)", "Eve Y, https://orcid.org/0000-0001-5109-3700"
CONTEXT = json.loads((Path(rocrate.__file__).with_name("data") / "ro-crate.jsonld").read_text("utf-8"))
SCHEMA = rdflib.Namespace("http://schema.org/")


@pytest.fixture
def herbals(tmp_path: Path) -> Collection:
    """Plates whose titles attack, and what two people decided about them; one of them has an ORCID iD."""
    made = hostile(tmp_path)
    ids = made.catalogue.plate_ids
    for at, reviewer in enumerate((ADA, "Paul", *(text for text in ATTACKS if text.strip()))):
        reviews_of(made).record(ids[0], ids[at + 1], "unsure", reviewer=reviewer)
    return made


class Crate:
    """A folder that was written, as others read it."""

    def __init__(self, folder: Path, request: Request, *kinds: str) -> None:
        self.paths = write_files(folder, request, files_of(kinds or available(request), request))
        self.folder = folder
        self.crate = ROCrate(folder)
        self.root = self.crate.root_dataset
        self.document = json.loads((folder / "ro-crate-metadata.json").read_text("utf-8"))
        self.cff: dict[str, Any] = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
        self.zenodo: dict[str, Any] = json.loads((folder / ".zenodo.json").read_text("utf-8"))
        self.readme = " ".join((folder / "README.txt").read_text("utf-8").split())
        jsonschema.validate(self.cff, CFF)
        jsonschema.validate(self.zenodo, ZENODO)

    def names(self, role: str) -> list[tuple[str, str]]:
        """Name and address of everybody in a role, in order of the names."""
        found = self.root.get(role, [])
        found = found if isinstance(found, list) else [found]
        return sorted((one["name"], one.id) for one in found)


def test_every_file_is_described_with_its_sum_and_every_column_with_its_meaning(
    herbals: Collection, tmp_path: Path
) -> None:
    own = Crate(tmp_path / "out", request_of(herbals, rows=np.array([0, 1, 7, 12, 30])))
    described = {one.id: one for one in own.crate.data_entities}
    assert set(described) == {path.name for path in own.paths} - {"ro-crate-metadata.json"}
    assert set(described) >= set(RESERVED) - {"ro-crate-metadata.json"}
    record = json.loads((own.folder / "manifest.json").read_text("utf-8"))["export"]["files"]
    for name, one in described.items():
        data = (own.folder / name).read_bytes()
        assert one["sha256"] == hashlib.sha256(data).hexdigest() and one["contentSize"] == str(len(data))
        assert "/" in one["encodingFormat"] and one["description"][0].isupper() and one["name"] == name
        if name.endswith(".csv"):
            columns = sorted(one["csvw:tableSchema"]["csvw:column"], key=lambda column: column["position"])
            assert [column["csvw:name"] for column in columns] == record[name]["columns"]
            assert all(f"{column['description']}" in own.readme for column in columns)
    assert own.root["datePublished"] == DAY and own.root["version"] == herbals.generation
    assert own.root["creditText"] in own.readme and own.cff["version"] == herbals.generation
    made = own.root["mentions"][1]
    assert made["object"].id == "#collection" and made["result"].id == "./"
    assert [one["name"] for one in made["instrument"]] == ["imgsim", "toy"]


def test_every_term_is_one_of_those_that_a_crate_knows(herbals: Collection, tmp_path: Path) -> None:
    own = Crate(tmp_path / "out", request_of(herbals, licence="CC-BY-4.0", makers=(EVE,)))
    address, more = own.document["@context"]
    assert address == "https://w3id.org/ro/crate/1.2/context" and list(more) == ["csvw"]
    terms = CONTEXT["@context"]
    ids = [one["@id"] for one in own.document["@graph"]]
    assert len(ids) == len(set(ids))
    for one in own.document["@graph"]:
        types = one["@type"] if isinstance(one["@type"], list) else [one["@type"]]
        for word in (*types, *one):
            assert word in terms or word.startswith(("csvw:", "@")), word
        for value in one.values():
            for link in value if isinstance(value, list) else [value]:
                if isinstance(link, dict):
                    # Flat, as a crate is: whatever is referred to stands in it, or on the web.
                    assert list(link) == ["@id"] and (link["@id"] in ids or link["@id"].startswith("http"))
    graph = rdflib.Graph()
    flat = {"@context": [terms, more], "@graph": own.document["@graph"]}
    graph.parse(data=json.dumps(flat), format="json-ld", base="https://x.example/")
    root = rdflib.URIRef("https://x.example/")
    assert len(set(graph.objects(root, SCHEMA.hasPart))) == len(own.paths) - 1
    assert set(graph.objects(root, SCHEMA.author)) == {rdflib.URIRef("https://orcid.org/0000-0001-5109-3700")}


def test_who_is_named_where_and_with_which_number(herbals: Collection, tmp_path: Path) -> None:
    one = request_of(herbals, rows=np.array([1, 2]))
    own = Crate(tmp_path / "deciders", one)
    ada = ("Ada Reader", "https://orcid.org/0000-0002-1825-0097")
    assert own.names("author")[0] == own.names("contributor")[0] == ada
    assert [name for name, _ in own.names("author")] == ["Ada Reader", "Paul"]
    assert own.cff["authors"] == [{"name": ada[0], "orcid": ada[1]}, {"name": "Paul"}]
    assert own.zenodo["creators"] == [{"name": ada[0], "orcid": ada[1][-19:]}, {"name": "Paul"}]
    assert "contributors" not in own.zenodo and "To be cited by: Ada Reader (https://orcid.org/0000" in own.readme
    # Whoever was named is cited; whoever decided is still named as that.
    own = Crate(tmp_path / "makers", request_of(herbals, rows=np.array([1, 2]), makers=(EVE, "ada reader")))
    assert [name for name, _ in own.names("author")] == ["Eve Y", "ada reader"]
    assert [entry["name"] for entry in own.cff["authors"]] == ["Eve Y", "ada reader"]
    assert own.zenodo["creators"][1] == {"name": "ada reader", "orcid": ada[1][-19:]}
    assert own.zenodo["contributors"] == [{"name": "Paul", "type": "Researcher"}]
    # Of plates about which nobody decided nobody is named, and nobody is made up.
    own = Crate(tmp_path / "nobody", request_of(herbals, rows=np.array([60])))
    assert own.cff["authors"] == own.zenodo["creators"] == [{"name": NOBODY.name}]
    assert "Nobody is named as who made this export." in own.readme and "Ada" not in json.dumps(own.document)


def test_terms_are_those_that_were_chosen_and_those_that_the_table_states(tmp_path: Path) -> None:
    plates = {f"p{at}": (f"b{at}", 1700) for at in range(4)}
    terms = ["http://creativecommons.org/licenses/by/4.0/", "Ask the library", "", "Ask the library"]
    request = request_of(collection_of(catalogue_of(plates, rights=terms), None))
    own = Crate(tmp_path / "stated", request)
    assert own.root["license"]["name"] == "No licence was chosen" and "license" not in own.cff
    assert (own.zenodo["access_right"], own.zenodo.get("license")) == ("closed", None)
    assert "No licence was chosen for these lists." in own.readme
    images = own.root["mentions"][0]
    assert images["collectionSize"] == 4 and [one["name"] for one in images["license"]] == ["Ask the library", terms[0]]
    assert images["description"] in own.readme and "Of 1 plates it is not known" in images["description"]
    own = Crate(tmp_path / "chosen", request_of(request.collection, licence="CC-BY-SA-4.0"))
    assert own.root["license"].id == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert own.cff["license"] == "CC-BY-SA-4.0"
    assert (own.zenodo["access_right"], own.zenodo["license"]) == ("open", "cc-by-sa-4.0")
    assert "given under Creative Commons Attribution-ShareAlike 4.0 International (CC-BY-SA-4.0" in own.readme
    # A table without such a column says nothing of any plate.
    own = Crate(tmp_path / "silent", request_of(collection_of(catalogue_of(plates), None)))
    assert "Of 4 plates it is not known under which terms" in own.readme
    assert [one.type for one in own.crate.contextual_entities if "licence" in one.id] == ["CreativeWork"]
    with pytest.raises(ImgsimError, match="no licence for an export"):
        licence("MIT")
    assert set(LICENCES) == set(CFF["properties"]["license"]["enum"])


def test_hostile_words_stay_words_and_nobodys_folders_are_told(herbals: Collection, tmp_path: Path) -> None:
    herbals.__dict__["name"] = 'evil"\nauthors: [{name: "x"}]\n# </p><script>'
    own = Crate(tmp_path / "out", request_of(herbals, makers=('a: "b" \\ # {c}', "<b>d</b>")))
    assert [entry["name"] for entry in own.cff["authors"]] == ['a: "b" \\ # {c}', "<b>d</b>"]
    assert 'evil" authors: [{name: "x"}] # </p><script>' in own.cff["title"]
    assert "<script>" not in own.zenodo["description"] and "&lt;script&gt;" in own.zenodo["description"]
    private = [b"somebody", b"users", str(tmp_path).encode()]
    for name in RESERVED:
        told = (own.folder / name).read_bytes()
        assert not [word for word in private if word in told], name


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (ADA, Person("Ada Reader", "0000-0002-1825-0097")), (EVE, Person("Eve Y", "0000-0001-5109-3700")),
        ("X [0000-0002-1694-233x]", Person("X", "0000-0002-1694-233X")), ("Ada", Person("Ada")),
        ("Ada (0000-0002-1825-0098)", Person("Ada (0000-0002-1825-0098)")),
        ("0000-0002-1825-0097", Person("0000-0002-1825-0097")), ("Plate 12", Person("Plate 12")),
    ],
)  # fmt: skip
def test_a_name_and_its_number_are_taken_apart(written: str, found: Person) -> None:
    assert person(written) == found


def test_a_name_that_cannot_be_one_is_said() -> None:
    assert maker("  Ada   Reader ") == "Ada Reader" and maker(ADA) == ADA
    for written, why in (("", "cannot be named"), ("x" * 121, "at most 120"), ("0000-0002-1825-0097", "cannot be"),
                         ("Ada (0000-0002-1825-0098)", "last digit")):  # fmt: skip
        with pytest.raises(ImgsimError, match=why):
            maker(written)
    assert persons(["Ada", "ADA (0000-0002-1825-0097)", "Paul", "paul"]) == (
        Person("Ada", "0000-0002-1825-0097"), Person("Paul"),
    )  # fmt: skip
