"""The codebook: codebook.csv, which ``--codebook`` reads again, and codebook.md, for people to read."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from pipeline.export.codebook_rows import COLUMNS, Rows, cell, codebook_rows, listed_terms, tidy
from pipeline.export.modalities import slug
from pipeline.export.source import Source
from pipeline.figures import Counts, dataset_connection
from pipeline.nesting import nested
from pipeline.theme_figures import QuestionThemes, Theme, question_themes
from pipeline.typography import FIRM, NARROW, number, percent, plural, prose
from pipeline.vocabulary import EXEMPLAR_KINDS, STATUSES

CODEBOOK: Final = "codebook.csv"
TERMS_SHOWN: Final = 15
QUOTE_SHOWN: Final = 400
"""Characters of an example in codebook.md; codebook.csv has it whole."""

_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>#|~&$])")


def write(source: Source, folder: Path) -> None:
    """Write the themes of each question into codebook.csv, those across a questionnaire into a file each, and a page.

    Themes across the questions of a questionnaire have a file of their own, for in one file with the others they would
    be themes of every question.
    """
    topics = source.table("topics").to_pylist()
    exemplars = source.table("exemplars").to_pylist()
    questions = source.table("questions").to_pylist()
    questions.sort(key=lambda row: (row["questionnaire"], row["number"], row["question_id"]))
    place = {row["question_id"]: at for at, row in enumerate(questions)}
    topics.sort(key=lambda row: (place.get(row["question_id"], -1), -row["n_segments"], row["topic_id"]))
    left_out: list[str] = []
    files = _files(topics)
    for name, group in files.items():
        found = codebook_rows(group, exemplars)
        left_out += found.left_out
        write_rows(folder / name, found)
    with dataset_connection(source.folder) as connection:
        counted = question_themes(connection)
    page = _page(questions, counted, topics, exemplars, left_out, list(files))
    (folder / "codebook.md").write_text("\n".join(page) + "\n", encoding="utf-8", newline="")


def _files(topics: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    files: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(topics, key=lambda row: row["question_id"] is None):
        name = CODEBOOK
        if row["question_id"] is None:
            name = f"codebook_questionnaire_{slug(row['questionnaire'] or '') or 'autre'}.csv"
        files.setdefault(name, []).append(row)
    return files or {CODEBOOK: []}


def write_rows(path: Path, found: Rows) -> None:
    """Write rows as a CSV for a French Excel, which the reader of codebooks takes too."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, delimiter=";", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([cell(row[name]) for name in COLUMNS] for row in found.rows)


def _page(
    questions: list[dict[str, Any]],
    counted: dict[str, QuestionThemes],
    topics: list[dict[str, Any]],
    exemplars: list[dict[str, Any]],
    left_out: list[str],
    files: list[str],
) -> list[str]:
    quotes: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in exemplars:
        quotes.setdefault((row["question_id"], row["topic_id"]), []).append(row)
    lines = [
        "# Plan de codage",
        "",
        *prose(
            "Les thèmes de la consultation, question par question : définition, sous-thèmes, mots qui les distinguent,",
            "exemples, et effectifs selon trois dénominateurs (répondants, contributions, textes uniques : les copies",
            "d’un texte n’y comptent qu’une fois). Une réponse peut avoir plusieurs thèmes, et un thème compte les",
            "réponses de ses sous-thèmes. Les répondants sont volontaires : ces effectifs ne se lisent pas comme un",
            "sondage.",
        ),
        "",
        *prose(
            "Fichiers des mêmes thèmes, à donner tels quels ou corrigés à `doleances run --codebook`",
            "(un seul à la fois, car les thèmes communs à toutes les questions d’un questionnaire sont à part) :",
            f"{', '.join(f'`{name}`' for name in files)}.",
        ),
    ]
    if left_out:
        listed = ", ".join(_inline(label) for label in left_out)
        lines.append(f"N’y sont pas, faute d’un mot qui les distingue{FIRM}: {listed}.")
    for question in questions:
        question_id = question["question_id"]
        found = counted.get(question_id)
        if found is not None:
            heading = f"{question['questionnaire']} {question['number']}. {question['title']}"
            lines += ["", f"## {_inline(heading)}", "", *_base(found)]
            themes = [*found.themes, *_unused(question_id, found, topics)]
            names = {theme.topic_id: theme.label for theme in themes}
            for theme in nested(themes, lambda theme: (theme.topic_id, theme.parent_id)):
                parts = [part.label for part in themes if part.parent_id == theme.topic_id]
                lines += ["", *_theme(theme, names.get(theme.parent_id or ""), parts, found.base)]
                lines += _examples(quotes.get((question_id, theme.topic_id), ()))
    return lines


def _base(found: QuestionThemes) -> list[str]:
    return [
        f"Réponses qui pouvaient recevoir un thème{FIRM}: {_three(found.base)}. Avec au moins un "
        f"thème{FIRM}: {_three(found.assigned)}."
    ]


def _three(counts: Counts) -> str:
    return (
        f"{plural(counts.respondents, 'répondant')}, {plural(counts.contributions, 'contribution')}, "
        f"{plural(counts.unique_texts, 'texte unique', 'textes uniques')}"
    )


def _unused(question_id: str, found: QuestionThemes, topics: list[dict[str, Any]]) -> Iterator[Theme]:
    used = {theme.topic_id for theme in found.themes}
    for row in topics:
        if row["question_id"] == question_id and row["topic_id"] not in used:
            yield Theme(
                row["topic_id"],
                row["parent_id"],
                row["label"],
                row["definition"],
                tuple(row["terms"]),
                row["status"],
                Counts(),
                tuple(row["against"]),
            )


def _theme(theme: Theme, parent: str | None, parts: list[str], base: Counts) -> Iterator[str]:
    level = "###" if parent is None else "####"
    yield f"{level} {_inline(theme.label) or theme.topic_id}"
    yield ""
    within = "" if parent is None else f", sous-thème de « {_inline(parent)} »"
    status = STATUSES.get(theme.status, theme.status)
    yield f"Thème {status}{within} (`{theme.topic_id}`)."
    yield ""
    yield "| | répondants | contributions | textes uniques |"
    yield "|---|---:|---:|---:|"
    counts = theme.counts
    shown = (counts.respondents, counts.contributions, counts.unique_texts)
    of = (base.respondents, base.contributions, base.unique_texts)
    yield f"| effectif | {' | '.join(map(number, shown))} |"
    yield f"| part | {' | '.join(percent(part, whole) for part, whole in zip(shown, of, strict=True))} |"
    yield ""
    yield f"- **Définition**{FIRM}: {_inline(theme.definition) or '_à écrire_'}"
    if parts:
        yield f"- **Sous-thèmes**{FIRM}: {f'{NARROW}; '.join(map(_inline, parts))}"
    yield f"- **Mots pour**{FIRM}: {_terms(theme.terms)}"
    yield f"- **Mots contre**{FIRM}: {_terms(theme.against)}"


def _terms(terms: Iterable[str]) -> str:
    return ", ".join(_inline(term) for term in listed_terms(terms)[:TERMS_SHOWN]) or "–"


def _examples(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        quote = tidy(row["quote"])
        if len(quote) > QUOTE_SHOWN:
            quote = quote[: QUOTE_SHOWN - 1].rstrip() + "…"
        yield ""
        yield f"> «{FIRM}{_inline(quote)}{FIRM}» ({EXEMPLAR_KINDS[row['kind']]}, `{row['answer_id']}`)"


def _inline(text: str) -> str:
    """Return a text as Markdown that shows it as it is: what people wrote is no markup."""
    return _MARKDOWN.sub(r"\\\1", tidy(text))
