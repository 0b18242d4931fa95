"""Every French text that a report translates: of templates, of Python, and of tables of words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline import vocabulary
from pipeline.crosstabs import suppression, variables
from pipeline.report import charts, fitting, page, wording
from pipeline.report.languages import FRENCH

REPORT: Final = Path(page.__file__).parent
CROSSTABS: Final = Path(variables.__file__).parent
_SAID: Final = ("say", "translate")


def messages() -> dict[str, str]:
    """Return where each text stands, by text."""
    found: dict[str, str] = {}
    for where, text in (*of_templates(), *of_python(), *of_tables()):
        found.setdefault(text, where)
    return found


def of_templates() -> Iterator[tuple[str, str]]:
    """Yield the texts of `_` and `plural` in templates, and the template."""
    environment = page.environment_of(FRENCH)
    for path in sorted(page.TEMPLATES.glob("*.j2")):
        source = path.read_text(encoding="utf-8")
        for _, function, found in environment.extract_translations(source, ("_", "plural")):  # type: ignore[attr-defined]
            parts = [found] if isinstance(found, str) else list(found)
            yield from ((path.name, text) for text in _texts(function, parts))


def of_python() -> Iterator[tuple[str, str]]:
    """Yield the texts of `say`, `translate` and `plural` in modules of the report, and labels of cross-tabulations."""
    for path in (*sorted(REPORT.rglob("*.py")), *sorted(CROSSTABS.glob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                parts = [
                    a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args
                ]
                yield from ((path.name, text) for text in _texts(name, parts))


def of_tables() -> Iterator[tuple[str, str]]:
    """Yield the texts that are translated by a name."""
    yield from (("wording", text) for text in wording.words())
    yield from (("fitting", step.name) for step in fitting.STEPS if step.name)
    yield from (("vocabulary", text) for text in vocabulary.STATUSES.values())
    labels = (*variables.TITLES.values(), *variables.UNKNOWN.values(), variables.NO_ANSWER, suppression.HELD)
    yield from (("crosstabs", text) for text in labels)
    yield from (("charts", text) for text in (charts.DivergingBars.more, charts.DivergingBars.less))


def _texts(function: str, parts: list[str | None]) -> Iterator[str]:
    """Yield the texts of one call, given its arguments: a text, or None for what is not written there."""
    if function in (*_SAID, "_") and parts and parts[0] is not None:
        yield parts[0]
    elif function in ("Column", "Calendar") and len(parts) > 1 and parts[1]:
        yield parts[1]
    elif function == "plural" and len(parts) > 1 and parts[1] is not None:
        yield parts[1]
        yield parts[2] if len(parts) > 2 and parts[2] is not None else f"{parts[1]}s"
