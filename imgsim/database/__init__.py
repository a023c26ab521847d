"""SQLite files of ours: opened for a moment, written in short transactions, read with every check, kept in copies.

:mod:`~imgsim.database.file` reads and writes. :mod:`~imgsim.database.opening` gets at a file also where nothing can be
written; :mod:`~imgsim.database.soundness` tells whether it is what was written; :mod:`~imgsim.database.backups` keeps
copies of it; :mod:`~imgsim.database.placing` puts a file in its place, whole or not at all.
"""

from imgsim.database.file import Database
from imgsim.database.schema import Schema, run_statements

__all__ = ["Database", "Schema", "run_statements"]
