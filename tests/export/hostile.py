"""Little datasets on a disk, made of any texts, as the writers read them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from pipeline.dataset.schemas import FILES
from pipeline.export.source import Source

FORMULAS = (
    "=1+1",
    "+33 6",
    "-5 % d'impôts",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u00a0-1",
    "'=1",
    '"=1"',
    "« =1 »",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "\u200b=1",
    "\ufeff=1",
    "=cmd|' /C calc'!A0",
)
"""Texts that a spreadsheet could take for a formula."""

AWKWARD = (
    *FORMULAS,
    "",
    "\u200b",
    "<r>gras</r>",
    "_x0041_",
    "\x00",
    "a\r\nb",
    'il dit ; "oui", ou non',
    "01",
    "4-1",
    "3 mai",
    "vrai",
    "NA",
    "null",
    "\ufffe",
    "\u2028",
    "\U0001f600" * 3,
)

texts = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(alphabet="=+-@＝－\t\r\n \u00a0\u200b'\"«;,|&<>_x0041\x00\x0b\x1fé0159eE.", max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
"""Any texts, hostile ones above all."""


def source_of(folder: Path, answers: list[dict[str, Any]], **files: list[dict[str, Any]]) -> Source:
    """Write a dataset of some answers, whose columns have a value where none is given, and of other rows."""
    folder.mkdir(parents=True, exist_ok=True)
    given: dict[str, list[dict[str, Any]]] = {"answers": [_answer(place, row) for place, row in enumerate(answers)]}
    if "questions" not in files:
        ids = dict.fromkeys(row["question_id"] for row in given["answers"])
        files["questions"] = [
            {"question_id": key, "questionnaire": "organisation", "number": number, "title": "Qu’en pensez-vous ?"}
            | {"kind": "open"}
            for number, key in enumerate(ids, 1)
        ]
    for name, schema in FILES.items():
        rows = (given | files).get(name, [])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")
    (folder / "README.md").write_text("---\nlanguage: fr\nlicense: unknown\n---\n\n# Carte\n", encoding="utf-8")
    return Source(folder, {"inputs": [{"name": "formulaires.csv", "sha256": "0" * 64}]})


def _answer(place: int, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "answer_id": f"a-{place}",
        "contribution_id": f"c-{place}",
        "question_id": "q-1",
        "question": "Qu’en pensez-vous ?",
        "text": "texte",
        "state": "assigned",
        "topics": [],
        "organisations": [],
        "published_at": datetime(2019, 3, 7, 10, 5),
    } | row


def theme(topic_id: str, label: str, theme_id: str | None = None, score: float = 0.9726) -> dict[str, Any]:
    """Return a theme of an answer."""
    return {
        "topic_id": topic_id,
        "label": label,
        "score": score,
        "theme_id": theme_id or topic_id,
        "theme_label": label,
        "source": "model",
    }


def topic(topic_id: str, label: str, **more: Any) -> dict[str, Any]:
    """Return a row of topics."""
    return {
        "topic_id": topic_id,
        "question_id": "q-1",
        "questionnaire": "organisation",
        "label": label,
        "definition": "Réponses où revient : médecin.",
        "terms": ["médecin", "hôpital"],
        "term_scores": [9.5, 4.25],
        "against": ["école"],
        "stability": 0.8,
        "n_segments": 1,
        "status": "proposed",
        "lineage": [],
        "model": "local/1",
    } | more
