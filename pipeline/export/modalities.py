"""Names that IRaMuTeQ takes: letters without accents, digits and underscores, with a table of what they stand for."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final

EMPTY: Final = "nr"
"""The modality of a text for which a variable has no value (« non renseigné »)."""

LENGTH: Final = 40
"""Characters of a name at the most, before the number that tells it from another."""

_WORD: Final = re.compile("[a-z0-9]+")
_LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def slug(text: str) -> str:
    """Return `text` in letters without accents, digits and underscores; empty where it has none of them.

    >>> slug("Déserts médicaux & manque d’œil")
    'deserts_medicaux_manque_d_oeil'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).lower()
    words = _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
    kept = ""
    for word in words:
        longer = f"{kept}_{word}" if kept else word[:LENGTH]
        if len(longer) > LENGTH:
            break
        kept = longer
    return kept


class Modalities:
    """The modalities of each variable, in one to one correspondence with its values."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str | None, str]] = {}
        self._values: dict[tuple[str, str], tuple[str, str]] = {}
        self._taken: dict[str, set[str]] = {}
        self._texts: Counter[tuple[str, str]] = Counter()

    def of(self, variable: str, value: str | None, identifier: str | None = None) -> str:
        """Return the modality of a text, and count it.

        Parameters
        ----------
        variable : str
            The variable.
        value : str or None
            What the modality is named after; None gives `EMPTY`.
        identifier : str, optional
            What tells the value from another of the same name; by default the value itself.
        """
        names = self._names.setdefault(variable, {})
        key = None if value is None else value if identifier is None else identifier
        name = names.get(key)
        if name is None:
            name = names[key] = EMPTY if key is None else self._free(variable, slug(value or "") or "valeur")
            self._values[variable, name] = (value or "", identifier or "")
        self._texts[variable, name] += 1
        return name

    def _free(self, variable: str, wanted: str) -> str:
        taken = self._taken.setdefault(variable, {EMPTY})
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}_{number}"
        taken.add(name)
        return name

    def rows(self) -> Iterator[tuple[str, str, str, str, int]]:
        """Yield variable, modality, value, identifier and number of texts, the most frequent first in a variable."""
        order = {variable: place for place, variable in enumerate(self._names)}
        for variable, name in sorted(self._texts, key=lambda key: (order[key[0]], -self._texts[key], key[1])):
            value, identifier = self._values[variable, name]
            yield variable, name, value, identifier, self._texts[variable, name]
