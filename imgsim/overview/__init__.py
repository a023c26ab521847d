"""A collection in numbers: its plates by decade, place, format and category, how many were used again, and how soon.

    overview = Overview(catalogue, reused, families)
    overview.decades; overview.breakdowns          # groups of plates, each with how many of them were used again
    overview.delays                                # years between successive appearances of an image in books
    overview.lenders(10); overview.borrowers(10)   # books

A plate counts as used again if `reused` says so (a verified match in another book). Every group holds the values that
find its plates again in :meth:`~imgsim.catalogue.Catalogue.search`.
"""

from imgsim.overview.counting import Overview, Trade, in_words
from imgsim.overview.grouping import Breakdown, Group

__all__ = ["Breakdown", "Group", "Overview", "Trade", "in_words"]
