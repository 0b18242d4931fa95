"""JSONL: one answer a line, with its segments, themes and mentions, and a file for each of the smaller tables.

Lines end with \\n and nothing else in them does: U+0085, U+2028 and U+2029, which some readers take for line ends, are
written as escapes. Dates are ISO 8601, without a time zone, as received.
"""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Any, Final

from pipeline.export.source import NAMES, Source
from pipeline.export.values import json_line, shortest, with_short_numbers

_IN_ANSWERS: Final = ("answers", "segments", "mentions")
_SCORES: Final = {"topics": ("score",), "segments": ("score", "margin"), "mentions": ("score",)}


def write(source: Source, folder: Path) -> None:
    """Write answers.jsonl, and topics.jsonl, organisations.jsonl, questions.jsonl and so on beside it."""
    with (folder / "answers.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for answer, segments, mentions in source.with_parts():
            whole = answer | {"segments": _without_answer(segments), "mentions": _without_answer(mentions)}
            if answer["weight"] is not None and not isfinite(answer["weight"]):
                whole["weight"] = None  # JSON has no infinity
            for part, names in _SCORES.items():
                for row in whole[part]:
                    for name in names:
                        if row[name] is not None:
                            row[name] = shortest(row[name])
            file.write(json_line(whole) + "\n")
    for name in NAMES:
        if name not in _IN_ANSWERS:
            with (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(json_line(with_short_numbers(row)) + "\n" for row in source.rows(name))


def _without_answer(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for row in rows:
        del row["answer_id"]
    return rows
