"""`TopicModel`: themes of a list of texts, in the manner of scikit-learn, without a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from pipeline import catalogue, language
from pipeline.topics import bundle
from pipeline.topics.documents import Document, document
from pipeline.topics.fitting import fit_themes
from pipeline.topics.methods import METHODS, Method
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import Floats, WordVectors

if TYPE_CHECKING:
    import pandas as pd


class TopicModel(ClusterMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Themes of a set of French texts.

    Parameters
    ----------
    n_topics : int, optional
        Number of top-level themes; chosen from the number of texts when None.
    random_state : int
        Seed: the same texts and seed give the same themes.
    minimum_score : float
        Probability under which a text is left unassigned by `predict`.
    model : str
        Name or path of the model whose word vectors are used.
    method : {"vectors", "reinert", "nmf"}
        How themes are found: see `pipeline.topics.methods.group`.

    Attributes
    ----------
    topics_ : DataFrame
        topic_id, label, definition, terms and n_texts of each theme, largest first.

    Examples
    --------
    >>> themes = TopicModel(n_topics=2).fit(texts)  # doctest: +SKIP
    >>> themes.predict(["Plus de médecins à la campagne"])  # doctest: +SKIP
    array(['t-0c6f…'], dtype=object)
    """

    def __init__(
        self,
        n_topics: int | None = None,
        random_state: int = 0,
        *,
        minimum_score: float = 0.3,
        model: str = catalogue.DEFAULT_MODEL,
        method: Method = "vectors",
    ) -> None:
        self.n_topics = n_topics
        self.minimum_score = minimum_score
        self.method = method
        self.model = model
        self.random_state = random_state

    def fit(self, texts: Iterable[str], y: object = None) -> Self:
        """Find the themes of `texts`.

        Raises
        ------
        ValueError
            When no text holds a word of the vectors, or fewer texts differ than themes are asked for.
        """
        return self._fit(_documents(texts), None)

    def partial_fit(self, texts: Iterable[str], y: object = None) -> Self:
        """Find the themes again on all texts given so far and these: themes that are still there keep their ids.

        What became of each theme is in the lineage of ``themes_.topics``, and of ``themes_.gone`` for those that were
        merged or retired. The first call is that of `fit`.

        Raises
        ------
        ValueError
            As `fit` does.
        """
        before = getattr(self, "themes_", None)
        earlier = self._documents if before is not None else []
        return self._fit([*earlier, *_documents(texts)], before)

    def _fit(self, documents: list[Document], before: ThemeSet | None) -> Self:
        if self.n_topics is not None and self.n_topics < 1:
            raise ValueError(f"n_topics must be at least 1, not {self.n_topics}")
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, not {self.method!r}")
        vectors = bundle.load(catalogue.locate(self.model)).vectors
        n_different = len({d.terms for d in documents if any(term in vectors.index for term in d.terms)})
        if not n_different or (self.n_topics or 1) > n_different:
            raise ValueError(
                f"{n_different} different texts with a known word: too few for {self.n_topics or 'any'} topics"
            )
        themes = fit_themes(
            documents,
            vectors,
            questionnaire=None,
            question_id="texts",
            model="estimator",
            method=self.method,
            n_topics=self.n_topics,
            minimum_score=self.minimum_score,
            random_state=self.random_state,
            before=before,
        )
        if themes is None:
            raise ValueError(f"{self.method} puts no text into any group: too few texts share a word")
        self._documents = documents
        self.vectors_: WordVectors = vectors
        self.themes_: ThemeSet = themes
        self.labels_ = self.predict_documents(documents)
        return self

    def transform(self, texts: Iterable[str]) -> Floats:
        """Return the probability of each theme in each text.

        Returns
        -------
        ndarray of float32, shape (n_texts, n_topics)
            Rows sum to one, or to zero where a text holds no known word.
        """
        check_is_fitted(self, "themes_")
        return self._probabilities(_documents(texts))

    def predict(self, texts: Iterable[str], allow_unassigned: bool = True) -> Any:
        """Return the topic_id of the theme of each text.

        Parameters
        ----------
        texts : iterable of str
        allow_unassigned : bool
            Return None for a text whose best theme has a probability under `minimum_score`; with False, always the
            best one.

        Returns
        -------
        ndarray of object, shape (n_texts,)
        """
        check_is_fitted(self, "themes_")
        return self.predict_documents(_documents(texts), allow_unassigned)

    def predict_documents(self, documents: Sequence[Document], allow_unassigned: bool = True) -> Any:
        """Do what `predict` does, on texts that are analysed already."""
        probabilities = self._probabilities(documents)
        ids = np.asarray([topic.topic_id for topic in self.themes_.topics], dtype=object)
        chosen = ids[probabilities.argmax(axis=1)]
        if allow_unassigned:
            best = probabilities.max(axis=1)
            chosen[(best < self.minimum_score) | (best <= 0)] = None
        return chosen

    @property
    def topics_(self) -> pd.DataFrame:
        """The themes: one row each, largest first."""
        import pandas as pd

        check_is_fitted(self, "themes_")
        rows = [
            {
                "topic_id": topic.topic_id,
                "label": topic.label,
                "definition": topic.definition,
                "terms": list(topic.terms),
                "n_texts": topic.n_answers,
            }
            for topic in self.themes_.topics
        ]
        return pd.DataFrame(rows).sort_values(["n_texts", "topic_id"], ascending=[False, True], ignore_index=True)

    def _probabilities(self, documents: Sequence[Document]) -> Floats:
        return self.themes_.assigner.probabilities(self.vectors_.embed([d.terms for d in documents]))


def _documents(texts: Iterable[str]) -> list[Document]:
    if isinstance(texts, str):
        raise ValueError("give a list of texts, not one text")
    given = list(texts)
    if not all(isinstance(text, str) for text in given):
        raise ValueError("every text must be a str")
    return [document(text, tokens) for text, tokens in zip(given, language.tokens_of(given), strict=True)]
