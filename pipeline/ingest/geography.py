"""From a postcode, as people write it, to a département, and from there to a région."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

# In metropolitan France 01 to 95 but 20 (Corsica is 2A and 2B); overseas as three digits.
_METROPOLITAN: Final = frozenset(f"{number:02d}" for number in range(1, 96)) - {"20"}
_OVERSEAS: Final = frozenset(("971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988"))
_POSTCODE: Final = re.compile(r"(?:F(?:R)?[- ]?)?(\d{4,5}|2[AB]\d{3})(?:\.0)?", re.IGNORECASE)

_REGIONS: Final = {  # since 2016
    "Auvergne-Rhône-Alpes": "01 03 07 15 26 38 42 43 63 69 73 74",
    "Bourgogne-Franche-Comté": "21 25 39 58 70 71 89 90",
    "Bretagne": "22 29 35 56",
    "Centre-Val de Loire": "18 28 36 37 41 45",
    "Corse": "2A 2B",
    "Grand Est": "08 10 51 52 54 55 57 67 68 88",
    "Guadeloupe": "971",
    "Guyane": "973",
    "Hauts-de-France": "02 59 60 62 80",
    "Île-de-France": "75 77 78 91 92 93 94 95",
    "La Réunion": "974",
    "Martinique": "972",
    "Mayotte": "976",
    "Normandie": "14 27 50 61 76",
    "Nouvelle-Aquitaine": "16 17 19 23 24 33 40 47 64 79 86 87",
    "Occitanie": "09 11 12 30 31 32 34 46 48 65 66 81 82",
    "Pays de la Loire": "44 49 53 72 85",
    "Provence-Alpes-Côte d’Azur": "04 05 06 13 83 84",
}
_REGION_OF: Final = {departement: region for region, found in _REGIONS.items() for departement in found.split()}


def region(departement: str | None) -> str | None:
    """Return the région of a département; None for collectivities overseas that are in none (975, 977, 98x).

    >>> [region(found) for found in ("69", "2A", "974", "988", None)]
    ['Auvergne-Rhône-Alpes', 'Corse', 'La Réunion', None, None]
    """
    return _REGION_OF.get(departement or "")


@cache
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
