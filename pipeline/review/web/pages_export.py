"""The codebook as people left it: CSV that no spreadsheet takes for formulas, and Markdown."""

from __future__ import annotations

import csv
import io
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline import typography
from pipeline.export.cells import escaped
from pipeline.review.web.requests import asked
from pipeline.review.web.site import Site
from pipeline.review.web.wording import STATUS

router = APIRouter()
COLUMNS: Final = (
    *("question_id", "question", "topic_id", "parent_id", "niveau", "theme", "definition", "statut", "reponses"),
    *("nom_de_la_machine", "mots", "exemples"),
)
_MARKS: Final = str.maketrans(
    {mark: f"\\{mark}" for mark in "\\`*_{}[]#|~!"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
)


@router.get("/plan-de-codage.csv")
async def as_csv(request: Request) -> Response:
    """Give the codebook as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(asked(request).site):
        writer.writerow([escaped(str(row[name]), for_excel=name != "reponses") for name in COLUMNS])
    return _file("\ufeff" + out.getvalue(), "text/csv", "plan-de-codage.csv")


@router.get("/plan-de-codage.md")
async def as_markdown(request: Request) -> Response:
    """Give the codebook as Markdown."""
    lines, asked_before = ["# Plan de codage", ""], None
    for row in _rows(asked(request).site):
        if row["question_id"] != asked_before:
            asked_before = row["question_id"]
            lines += [f"## {_plain(row['question'])}", ""]
        lines += [f"{'###' if row['niveau'] == 1 else '####'} {_plain(row['theme'])}", ""]
        count = typography.plural(row["reponses"], "réponse")
        lines += [f"{row['statut']}, {count} (`{row['topic_id']}`)", ""]
        lines += [f"{_plain(row['definition'])}", ""] if row["definition"] else []
        lines += [f"> {_plain(quote)}\n" for quote in row["quotes"]]
    return _file("\n".join(lines) + "\n", "text/markdown", "plan-de-codage.md")


def _rows(site: Site) -> list[dict[str, Any]]:
    machine = {row["topic_id"]: row["label"] for row in site.corpus.topics}
    found = []
    for code in site.open_questions:
        question, now = site.corpus.questions[code], site.view(code)
        for row in site.listed(code):
            if not now.size(row["topic_id"]) and row["status"] == "proposed":
                continue
            quotes = [
                one["quote"] for one in site.corpus.exemplars.get(row["topic_id"], ()) if one["kind"] == "central"
            ]
            found.append(
                {
                    "question_id": question["question_id"],
                    "question": question["title"],
                    "topic_id": row["topic_id"],
                    "parent_id": row["parent_id"] or "",
                    "niveau": 1 if row["parent_id"] is None else 2,
                    "theme": row["label"],
                    "definition": row["definition"],
                    "statut": STATUS.get(row["status"], row["status"]),
                    "reponses": now.size(row["topic_id"]),
                    "nom_de_la_machine": machine.get(row["topic_id"], ""),
                    "mots": ", ".join(row["terms"]),
                    "exemples": " | ".join(quotes[:3]),
                    "quotes": quotes[:3],
                }
            )
    return found


def _plain(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    return " ".join(text.split()).translate(_MARKS)


def _file(text: str, kind: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8"), media_type=f"{kind}; charset=utf-8", headers=headers)
