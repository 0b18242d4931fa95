"""How well personal data is masked, as measured: what the dataset card says of it. None: not measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Interval = tuple[float, float, float]
"""A figure, and the bounds of its 95 % interval."""


@dataclass(frozen=True)
class MaskFigures:
    """What a mask hides, in French, and how well it does.

    ``cases`` counts what was marked to be hidden; ``recall`` is the share of it that is, ``precision`` the share of
    what is hidden that had to be.
    """

    what: str
    cases: int | None = None
    recall: Interval | None = None
    precision: Interval | None = None


MASK_FIGURES: Final[dict[str, MaskFigures]] = {
    "name": MaskFigures("noms de personnes privées", 38, (1.0, 0.9075, 1.0), (0.95, 0.8308, 0.9939)),
    "email": MaskFigures("adresses électroniques", 6, (1.0, 0.5407, 1.0), (1.0, 0.5407, 1.0)),
    "phone": MaskFigures("numéros de téléphone", 9, (1.0, 0.6637, 1.0), (1.0, 0.6637, 1.0)),
    "address": MaskFigures("adresses postales", 10, (1.0, 0.6915, 1.0), (0.9091, 0.5872, 0.9977)),
    "nir": MaskFigures("numéros de sécurité sociale", 5, (1.0, 0.4782, 1.0), (1.0, 0.4782, 1.0)),
    "iban": MaskFigures("numéros de compte bancaire", 5, (1.0, 0.4782, 1.0), (1.0, 0.4782, 1.0)),
    "plate": MaskFigures("plaques d’immatriculation", 4, (1.0, 0.3976, 1.0), (1.0, 0.3976, 1.0)),
    "handle": MaskFigures("pseudonymes", 3, (1.0, 0.2924, 1.0), (1.0, 0.2924, 1.0)),
    "url": MaskFigures("liens vers une page personnelle", 7, (1.0, 0.5904, 1.0), (1.0, 0.5904, 1.0)),
}
"""Figures by the kinds of `pipeline.privacy.KINDS`.

Intervals of Clopper and Pearson (1934), which do not end at 1 where none was missed.
"""

ALL_MASKS: Final = MaskFigures("tout ensemble", 87, (1.0, 0.9585, 1.0), (0.9667, 0.9057, 0.9931))
"""Figures of all masks together."""

MEASURED_ON: Final[str | None] = (
    "178 phrases inventées, de la main qui a écrit les règles : elles flattent. Le rappel sur de vraies réponses n’est "
    "pas mesuré ; de 60 masques tirés de vraies réponses, 49 cachaient une personne ou une page personnelle"
)
"""What the figures were measured on, in French, as the card says it after « Mesurés sur »."""
