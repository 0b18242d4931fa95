"""How good a model is before and after a retrain, and whether it became worse."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pipeline.evaluation.assignments import evaluate_assignments
from pipeline.evaluation.topic_gold import read_gold
from pipeline.workspace import Workspace

TOLERANCE: Final = 0.005
"""How much a figure on gold answers may fall before the new model counts as worse."""
LEAST_KEPT: Final = 0.9
"""Share of the earlier answers that keep their theme under which, without gold answers, the new model counts as worse:
nobody could say that it is better."""


def gold_figures(gold: Path | None, workspace: Workspace, lines: list[int] | None = None) -> dict[str, Any] | None:
    """Return the figures of the dataset on gold answers (`evaluate_assignments`), None without any.

    Parameters
    ----------
    lines : list of int, optional
        The lines that count: those that were answers of the workspace before, so that before and after are of the same.
    """
    if gold is None:
        return None
    if lines is None:
        return _figures(gold, workspace, None)
    with tempfile.TemporaryDirectory() as folder:
        content = gold.read_bytes().split(b"\n")
        part = Path(folder) / gold.name
        part.write_bytes(b"".join(content[number - 1] + b"\n" for number in lines))
        return _figures(part, workspace, lines)


def _figures(gold: Path, workspace: Workspace, lines: list[int] | None) -> dict[str, Any]:
    found = evaluate_assignments(gold, workspace)
    missing = {one.line for one in found.not_found}
    figures = found.figures
    if lines is None:
        lines = [line.number for line in read_gold(gold, of_workspace=True) if line.number not in missing]
    return {
        "lines": lines,
        "answers": figures.answers,
        "unassigned": round(figures.unassigned.value, 4),
        "ami": None if figures.ami is None else round(figures.ami.value, 4),
        "sample_f1": round(figures.sample_f1.value, 4),
        "f1": round(figures.f1.value, 4),
    }


def kept_share(questions: Sequence[Mapping[str, Any]]) -> float:
    """Return the share of the earlier answers that keep their theme; 1 without any.

    Questions whose answers follow what people decided, where this is better on their decisions, or did until people
    decided otherwise, are left out.
    """
    counted = [one for one in questions if not one["follows_people"]]
    answers = sum(one["answers"] for one in counted)
    return 1 - sum(one["changed"] for one in counted) / answers if answers else 1.0


def worse(before: dict[str, Any] | None, after: dict[str, Any] | None, kept_share: float) -> str | None:
    """Say what is worse, None where nothing is."""
    if before is not None and after is not None:
        fallen = [
            f"{name} {before[name]:.3f} → {after[name]:.3f}"
            for name in ("sample_f1", "ami")
            if before[name] is not None and after[name] is not None and after[name] < before[name] - TOLERANCE
        ]
        return ", ".join(fallen) or None
    if kept_share < LEAST_KEPT:
        return f"only {100 * kept_share:.0f} % of the earlier answers keep their theme, and there is no --gold to judge"
    return None
