"""Which organisation a mention names: one of the register, or one that only this corpus knows."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from pipeline.entities.folding import fold

NOT_IN_REGISTER: Final = "o-x"
_LOCAL: Final = re.compile(rf"{NOT_IN_REGISTER}[0-9a-f]{{12}}")


def register_id(organisation_id: str) -> str:
    """Return the id in the tables of an organisation of the register."""
    return f"o-{organisation_id}"


def local_id(surface: str) -> str:
    """Return the id of an organisation that is not in the register: the same for every spelling that folds alike."""
    return NOT_IN_REGISTER + hashlib.sha256(fold(surface).encode("utf-8")).hexdigest()[:12]


def is_local(organisation_id: str) -> bool:
    """Say whether an id is that of an organisation which only this corpus knows."""
    return _LOCAL.fullmatch(organisation_id) is not None
