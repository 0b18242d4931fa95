"""Small writers of the three input layouts, for the tests of ingest."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import ingest
from pipeline.config import Config
from pipeline.ingest.questionnaires import Question, Questionnaire, shipped
from pipeline.stage import Summary
from pipeline.workspace import Workspace

METADATA = (
    *("id", "reference", "title", "createdAt", "publishedAt", "updatedAt"),
    *("trashed", "trashedStatus", "authorId", "authorType", "authorZipCode"),
)


def questionnaire(key: str = "organisation") -> Questionnaire:
    return next(found for found in shipped() if found.key == key)


def coded(official_id: str) -> str:
    return base64.b64encode(f"Question:{official_id}".encode()).decode()


def metadata(number: int, **values: str) -> dict[str, str]:
    """Return the metadata of form `number`, by a different author each."""
    return {
        "id": f"UHJvcG9zYWw6{number}",
        "reference": f"4-{number}",
        "title": "Contribution",
        "createdAt": "2019-02-03 10:11:12",
        "publishedAt": "2019-02-03 10:11:12",
        "updatedAt": "",
        "trashed": "false",
        "trashedStatus": "",
        "authorId": f"VXNlcjo{number}",
        "authorType": "Citoyen / Citoyenne",
        "authorZipCode": "69008",
    } | values


def headers(questions: Sequence[Question], style: str = "base64") -> list[str]:
    """Return the headers of question columns: with base64 ids, plain ids, or wordings alone."""
    return [
        {
            "base64": f"Q{coded(question.official_id)} - {question.wording}",
            "plain": f"Q{question.official_id} - {question.wording}",
            "wording": question.wording,
        }[style]
        for question in questions
    ]


def csv_text(
    names: Sequence[str], rows: Sequence[Sequence[str]], separator: str = ",", people: Sequence[Mapping[str, str]] = ()
) -> str:
    """Return an official CSV: one row for each list of cells."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow([*METADATA, *names])
    for number, cells in enumerate(rows, 1):
        about = metadata(number, **(people[number - 1] if people else {}))
        writer.writerow([*(about[name] for name in METADATA), *cells])
    return out.getvalue()


def organisation_csv(rows: Sequence[Mapping[int, str]], **options: Any) -> str:
    """Return an official CSV of the organisation questionnaire; a row gives answers by question number."""
    questions = questionnaire().questions
    style = options.pop("style", "base64")
    cells = [[row.get(question.number, "") for question in questions] for row in rows]
    return csv_text(headers(questions, style), cells, **options)


def organisation_json(rows: Sequence[Mapping[int, str | None]], **values: Any) -> str:
    """Return an official JSON of the organisation questionnaire, one form a line."""
    forms = []
    for number, row in enumerate(rows, 1):
        responses = [
            {
                "questionId": coded(question.official_id),
                "questionTitle": question.wording,
                "value": row.get(question.number),
                "formattedValue": row.get(question.number),
            }
            for question in questionnaire().questions
        ]
        forms.append(json.dumps({**metadata(number, **values), "responses": responses}, ensure_ascii=False))
    return "[" + ",\n".join(forms) + "]\n"


def text_form(answers: Mapping[int, str], *, title: str | None = None, postcode: str = "69008", end: str = "\n") -> str:
    """Return a text form of the organisation questionnaire; questions without an answer say "None"."""
    found = questionnaire()
    lines = ["Date de publication : 2019-03-07", f"Code postal : {postcode}", "", title or found.title]
    for question in found.questions:
        lines += ["", f"{question.number}. {question.wording}", "", answers.get(question.number, "None")]
    return end.join(lines)


def run(folder: Path, *paths: Path, workers: int = 1, name: str = "workspace", **settings: Any) -> Summary:
    """Run ingest on `paths` into folder/name."""
    config = Config().with_values("execution", workers=workers).with_values("ingest", **settings)
    return ingest.run(Workspace(folder / name), config, paths)


def answers(folder: Path, name: str = "workspace") -> list[dict[str, Any]]:
    """Return the rows of the table answers."""
    return rows(folder, "answers", name)


def rows(folder: Path, table: str, name: str = "workspace") -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return Workspace(folder / name).read(table).to_pylist()


def table_bytes(folder: Path, name: str = "workspace") -> dict[str, bytes]:
    """Return every file of the tables, by its path."""
    place = folder / name / "tables"
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in sorted(place.rglob("*.parquet"))}
