"""About how large a file of an export will be, told before it is made."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imgsim.export.kind import ExportFile
from imgsim.export.request import Request

_SAMPLE = 16  # plates whose rows are made to tell how large a file will be


@dataclass(frozen=True)
class Estimate:
    """About how much a file will hold."""

    rows: int
    size: int


def estimate(file: ExportFile, request: Request) -> Estimate:
    """Return about how many rows and bytes a file will have, from its first rows."""
    rows = file.count(request)
    if file.size is not None:
        return Estimate(rows, file.size[0] * rows + file.size[1])
    # A few plates tell how long a row is; where these have none, the beginning of the file does.
    few = replace(request, rows=request.chosen[:_SAMPLE])
    for asked in (few, request):
        seen = size = 0
        for chunk in file.parts(asked):
            seen, size = seen + chunk.rows, size + len(chunk.data)
            if seen or not rows:
                break
        if seen or not rows:
            break
    return Estimate(rows, size if seen >= rows else round(size * rows / seen) if seen else size)
