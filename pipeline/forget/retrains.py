"""What was quoted of erased contributions leaves the records of retrains; their counts stay what they were."""

from __future__ import annotations

import json

from pipeline.workspace import Workspace, write_bytes


def erase_from_retrains(workspace: Workspace, keys: frozenset[str]) -> None:
    """Take the verbatims of contributions out of retrains/*/diff.json; their other files hold ids and no text."""
    for path in sorted((workspace.path / "retrains").glob("*/diff.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        changes = [change for question in found["questions"] for change in (*question["themes"], *question["moves"])]
        told = False
        for change in changes:
            kept = [one for one in change.get("verbatims", ()) if not _is_of(one["answer_id"], keys)]
            told |= len(kept) < len(change.get("verbatims", ()))
            change["verbatims"] = kept
        if told:
            text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            write_bytes(text.encode("utf-8"), path, workspace.path)


def _is_of(answer_id: str, keys: frozenset[str]) -> bool:
    return answer_id[2:18] in keys  # ids of answers hold the key of their contribution
