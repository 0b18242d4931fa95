"""Name a theme from its texts: one phrase that people wrote, or two, and the words that tell it from the others."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.resources import words
from pipeline.topics.documents import Document
from pipeline.topics.keyness import SIGNIFICANT, keyness
from pipeline.topics.phrases import LONGEST, Booleans, Ints, Phrases, find_phrases, is_infinitive
from pipeline.topics.wording import Wording, folded

Scores = npt.NDArray[np.float64]

LABEL_LENGTH: Final = 60
LISTED_TERMS: Final = 12
DEFINITION_PHRASES: Final = 6
MINIMUM_USES: Final = 2
LARGE: Final = 100  # texts of a theme from which on a phrase must stand in one text more
CARRIED: Final = 0.6  # share of the uses of a term from which on a pair is listed in its place
ENOUGH: Final = 0.5  # share of the texts of a theme from which on one phrase names it
WORTH: Final = 0.3  # how good a second phrase must be, the first being 1
OWN_TO_THE_QUESTION: Final = 0.15  # share of all texts from which on a term may belong to the question
ALIKE: Final = 0.5  # share of common stems from which on the main phrases of two themes are alike
READ: Final = 60  # phrases of a theme, best first, among which its name is chosen
SAME_STEM: Final = 5  # « lutter, lutte contre la fraude »: words that begin with as many same letters say it twice

# How readable a phrase of one, two, three, four terms is; an infinitive alone says less than a noun.
_READABLE: Final = np.asarray([1.0, 1.8, 2.0, 2.0])
_LONE_INFINITIVE: Final = 0.75
# Words that name nothing without the words that they stand with.
_NOT_ALONE: Final = words(
    "nombre part niveau partie plupart type ensemble monde an année mois jour fin place moyen bon seul clair grand",
    "petit gros reste abord lieu sorte genre fait sens but titre base terme sujet domaine problème besoin mesure gens",
    "dé cours rendre permettre arrêter inciter obliger éviter créer passer partir rester tenir laisser porter compter",
    "appliquer remettre proposer changer améliorer favoriser montrer gagner utiliser assurer apporter parler revoir",
    "avantage vie rapport cadre mise prise compte effet possibilité bout début principe volonté idée meilleur nouveau",
    "manque personne système question action",
)


@dataclass(frozen=True)
class Naming:
    """What people read of a theme.

    ``terms`` are the words and pairs of words that are more frequent in it than elsewhere, with their signed G²;
    ``against`` those that are rarer than chance would have them, the rarest first; ``label_terms`` are the terms that
    the label is made of.
    """

    label: str
    definition: str
    terms: tuple[str, ...]
    term_scores: tuple[float, ...]
    against: tuple[str, ...] = ()
    label_terms: tuple[str, ...] = ()


def name_topics(documents: Sequence[Document], labels: Ints, n_topics: int, asked: Container[str] = ()) -> list[Naming]:
    """Return the name of each topic.

    Parameters
    ----------
    documents : sequence of Document
        Distinct texts.
    labels : ndarray of int, shape (n_documents,)
        Topic of each, -1 for none.
    n_topics : int
        Number of topics.
    asked : container of str, optional
        Terms of the wording of the question: no label is made of them alone while there is another.

    Returns
    -------
    list of Naming
        Labels differ from each other.
    """
    themes = _Themes(find_phrases(documents), np.asarray(labels), n_topics, asked)
    chosen = themes.choose()
    names: list[Naming] = []
    taken: set[str] = set()
    for topic, parts in enumerate(chosen):
        label = ", ".join(themes.write(part, topic) for part in parts) or "sans mot spécifique"
        label = label[:1].upper() + label[1:]
        bare, number = label, 1
        while folded(label) in taken:
            label = f"{bare} (autre)" if number == 1 else f"{bare} (autre {number})"
            number += 1
        taken.add(folded(label))
        listed = themes.specific(topic)
        readable = dict.fromkeys(themes.write(part, topic) for part in themes.telling(topic, parts))
        reading = ", ".join(readable)
        definition = f"Réponses où reviennent\u00a0: {reading}." if readable else "Réponses sans mot connu."
        label_terms = tuple(term for part in parts for term in themes.phrases.terms[part])
        against = themes.against(topic)
        names.append(Naming(label, definition, tuple(listed), tuple(listed.values()), against, label_terms))
    return names


class _Themes:
    """The phrases of the themes of one set, how often each holds them and how well they name it."""

    def __init__(self, phrases: Phrases, labels: Ints, n_topics: int, asked: Container[str]) -> None:
        self.phrases, self.labels, self.n_topics = phrases, labels, n_topics
        self.wording = Wording(phrases)
        self.written: dict[tuple[int, int | None], str] = {}
        n_terms = sum(len(terms) == 1 for terms in phrases.terms)
        index = {terms[0]: i for i, terms in enumerate(phrases.terms[:n_terms])}
        self.parts = np.full((len(phrases.terms), LONGEST), -1, dtype=np.int64)
        for i, terms in enumerate(phrases.terms):
            self.parts[i, : len(terms)] = [index[term] for term in terms]
        self.length = (self.parts >= 0).sum(axis=1)
        counts = phrases.counts()
        lengths = np.asarray([len(document.terms) for document in phrases.documents], dtype=np.float64)
        self.scores = keyness(counts, labels, n_topics, lengths)
        self.uses = _by_topic(counts, labels, n_topics)
        self.presence = counts.tocsc()
        self.presence.data[:] = 1
        self.texts = _by_topic(self.presence, labels, n_topics)
        self.sizes = np.bincount(labels[labels >= 0], minlength=n_topics)
        self.quality = self._quality()
        self.weak = self._weak(asked)

    def write(self, phrase: int, topic: int | None) -> str:
        """Return the usual form of a phrase in a topic, or everywhere."""
        key = (phrase, topic)
        if key not in self.written:
            labels = None if topic is None else self.labels == topic
            self.written[key] = self.wording.write(phrase, labels)
        return self.written[key]

    def _quality(self) -> Scores:
        """Return how well each phrase names each topic, shape (n_topics, n_phrases).

        The root of the keyness of its most specific term, over documents, and half of that of the phrase itself:
        « taxer les riches » is rarer than « taxer » but says more, and its term says how many texts it stands for.
        """
        ones = np.ones(len(self.labels))
        own = np.sqrt(np.maximum(keyness(self.presence.tocsr(), self.labels, self.n_topics, ones), 0))
        held = self.parts >= 0
        best = np.zeros_like(own)
        for column in range(LONGEST):  # one at a time: all at once would take four times the memory
            some = held[:, column]
            best[:, some] = np.maximum(best[:, some], own[:, self.parts[some, column]])
        readable = _READABLE[np.maximum(self.length, 1) - 1]
        lone = np.asarray([len(terms) == 1 and is_infinitive(terms[0]) for terms in self.phrases.terms], dtype=bool)
        # Where nothing tells themes apart, the most frequent phrase names them.
        share = self.texts / np.maximum(self.sizes, 1)[:, None]
        return np.asarray((own / 2 + best + share / 10) * readable * np.where(lone, _LONE_INFINITIVE, 1))

    def candidates(self, topic: int) -> Iterator[Ints]:
        """Yield the phrases that may name a topic, best first: the good ones, then what there is."""
        least = MINIMUM_USES + (self.sizes[topic] > LARGE)
        # What is long and rare was mostly copied, from the question or from each other.
        copied = (self.length > 2) & (self.sizes[topic] > LARGE / 2)
        specific = self.scores[topic] > 0
        held = self.texts[topic] > 0
        for allowed in (
            self.phrases.whole & (self.texts[topic] >= least + copied) & specific & ~self.weak,
            self.phrases.whole & (self.texts[topic] >= MINIMUM_USES) & ~self.weak,
            self.phrases.whole & held & specific,
            held,
        ):
            found = np.flatnonzero(allowed)
            yield found[np.argsort(-self.quality[topic, found], kind="stable")][:READ]

    def _weak(self, question: Container[str]) -> Booleans:
        """Say which phrases must not make a label: light words alone, and the words of the question alone."""
        light = np.asarray(
            [all(term in _NOT_ALONE or term in question for term in terms) for terms in self.phrases.terms], dtype=bool
        )
        share = self.texts / np.maximum(self.sizes, 1)[:, None]
        overall = self.texts.sum(axis=0) / max(int(self.sizes.sum()), 1)
        everywhere = (share >= overall / 2).sum(axis=0) > self.n_topics / 2
        asked = (overall >= OWN_TO_THE_QUESTION) & everywhere
        return np.asarray(light | (asked & (self.length == 1)))

    def choose(self) -> list[list[int]]:
        """Return the phrases that name each topic: one, or two where one stands in too few of its texts."""
        main: dict[int, int] = {}
        ranked: dict[int, Ints] = {}
        for tier in zip(*(self.candidates(topic) for topic in range(self.n_topics)), strict=True):
            offers = [
                (-self.quality[topic, phrase], topic, phrase)
                for topic, found in enumerate(tier)
                if topic not in main
                for phrase in found.tolist()
            ]
            heapify(offers)
            while offers:
                value, topic, phrase = heappop(offers)
                if topic in main or len(self.write(phrase, topic)) > LABEL_LENGTH:
                    continue
                alike = max((self._alike(phrase, other) for other in main.values()), default=0.0)
                now = -self.quality[topic, phrase] * (1 - alike if alike >= ALIKE else 1)
                if now > value:  # a theme that was named since says nearly the same
                    if alike < 1:
                        heappush(offers, (now, topic, phrase))
                    continue
                main[topic] = phrase
                ranked[topic] = tier[topic]
        return [
            [main[topic], *self._second(topic, main[topic], ranked[topic], set(main.values()))] if topic in main else []
            for topic in range(self.n_topics)
        ]

    def _second(self, topic: int, first: int, ranked: Ints, taken: set[int]) -> list[int]:
        inside = self.labels == topic
        covered = np.ones(len(self.labels), dtype=bool)
        for term in self.parts[first, : self.length[first]].tolist():
            covered &= self._holds(term)
        if covered[inside].mean() >= ENOUGH and self.length[first] > 1:
            return []
        best: tuple[float, int] | None = None
        room = LABEL_LENGTH - len(self.write(first, topic)) - len(", ")
        for phrase in ranked.tolist():
            if phrase in taken or self._says_again(phrase, [first]) or self.scores[topic, phrase] <= 0:
                continue
            holds = self._holds(phrase) & inside
            value = self.quality[topic, phrase] * np.sqrt((holds & ~covered).sum())
            adds = value > 0 or self.length[first] == 1
            worth = self.quality[topic, phrase] >= WORTH * self.quality[topic, first]
            if not (adds and worth) or (best and value <= best[0]):
                continue
            if len(self.write(phrase, topic)) <= room:
                best = (value, phrase)
        return [best[1]] if best else []

    def telling(self, topic: int, parts: Sequence[int]) -> list[int]:
        """Return the phrases that tell most of a topic, those of its label first, none saying another again."""
        found = list(parts)
        for tier in list(self.candidates(topic))[:: 3 if not found else 4]:
            for phrase in tier.tolist():
                if len(found) < DEFINITION_PHRASES and not self._says_again(phrase, found):
                    found.append(phrase)
        return found

    def specific(self, topic: int) -> dict[str, float]:
        """Return the words and pairs of words that are more frequent in a topic than elsewhere, with their G²."""
        scores, uses = self.scores[topic], self.uses[topic]
        pairs = np.flatnonzero((self.length == 2) & self.phrases.whole & (scores > 0) & (uses >= MINIMUM_USES))
        carried = uses[pairs, None] >= CARRIED * uses[self.parts[pairs, :2]]
        hidden = np.zeros(len(scores), dtype=bool)
        hidden[self.parts[pairs, :2][carried]] = True
        shown = (self.length == 1) & ~hidden
        shown[pairs[carried.any(axis=1)]] = True
        for least in (MINIMUM_USES, 1):
            allowed = np.flatnonzero(shown & (uses >= least) & (scores > 0 if least > 1 else uses > 0))
            if len(allowed):
                break
        listed: dict[str, float] = {}
        for i in allowed[np.argsort(-scores[allowed], kind="stable")].tolist():
            listed.setdefault(self.write(i, topic), round(float(scores[i]), 2))
            if len(listed) == LISTED_TERMS:
                break
        return listed

    def against(self, topic: int) -> tuple[str, ...]:
        """Return the words that a topic holds less than chance would have it."""
        rare = np.flatnonzero((self.scores[topic] < -SIGNIFICANT) & (self.length == 1))
        ranked = rare[np.argsort(self.scores[topic, rare], kind="stable")][:LISTED_TERMS]
        return tuple(dict.fromkeys(self.write(i, None) for i in ranked.tolist()))

    def _holds(self, phrase: int) -> Booleans:
        found = np.zeros(len(self.labels), dtype=bool)
        found[self.presence.indices[self.presence.indptr[phrase] : self.presence.indptr[phrase + 1]]] = True
        return found

    def _alike(self, one: int, other: int) -> float:
        """Return the share of their stems that two phrases have in common."""
        first, second = self._stems(one), self._stems(other)
        return len(first & second) / len(first | second)

    def _stems(self, phrase: int) -> set[str]:
        return {folded(term)[:SAME_STEM] for term in self.phrases.terms[phrase]}

    def _says_again(self, phrase: int, others: Sequence[int]) -> bool:
        return any(self._stems(phrase) & self._stems(other) for other in others)


def _by_topic(matrix: object, labels: Ints, n_topics: int) -> Scores:
    from scipy import sparse

    used = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix((np.ones(len(used)), (labels[used], used)), shape=(n_topics, len(labels)))
    return np.asarray((member @ matrix).todense(), dtype=np.float64)
