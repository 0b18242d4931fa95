"""Pages as HTML: autoescaped, in French typography."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2
from jinja2.ext import Extension
from markupsafe import Markup

from pipeline import typography

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
STATIC: Final = Path(__file__).resolve().parent / "static"
_CODE: Final = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>)", re.DOTALL)


class Typeset(Extension):
    """Put no-break spaces into the prose of templates, not into code and tags."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source of a template with the spaces that French wants."""
        return "".join(part if _CODE.fullmatch(part) else typography.typeset(part) for part in _CODE.split(source))


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Return what the pages are made with."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Typeset],
    )
    found.filters |= {
        "number": typography.number,
        "percent": typography.percent,
        "decimal": typography.decimal,
        "typeset": typography.typeset,
        "shown": same_length,
        "apart": apart,
        "day": day,
    }
    found.globals |= {"plural": typography.plural}
    return found


def apart(text: Any) -> Markup:
    """Return what people wrote as an element of its own, which can stand in a sentence of ours."""
    return Markup("<bdi>{}</bdi>").format(same_length(str(text)))


def same_length(text: str) -> str:
    """Return a text that a browser shows with as many characters: its offsets stay those of the text."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", " \n").replace("\r", "\n")
    return "".join("\ufffd" if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f" else c for c in text)


def day(at: str) -> str:
    """Return the time of a decision as « 28/11/2026 à 04:32 »; as it stands where it is written otherwise."""
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d)", at)
    return f"{found[3]}/{found[2]}/{found[1]} à {found[4]}" if found else at


def render(template: str, **values: Any) -> str:
    """Return a page."""
    return environment().get_template(template).render(**values)
