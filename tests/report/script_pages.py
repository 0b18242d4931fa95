"""Little pages as the templates mark them up for report.js, under the content policy of the report."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from jinja2.utils import htmlsafe_json_dumps

from pipeline.report.page import TEMPLATES

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = '<img src="x" onerror="document.title=1">\u202e</script><script>document.title=1</script>'
UNITS = ("respondents", "contributions", "unique_texts")

Text = tuple[str, str, list[str], str]
"""What the JSON of a page says of a text: its id, the text, its themes, its reference."""

SWITCH = (
    '<fieldset class="switch needs-script"><legend>Compter en</legend>'
    + "".join(
        f'<label><input type="radio" name="denominator" value="{unit}"{" checked" * (unit == UNITS[0])}>{name}</label>'
        for unit, name in zip(UNITS, ("Répondants", "Contributions", "Textes uniques"), strict=True)
    )
    + "</fieldset>"
)

CONCORDANCE = """<form data-concordance="textes" class="needs-script">
<label>Mot <input name="word"></label>
<label>Thème <select name="topic"><option value="">tous</option><option value="t-1">Santé</option></select></label>
<label>Ordre <select name="sort"><option value="position">position</option><option value="right">droite</option>
<option value="left">gauche</option></select></label>
<button>Chercher</button></form><p><output data-total></output></p><ol data-lines></ol>"""


def counted(*three: str) -> str:
    """Return a figure on the three denominators."""
    return "".join(f'<span class="d d-{unit}">{escape(text)}</span>' for unit, text in zip(UNITS, three, strict=True))


def row(
    label: str,
    *cells: Sequence[str],
    key: str = "",
    parent: str = "",
    kind: str = "",
    terms: str = "",
    opens: bool = False,
) -> str:
    """Return a row: a label, then cells of one text, or of three."""
    named = f' id="row-{key}" data-topic="{key}"' if key else ""
    under = f' data-parent="{parent}"' if parent else ""
    button = f'<button type="button" class="expand needs-script" aria-expanded="true" data-parent="{key}"></button>'
    beside = f'<span class="terms"><bdi>{escape(terms)}</bdi></span>' if terms else ""
    shown = "".join(f'<td class="num">{counted(*cell) if len(cell) == 3 else escape(cell[0])}</td>' for cell in cells)
    return (
        f'<tr class="{kind}"{named}{under}><th scope="row">{button * opens}<bdi>{escape(label)}</bdi>{beside}</th>'
        f"{shown}</tr>"
    )


def table(*bodies: Iterable[str], headings: Sequence[str] = ("Thème", "Effectif"), name: str = "t") -> str:
    """Return a table whose columns can be sorted, with its search, its count and its buttons."""
    heads = "".join(
        f'<th scope="col"{" class=num" * (place > 0)}>{heading}</th>' for place, heading in enumerate(headings)
    )
    return (
        f'<p class="needs-script"><input type="search" aria-label="Filtrer" data-search="#{name}">'
        f'<output data-count="#{name}" aria-live="polite"></output>'
        f'<button type="button" data-expand-all="#{name}">Tout replier</button>'
        f'<button type="button" data-export="#{name}" data-name="themes-q16">Exporter</button></p>'
        f'<table data-sortable id="{name}"><thead><tr>{heads}</tr></thead>'
        + "".join(f"<tbody>{''.join(rows)}</tbody>" for rows in bodies)
        + "</table>"
    )


def corpus(texts: Iterable[Text]) -> str:
    """Return the texts of a page, as Jinja's `tojson` writes them."""
    return f'<script type="application/json" id="textes">{htmlsafe_json_dumps([list(text) for text in texts])}</script>'


def write_page(path: Path, *parts: str, language: str = "fr") -> str:
    """Write a page and return its address."""
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    style = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "report_script.css"))
    policy = f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
    path.write_text(
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}base-uri 'none'; form-action 'none'\">"
        '<meta name="viewport" content="width=device-width"><title>Page</title><link rel="icon" href="data:,">'
        f'<style>{style}</style></head><body><main class="wrap">{"".join(parts)}</main>'
        f"<script>{script}</script></body></html>",
        encoding="utf-8",
    )
    return path.as_uri()


@contextmanager
def open_pages(browser: Any, folder: Path) -> Iterator[Callable[..., Any]]:
    """Give a function that writes a page and opens it; in the end, no page has said an error or asked for anything."""
    said: list[str] = []
    asked: list[str] = []
    contexts: list[Any] = []

    def opened(
        *parts: str,
        place: str = "",
        language: str = "fr",
        scripts: bool = True,
        width: int = 1200,
        scheme: str = "light",
    ) -> Any:
        address = write_page(folder / f"page-{len(contexts)}.html", *parts, language=language)
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url.split("#")[0].removeprefix(address)))
        page.goto(address + place)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("data:", "blob:")) and url] == []


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
