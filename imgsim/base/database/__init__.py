"""SQLite files of ours: opened for a moment, written in short transactions, read with every check, kept in copies.

:mod:`~imgsim.base.database.file` reads and writes. :mod:`~imgsim.base.database.connecting` gets at a file also where
nothing can be written; :mod:`~imgsim.base.database.soundness` tells whether it is what was written;
:mod:`~imgsim.base.database.failures` says why it cannot be used; :mod:`~imgsim.base.database.backups` keeps copies of
it; :mod:`~imgsim.base.database.placing` puts a file in its place, whole or not at all.
"""

from imgsim.base.database.file import Database
from imgsim.base.database.schema import Schema, run_statements

__all__ = ["Database", "Schema", "run_statements"]
