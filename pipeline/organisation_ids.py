"""What the id of an organisation says: one of the register, or one that only this corpus knows."""

from __future__ import annotations

import re
from typing import Final

NOT_IN_REGISTER: Final = "o-x"
_LOCAL: Final = re.compile(rf"{NOT_IN_REGISTER}[0-9a-f]{{12}}")


def is_local(organisation_id: str) -> bool:
    """Say whether an id is that of an organisation which only this corpus knows."""
    return _LOCAL.fullmatch(organisation_id) is not None
