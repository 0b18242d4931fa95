"""Figures of the method that were measured on marked texts, for the dataset card: none of them is of the dataset.

They are those of tests/benchmarks/results, and a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Measured:
    """One figure, in French: what it is of, its value with an interval or spread, and what it was measured on."""

    what: str
    value: float
    on: str
    low: float | None = None
    high: float | None = None
    spread: float | None = None


_GOLD: Final = "360 réponses du Grand débat national marquées par deux lecteurs, 183 mentions, hors réglage"
_HUMAN: Final = "5 questions de la plateforme « Entendre la France » aux thèmes donnés par des personnes, hors réglage"
_OUT: Final = "7 questions de la même plateforme, qui ont servi au réglage"

ORGANISATIONS: Final = (
    Measured("Organisations citées : précision", 0.9829, _GOLD, 0.9611, 1.0),
    Measured("Organisations citées : rappel", 0.9399, _GOLD, 0.9016, 0.9737),
    Measured("Organisations citées : F1", 0.9609, _GOLD, 0.9348, 0.9832),
)
"""Organisations by the register and the stock recogniser."""

THEMES: Final = (
    Measured("Thèmes : accord avec des thèmes humains (information mutuelle ajustée)", 0.5107, _HUMAN, spread=0.0035),
    Measured("Réponses à la question qui reçoivent un thème", 0.8836, _OUT),
    Measured("Réponses à une autre question qui en reçoivent un à tort", 0.2271, _OUT),
)
"""Themes of word vectors, at the default threshold."""
