"""What is quoted stays in French: in a page of another language it says so."""

from __future__ import annotations

import re
from typing import Any, Final

from jinja2 import Environment
from jinja2.ext import Extension
from markupsafe import Markup

from pipeline.report.languages import Language
from pipeline.typography import shown

_QUOTE: Final = re.compile(r"<bdi(?![^>]*\blang=)")


class Quoting(Extension):
    """Give every ``<bdi>`` of a template the language of what people wrote, but for one that tells another.

    Quotes, labels of themes, wordings and names stand in ``<bdi>`` to keep hostile marks of direction in. In a page in
    French nothing is added. The environment tells the language: ``environment.globals["in_french"]``.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source of a template with the language of its quotes."""
        return _QUOTE.sub("<bdi{{ in_french }}", source)


def install(environment: Environment, language: Language) -> None:
    """Let templates mark what is quoted: ``<bdi>`` of themselves, other elements as ``<p{{ in_french }}>``."""
    environment.globals["in_french"] = attribute(language)
    environment.filters["apart"] = lambda text: apart(text, language)
    environment.add_extension(Quoting)


def attribute(language: Language) -> Markup:
    """Return the attribute of an element whose text is in French: none where the page is."""
    return Markup("") if language.quoted is None else Markup(' lang="{}"').format(language.quoted)


def apart(text: Any, language: Language) -> Markup:
    """Return what people wrote as an element of its own, which can stand in a sentence of ours."""
    return Markup("<bdi{}>{}</bdi>").format(attribute(language), shown(text))
