"""What was quoted of erased contributions leaves decisions.jsonl: the decision stays, its quote does not."""

from __future__ import annotations

import json
from typing import Any, Final

from pipeline.forget.tables import Erased
from pipeline.privacy import ERASED
from pipeline.review.decisions import locked
from pipeline.workspace import Workspace, write_bytes

_SHORTEST: Final = 12
"""Characters of a text below which finding it elsewhere does not mean that it was quoted."""

_KEPT: Final = frozenset(("decision_id", "at", "author", "action", "undoes", "kind", "id", "answer_id"))


def erase_from_decisions(workspace: Workspace, erased: Erased) -> int:
    """Blank quotes, notes and values that hold words of the erased answers; return how many lines were changed.

    A line that is not JSON is kept, unless it holds one of the texts whole.
    """
    path = workspace.path / "decisions.jsonl"
    if not path.is_file():
        return 0
    # The longest first: one may be part of another.
    texts = sorted(
        {text.strip() for text in erased.texts if len(text.strip()) >= _SHORTEST}, key=lambda t: (-len(t), t)
    )
    lines, changed = [], 0
    with locked(path):  # a decision that is added meanwhile waits
        for line in path.read_text(encoding="utf-8").split("\n"):
            new = _without(line, erased, texts)
            changed += new != line
            lines.append(new)
        if changed:
            write_bytes("\n".join(lines).encode("utf-8"), path, workspace.path)
    return changed


def _without(line: str, erased: Erased, texts: list[str]) -> str:
    try:
        decision = json.loads(line)
    except ValueError:
        decision = None
    if not isinstance(decision, dict):
        for text in texts:
            line = line.replace(text, ERASED)
        return line
    target = decision.get("target")
    ids = {target.get("answer_id"), target.get("id")} - {None} if isinstance(target, dict) else set()
    # Ids of answers, of contributions and of their parts hold the key of the contribution.
    named = any(str(found)[2:18] in erased.keys or found in erased.parts for found in ids)
    cleaned = _cleaned(decision, texts, whole=named)
    return line if cleaned == decision else json.dumps(cleaned, ensure_ascii=False)


def _cleaned(value: Any, texts: list[str], *, whole: bool) -> Any:
    if isinstance(value, dict):
        return {
            key: inner if key in _KEPT and isinstance(inner, str | None) else _cleaned(inner, texts, whole=whole)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_cleaned(inner, texts, whole=whole) for inner in value]
    if not isinstance(value, str):
        return value
    if whole:
        return ERASED
    for text in texts:
        # A quote may be part of an answer, or an answer part of a note.
        if text in value or (len(value.strip()) >= _SHORTEST and value.strip() in text):
            value = value.replace(text, ERASED) if text in value else ERASED
    return value
