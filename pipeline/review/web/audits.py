"""The audits of a workspace as queues; what draws and reads them is `pipeline.review.audit`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np

from pipeline import errors
from pipeline.review.web.corpus import Corpus, Ints
from pipeline.workspace import Workspace

_MODULE = "pipeline.review.audit"


def draw(workspace: Workspace, size: int, seed: int = 0) -> None:
    """Draw an audit.

    Raises
    ------
    DoleancesError
        When this installation draws none (E453).
    """
    if find_spec(_MODULE) is None:
        raise errors.usage("E453")
    import_module(_MODULE).draw(workspace, size, seed)


def queues(workspace: Workspace, corpus: Corpus) -> dict[str, Ints]:
    """Return the rows of each audit, by the name of its queue."""
    if find_spec(_MODULE) is None:
        return {}
    found = {}
    for one in import_module(_MODULE).read_audits(workspace):
        rows = [corpus.row_of[key] for key in one.answer_ids if key in corpus.row_of]
        found[f"audit-{one.audit_id}"] = np.array(rows, dtype=np.int64)
    return found
