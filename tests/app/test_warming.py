"""What is loaded before it is asked for."""

from __future__ import annotations

import sys

from imgsim.app.services import warming


def test_what_pages_import_late_is_imported_behind_their_backs() -> None:
    thread = warming.load_behind()
    thread.join(60)
    assert thread.daemon and not thread.is_alive()
    assert set(warming._LATER) <= set(sys.modules)
