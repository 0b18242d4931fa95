"""The recogniser of organisations as a scikit-learn-style estimator, usable alone on lists of strings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator

from pipeline.entities.finder import recognise
from pipeline.entities.spans import Span


class OrganisationRecogniser(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Finds the organisations that French texts name, and says which they are.

    Parameters
    ----------
    register : path, optional
        A register of your own (CSV, see seeds/organisations/README.md), instead of the one that ships.
    use_model : bool
        Ask spaCy's model too, for organisations that the register does not know.

    Examples
    --------
    >>> OrganisationRecogniser(use_model=False).fit([]).predict(["La CAF du Rhône"])[0][0].organisation_id
    'o-caf'
    """

    def __init__(self, register: str | Path | None = None, use_model: bool = True) -> None:
        self.register = register
        self.use_model = use_model

    def fit(self, texts: Iterable[str] | None = None, y: Any = None) -> OrganisationRecogniser:
        """Do nothing: register and model are fitted already."""
        return self

    def predict(self, texts: Iterable[str]) -> list[list[Span]]:
        """Return the organisations named in each text.

        Returns
        -------
        list of list of Span
            A list for each text, in order; each span has start, end, surface, label (ORG) and organisation_id.
        """
        found = recognise(list(texts), register=self.register, use_model=self.use_model)
        return [[span for span in spans if span.label == "ORG"] for spans in found]
