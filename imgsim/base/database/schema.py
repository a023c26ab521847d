"""The form of an SQLite file of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Migration = Callable[[sqlite3.Connection], None]


def _nothing(connection: sqlite3.Connection) -> str:
    return ""


@dataclass(frozen=True)
class Schema:
    """The form of a file.

    Attributes
    ----------
    application : SQLite files of other programs bear another number, mostly 0.
    version : of the form, 1 and up.
    tables : the statements that make it.
    what : what the file holds, as a message begins: "Reviews", "Plate ids".
    migrations : by version, what makes the next one of it.
    count, counted : a query for how much a file holds, which only grows and works in every version; and of what, in
        the plural: "decisions".
    wrong : of a file of this version whose pages are in order: why its content is not what was written, or "".
    """

    application: int
    version: int
    tables: str
    what: str
    migrations: Mapping[int, Migration] = field(default_factory=dict)
    count: str = "SELECT COUNT(*) FROM sqlite_master"
    counted: str = "tables"
    wrong: Callable[[sqlite3.Connection], str] = _nothing


def run_statements(connection: sqlite3.Connection, text: str) -> None:
    """Execute statements one by one: ``executescript`` would end the transaction."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def make(connection: sqlite3.Connection, schema: Schema) -> None:
    """Give an empty file this form."""
    connection.execute(f"PRAGMA application_id = {schema.application}")
    connection.execute(f"PRAGMA user_version = {schema.version}")
    run_statements(connection, schema.tables)
