"""Families: one image and its re-uses, found from verified pairs and told in order of date.

    from imgsim.families import Families, find_families, select

    frame = find_families(collection.catalogue.frame, collection.matches)
    families = Families(frame, collection.catalogue)
    for family in families.ordered():          # most books first, then the longest span
        family.earliest, family.later, family.undated, family.books, family.span
    families = families.corrected(collection.matches, decisions_of(reviews.standing(), collection.catalogue))

:mod:`~imgsim.families.finding` says by which rule plates become a family, :mod:`~imgsim.families.constraints` how
people's decisions correct them, :mod:`~imgsim.families.relating` how a plate relates to the earliest one,
:mod:`~imgsim.families.family_list` what can be asked of families, and :mod:`~imgsim.families.choosing` how a list of
them is narrowed down.
"""

from imgsim.families.choosing import Related, book_counts, decade_range, journeys, related, select
from imgsim.families.constraints import Decisions, decisions_of
from imgsim.families.delays import appearances, delays, longest_delay
from imgsim.families.family_list import Families
from imgsim.families.family_members import Family, Member
from imgsim.families.family_table import COLUMNS, CORRECTED, EARLIEST, FAMILIES_VERSION, RULE
from imgsim.families.finding import find_families
from imgsim.families.works import work_keys

__all__ = [
    "COLUMNS", "CORRECTED", "Decisions", "EARLIEST", "FAMILIES_VERSION", "Families", "Family", "Member", "RULE",
    "Related", "appearances", "book_counts", "decade_range", "decisions_of", "delays", "find_families", "journeys",
    "longest_delay", "related", "select",
    "work_keys",
]  # fmt: skip
