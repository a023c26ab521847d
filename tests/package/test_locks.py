"""Everything that gets installed is locked, with hashes, and its licence is listed."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest

from imgsim.cli import environment
from tests import audit
from tests.locks import LICENCES, TORCHS_OWN, locked

FILES = (environment.APP, environment.TESTS)


def everything() -> dict[str, str]:
    return {name: version for file in FILES for name, version in locked(environment.lock_of(file)).items()}


@pytest.mark.parametrize("file", FILES, ids=["app", "tests"])
def test_every_pin_is_locked_at_its_version(file: Path) -> None:
    known = everything()
    for name, version in environment.pins(file).items():
        if not TORCHS_OWN.fullmatch(name.lower()):
            assert known.get(name.lower().replace("_", "-")) == version, name


@pytest.mark.parametrize("file", FILES, ids=["app", "tests"])
def test_every_package_has_its_hashes(file: Path) -> None:
    text = environment.lock_of(file).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.partition("\n")[2].strip())
    names = {re.split("=", entry, maxsplit=1)[0] for entry in entries}  # one may have two, for older and newer Pythons
    assert names == set(locked(environment.lock_of(file))) and len(names) > 10
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry[:80]


def test_what_the_packages_ask_for_is_locked_too() -> None:
    """Whatever is installed of what a locked package needs without extras is locked itself."""
    known = everything()
    for name in known:
        try:
            needed = requires(name) or []
        except PackageNotFoundError:  # of another system
            continue
        for line in needed:
            if ";" in line:  # for extras, other systems or other Pythons
                continue
            other = (
                re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")
            )
            assert other in known or TORCHS_OWN.fullmatch(other), f"{name} needs {other}"


def test_the_page_of_licences_lists_what_is_locked() -> None:
    rows = re.findall(
        r"^\| ([a-z0-9._-]+) \| (\S+) \| (?:app|tests) \| (.+) \|$", LICENCES.read_text("utf-8"), re.M
    )
    assert {name: version for name, version, _ in rows if name != "torch"} == everything()
    assert all(licence.strip() for _, _, licence in rows)


def test_the_audit_tells_faults_from_what_it_could_not_look_up() -> None:
    fine = {"name": "a", "version": "1", "vulns": []}
    faulty = {"name": "b", "version": "2", "vulns": [{"id": "X-1", "fix_versions": ["3"]}]}
    missed = {"name": "c", "skip_reason": "not found"}
    assert audit.report(json.dumps({"dependencies": [fine]})) == (0, "1 packages audited, 0 known faults.")
    status, words = audit.report(json.dumps({"dependencies": [fine, faulty, missed]}))
    assert status == 1 and "b 2: X-1, mended in 3" in words and "NOT AUDITED: 1 packages" in words
    assert audit.report("") == (0, "NOT AUDITED: pip-audit did not reach its data.")
