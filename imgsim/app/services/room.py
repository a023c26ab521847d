"""Which collections stay open: the latest asked for, as many as have so many plates in all."""

from __future__ import annotations

import threading

MOST_PLATES = 500_000  # one takes up to 20 kB
Place = tuple[str, str]  # a collection's folder, and a generation


class Room:
    """What is open, and how many plates each has."""

    def __init__(self) -> None:
        self._plates: dict[Place, int] = {}  # the latest asked for stands last
        self._lock = threading.Lock()

    def __contains__(self, place: Place) -> bool:
        return place in self._plates

    def use(self, place: Place, plates: int) -> list[Place]:
        """What is to be closed for a collection that is asked for, the longest unasked first; never that one itself."""
        with self._lock:
            self._plates.pop(place, None)
            self._plates[place] = plates
            closed: list[Place] = []
            while len(self._plates) > 1 and sum(self._plates.values()) > MOST_PLATES:
                closed.append(next(iter(self._plates)))
                del self._plates[closed[-1]]
            return closed

    def former(self, path: str, generation: str) -> list[Place]:
        """What is to be closed for another generation of a collection: those of it that are open."""
        with self._lock:
            closed = [place for place in self._plates if place[0] == path and place[1] != generation]
            for place in closed:
                del self._plates[place]
            return closed
