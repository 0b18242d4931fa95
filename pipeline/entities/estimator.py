"""The recogniser of organisations as a scikit-learn-style estimator, usable alone on lists of strings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator

from pipeline import catalogue
from pipeline.entities.finder import knowledge, recognise
from pipeline.entities.pairs import count_pairs
from pipeline.entities.spans import Span
from pipeline.entities.spelt_out import learn


class OrganisationRecogniser(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Finds the organisations that French texts name, and says which they are.

    Parameters
    ----------
    register : path, optional
        A register of your own (CSV, see seeds/organisations/README.md), instead of the one that ships.
    use_model : bool
        Ask spaCy's model too, for organisations that the register does not know.
    recogniser : path, optional
        Name or path of a trained recogniser (`doleances models train-recogniser`), asked too.

    Attributes
    ----------
    spelt_out_ : dict of str to str
        The organisation id of each acronym that the texts given to `fit` spell out and the register does not know.

    Examples
    --------
    >>> OrganisationRecogniser(use_model=False).fit([]).predict(["La CAF du Rhône"])[0][0].organisation_id
    'o-caf'
    """

    def __init__(
        self, register: str | Path | None = None, use_model: bool = True, recogniser: str | Path | None = None
    ) -> None:
        self.register = register
        self.use_model = use_model
        self.recogniser = recogniser

    def fit(self, texts: Iterable[str] | None = None, y: Any = None) -> OrganisationRecogniser:
        """Learn the acronyms that the texts spell out; what was not fitted knows the register alone.

        Raises
        ------
        ValueError
            When `texts` is one text, or holds what is no text.
        """
        counts = count_pairs(dict.fromkeys(_checked(() if texts is None else texts)))
        self.spelt_out_ = learn(counts, knowledge(self.register).matcher)
        return self

    def predict(self, texts: Iterable[str]) -> list[list[Span]]:
        """Return the organisations named in each text.

        Returns
        -------
        list of list of Span
            A list for each text, in order; each span has start, end, surface, label (ORG) and organisation_id.

        Raises
        ------
        ValueError
            As `fit` does.
        """
        found = recognise(
            _checked(texts),
            register=self.register,
            use_model=self.use_model,
            spelt_out=getattr(self, "spelt_out_", None),
            trained=None if self.recogniser is None else catalogue.locate(str(self.recogniser)),
        )
        return [[span for span in spans if span.label == "ORG"] for spans in found]


def _checked(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise ValueError("give a list of texts, not one text")
    given = list(texts)
    if not all(isinstance(text, str) for text in given):
        raise ValueError("every text must be a str")
    return given
