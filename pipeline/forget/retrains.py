"""What was quoted of erased contributions leaves the records of retrains; their counts stay what they were."""

from __future__ import annotations

import json
from dataclasses import replace

from pipeline.entities.corrected import read_corrections
from pipeline.entities.folding import fold
from pipeline.entities.stage import CORRECTED
from pipeline.privacy import ERASED
from pipeline.review import decisions as log
from pipeline.review.mentions import ACTIONS as ON_MENTIONS
from pipeline.workspace import Workspace, sha256_of, write_bytes


def erase_from_retrains(workspace: Workspace, keys: frozenset[str]) -> None:
    """Take the verbatims of contributions out of diff.json of all retrains, and names that only they taught.

    Their other files hold ids and no text. The log of decisions is without what was erased already.
    """
    _erase_names(workspace)
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


def _erase_names(workspace: Workspace) -> None:
    paths = sorted((workspace.path / "retrains").glob("*/names.json"))
    said = _surfaces(workspace) if paths else set()
    for path in paths:
        found = read_corrections(path)
        kept = replace(found, names=tuple(name for name in found.names if fold(name.surface) in said))
        if kept != found:
            write_bytes(kept.to_json(), path, workspace.path)
            record = workspace.manifest.get(CORRECTED)
            if record is not None and workspace.path / record["path"] == path:
                record["sha256"] = sha256_of(path)


def _surfaces(workspace: Workspace) -> set[str]:
    """Return the surfaces that decisions on names tell of, folded."""
    found: list[object] = []
    for one in log.read(workspace).decisions:
        if one.action in ON_MENTIONS:
            after = one.after if isinstance(one.after, dict) else {"alias": one.after}
            found += [one.target.quote, after.get("quote"), after.get("alias")]
    return {fold(one) for one in found if isinstance(one, str) and one != ERASED}


def _is_of(answer_id: str, keys: frozenset[str]) -> bool:
    return answer_id[2:18] in keys  # ids of answers hold the key of their contribution
