"""HTML from templates that lie beside the module that fills them: whatever is put into one is escaped.

A template says its own words as code does: ``{{ tr("{n:,} plates", n=3) }}``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from imgsim.base.translation import tr, trn

# What HTML forbids, and what turns the direction of the text that follows.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def rendered(template: Path, **values: object) -> Markup:
    """Fill a template, as HTML that another one may hold.

    Parameters
    ----------
    template : its file; what it includes or imports lies in the same folder.
    values : what it names. Texts are escaped, for between tags and for attributes in quotes, and what HTML forbids
        becomes U+FFFD; :class:`markupsafe.Markup` is HTML already. A value that is missing is an error.
    """
    return Markup(_environment(template.parent).get_template(template.name).render(values))


@cache
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_allowed,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(tr=tr, trn=trn)
    return environment


def _allowed(value: object) -> object:
    return value if isinstance(value, Markup) else _FORBIDDEN.sub("\ufffd", str(value))
