"""Filled forms of the organisation questionnaire in the three layouts that people have, for the tests of the whole."""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.ingest.questionnaires import Questionnaire, shipped

Form = Mapping[int, str]
"""Answers by the number of their question."""


def organisation() -> Questionnaire:
    return next(found for found in shipped() if found.key == "organisation")


def coded(official_id: str) -> str:
    return base64.b64encode(f"Question:{official_id}".encode()).decode()


def about(number: int, author: str | None = None) -> dict[str, str]:
    """Return the metadata of a form."""
    return {
        "reference": f"4-{number}",
        "title": f"Contribution {number}",
        "createdAt": "2019-02-03 10:11:12",
        "publishedAt": "2019-02-03 10:11:12",
        "trashed": "false",
        "authorId": author or f"VXNlcjo{number}",
        "authorType": "Citoyen / Citoyenne",
        "authorZipCode": f"{69001 + number % 9}",
    }


def write_csv(path: Path, forms: Sequence[Form], first: int = 1) -> Path:
    """Write an official CSV."""
    questions = organisation().questions
    headers = [f"Q{coded(question.official_id)} - {question.wording}" for question in questions]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*about(0), *headers])
        for number, form in enumerate(forms, first):
            writer.writerow([*about(number).values(), *(form.get(q.number, "") for q in questions)])
    return path


def write_json(path: Path, forms: Sequence[Form], first: int = 1) -> Path:
    """Write an official JSON."""
    found = []
    for number, form in enumerate(forms, first):
        responses = [
            {
                "questionId": coded(question.official_id),
                "questionTitle": question.wording,
                "value": form.get(question.number),
                "formattedValue": form.get(question.number),
            }
            for question in organisation().questions
        ]
        found.append({**about(number), "responses": responses})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def write_text(path: Path, form: Form) -> Path:
    """Write a text form."""
    questionnaire = organisation()
    lines = ["Date de publication : 2019-03-07", "Code postal : 69008", "", questionnaire.title]
    for question in questionnaire.questions:
        lines += ["", f"{question.number}. {question.wording}", "", form.get(question.number, "None")]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
