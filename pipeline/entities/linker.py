"""Which organisation a mention names: one of the register, or one that only this corpus knows."""

from __future__ import annotations

import hashlib

from pipeline.entities.folding import fold
from pipeline.organisation_ids import NOT_IN_REGISTER


def register_id(organisation_id: str) -> str:
    """Return the id in the tables of an organisation of the register."""
    return f"o-{organisation_id}"


def local_id(surface: str) -> str:
    """Return the id of an organisation that is not in the register: the same for every spelling that folds alike."""
    return NOT_IN_REGISTER + hashlib.sha256(fold(surface).encode("utf-8")).hexdigest()[:12]
