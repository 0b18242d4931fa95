"""From a postcode, as people write it, to a département."""

from __future__ import annotations

import re
from typing import Final

# In metropolitan France 01 to 95 but 20 (Corsica is 2A and 2B); overseas as three digits.
_METROPOLITAN: Final = frozenset(f"{number:02d}" for number in range(1, 96)) - {"20"}
_OVERSEAS: Final = frozenset(("971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988"))
_POSTCODE: Final = re.compile(r"(?:F(?:R)?[- ]?)?(\d{4,5}|2[AB]\d{3})(?:\.0)?", re.IGNORECASE)


def departement(postcode: str | None) -> str | None:
    """Return the département of a postcode, or None when it is foreign, broken or missing.

    >>> [departement(code) for code in ("69008", "20200", "97400", "1000", "F-69001", "1000 Bruxelles")]
    ['69', '2B', '974', '01', '69', None]
    """
    found = _POSTCODE.fullmatch((postcode or "").strip().replace("\u00a0", " "))
    if not found:
        return None
    code = found[1].upper().zfill(5)
    if code[:2] in ("2A", "2B"):
        return code[:2]
    if code[:2] == "20":
        return {"0": "2A", "1": "2A"}.get(code[2]) or ("2B" if code[2] in "23456" else None)
    if code[:3] in _OVERSEAS:
        return code[:3]
    return code[:2] if code[:2] in _METROPOLITAN else None
