"""`TopicModel`: themes of a list of texts, in the manner of scikit-learn, without a workspace."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence, Set
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from pipeline import catalogue, errors, language
from pipeline.topics import bundle
from pipeline.topics.documents import Document, document
from pipeline.topics.fitting import fit_themes
from pipeline.topics.methods import METHODS, Method
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import Floats, WordVectors

if TYPE_CHECKING:
    import pandas as pd

_LARGEST_SEED: Final = 2**32 - 1  # what NumPy takes


class TopicModel(ClusterMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Themes of a set of French texts.

    Parameters
    ----------
    n_topics : int, optional
        Number of top-level themes; chosen from the number of texts when None.
    random_state : int
        Seed: the same texts and seed give the same themes. There is no fit without one.
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
    subtopics_ : DataFrame
        The same and parent_id of the sub-themes of the themes that have some.

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
            When no text holds a word of the vectors, fewer texts differ than themes are asked for, a parameter is of no
            use, or something is no text.
        """
        self._check_parameters()
        return self._fit(_documents(texts), None)

    def fit_transform(self, texts: Iterable[str], y: object = None) -> Floats:
        """Find the themes of `texts` and return the probability of each theme in each; texts are read once."""
        fitted = self.fit(texts)
        return fitted._probabilities(fitted._documents)

    def partial_fit(self, texts: Iterable[str], y: object = None) -> Self:
        """Find the themes again on all texts given so far and these: themes that are still there keep their ids.

        What became of each theme is in the lineage of ``themes_.topics``, and of ``themes_.gone`` for those that were
        merged or retired. The first call is that of `fit`.

        Raises
        ------
        ValueError
            As `fit` does.
        """
        self._check_parameters()
        before = getattr(self, "themes_", None)
        earlier = self._documents if before is not None else []
        return self._fit([*earlier, *_documents(texts)], before)

    def _fit(self, documents: list[Document], before: ThemeSet | None) -> Self:
        vectors = bundle.load(catalogue.locate(os.fspath(self.model))).vectors
        if before is not None and vectors.vocabulary != self.vectors_.vocabulary:
            raise ValueError("model is another than the texts so far were read with: call fit with all of them")
        n_different = len({d.terms for d in documents if any(term in vectors.index for term in d.terms)})
        if not n_different or (self.n_topics or 1) > n_different:
            remedy = "more texts, or a smaller n_topics" if n_different else "texts with words that the model knows"
            raise ValueError(
                f"{n_different} different texts with a known word: too few for {self.n_topics or 'any'} topics; "
                f"give {remedy}"
            )
        themes = fit_themes(
            documents,
            vectors,
            questionnaire=None,
            question_id="texts",
            model="estimator",
            method=self.method,
            n_topics=None if self.n_topics is None else int(self.n_topics),
            minimum_score=self.minimum_score,
            random_state=int(self.random_state),
            before=before,
        )
        if themes is None:
            raise ValueError(f"{self.method} puts no text into any group: too few texts share a word; give more texts")
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
            What a row lacks to one is for none of the themes; rows of zeros are of texts without a known word.
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
        chosen = self.get_feature_names_out()[probabilities.argmax(axis=1)]
        if allow_unassigned:
            best = probabilities.max(axis=1)
            chosen[(best < self.minimum_score) | (best <= 0)] = None
        return chosen

    def get_feature_names_out(self, input_features: object = None) -> Any:
        """Return the topic_id of each column of `transform`, shape (n_topics,); `set_output` names columns by it."""
        check_is_fitted(self, "themes_")
        return np.asarray([topic.topic_id for topic in self.themes_.topics], dtype=object)

    @property
    def topics_(self) -> pd.DataFrame:
        """The themes: one row each, largest first."""
        check_is_fitted(self, "themes_")
        return _frame(self.themes_.topics).drop(columns="parent_id")

    @property
    def subtopics_(self) -> pd.DataFrame:
        """The sub-themes: one row each, largest first, with the theme that each is part of; no row where none is."""
        check_is_fitted(self, "themes_")
        return _frame(self.themes_.subtopics)

    def predict_subtopics(self, texts: Iterable[str], allow_unassigned: bool = True) -> Any:
        """Return the topic_id of the sub-theme of each text, that of its theme where this is not divided.

        Parameters
        ----------
        texts, allow_unassigned
            As for `predict`; None where that returns None.

        Returns
        -------
        ndarray of object, shape (n_texts,)
        """
        check_is_fitted(self, "themes_")
        documents = _documents(texts)
        found = self.predict_documents(documents, allow_unassigned)
        place = {topic.topic_id: i for i, topic in enumerate(self.themes_.topics)}
        themes = np.asarray([place.get(topic_id, -1) for topic_id in found], dtype=np.int64)
        parts = self.themes_.subtopics_of(self.vectors_.embed([d.terms for d in documents]), themes)
        ids = np.asarray([*(topic.topic_id for topic in self.themes_.subtopics), None], dtype=object)
        return np.where(parts >= 0, ids[parts], found)

    def _probabilities(self, documents: Sequence[Document]) -> Floats:
        return self.themes_.assigner.probabilities(self.vectors_.embed([d.terms for d in documents]))

    def _check_parameters(self) -> None:
        if not (self.n_topics is None or (_is_whole(self.n_topics) and self.n_topics >= 1)):
            raise _refused("n_topics", "a whole number of at least 1, or None", self.n_topics)
        if not (_is_whole(self.random_state) and 0 <= self.random_state <= _LARGEST_SEED):
            raise _refused("random_state", f"a whole number from 0 to {_LARGEST_SEED}", self.random_state)
        if not isinstance(self.minimum_score, Real) or np.isnan(self.minimum_score):
            raise _refused("minimum_score", "a number, such as 0.3", self.minimum_score)
        if not isinstance(self.model, str | os.PathLike):
            raise _refused("model", "the name or the path of a model", self.model)
        if not (isinstance(self.method, str) and self.method in METHODS):
            raise _refused("method", f"one of {', '.join(METHODS)}", self.method)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.one_d_array, tags.input_tags.two_d_array = True, True, False
        tags.transformer_tags.preserves_dtype = []
        return tags


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _refused(name: str, what: str, value: object) -> ValueError:
    return ValueError(f"{name} must be {what}, not {errors.one_line(repr(value), 80)}")


def _frame(topics: Sequence[Topic]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "topic_id": topic.topic_id,
            "parent_id": topic.parent_id,
            "label": topic.label,
            "definition": topic.definition,
            "terms": list(topic.terms),
            "n_texts": topic.n_answers,
        }
        for topic in sorted(topics, key=lambda topic: (-topic.n_answers, topic.topic_id))
    ]
    columns = ["topic_id", "parent_id", "label", "definition", "terms", "n_texts"]
    return pd.DataFrame(rows, columns=columns)


def _documents(texts: Iterable[str]) -> list[Document]:
    given = _texts(texts)
    return [document(text, tokens) for text, tokens in zip(given, language.tokens_of(given), strict=True)]


def _texts(texts: Iterable[str]) -> list[str]:
    """Return what is given as a list, once it is known to hold nothing but texts, in an order."""
    if isinstance(texts, str | bytes | bytearray):
        raise ValueError("give a list of texts, not one text")
    if isinstance(texts, Mapping | Set) or not isinstance(texts, Iterable):
        raise ValueError(f"give a list of texts, nothing of type {type(texts).__name__}")
    if getattr(texts, "ndim", 1) != 1:
        raise ValueError(f"give one column of texts, no {type(texts).__name__} of another shape")
    given = list(texts)
    for place, text in enumerate(given):
        if not isinstance(text, str):
            raise ValueError(f"text {place} is no str but of type {type(text).__name__}: leave it out, or put '' there")
        try:
            text.encode()
        except UnicodeEncodeError:  # « \ud800 », which no file can hold
            raise ValueError(
                f"text {place} holds half a character, of a file that was not decoded as it should be: "
                "read it again with its own encoding, or with errors='replace'"
            ) from None
    return given
