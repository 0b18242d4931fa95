"""Name a theme from the words of its texts: specific terms and phrases, in the form in which people wrote them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.documents import Document
from pipeline.topics.keyness import keyness
from pipeline.topics.vectors import count_matrix

LABEL_PARTS: Final = 3
LISTED_TERMS: Final = 12
PHRASE_SHARE: Final = 0.25  # a phrase stands for a term when it holds at least this share of the term's uses
MINIMUM_USES: Final = 2
ACRONYM_LENGTH: Final = 6


@dataclass(frozen=True)
class Naming:
    """What people read of a theme."""

    label: str
    definition: str
    terms: tuple[str, ...]
    term_scores: tuple[float, ...]


def name_topics(documents: Sequence[Document], labels: npt.NDArray[np.int64], n_topics: int) -> list[Naming]:
    """Return the name of each topic.

    Parameters
    ----------
    documents : sequence of Document
        Distinct texts.
    labels : ndarray of int, shape (n_documents,)
        Topic of each, -1 for none.
    n_topics : int
        Number of topics.

    Returns
    -------
    list of Naming
        Labels differ from each other.
    """
    vocabulary = sorted({term for document in documents for term in document.terms})
    index = {term: i for i, term in enumerate(vocabulary)}
    counts = count_matrix([document.terms for document in documents], index)
    scores = keyness(counts, labels, n_topics)
    names: list[Naming] = []
    taken: set[str] = set()
    for topic in range(n_topics):
        members = [documents[int(i)] for i in np.flatnonzero(labels == topic)]
        naming = _name(members, scores[topic], vocabulary, taken)
        taken.add(naming.label)
        names.append(naming)
    return names


def _name(
    members: Sequence[Document], scores: npt.NDArray[np.float64], vocabulary: list[str], taken: set[str]
) -> Naming:
    surfaces, phrases, uses = _forms(members)
    ranked = [i for i in np.argsort(-scores, kind="stable") if scores[i] > 0 and uses[vocabulary[i]] >= MINIMUM_USES]
    if not ranked:
        ranked = [i for i in np.argsort(-scores, kind="stable") if uses[vocabulary[i]] > 0]
    parts: list[str] = []
    used: set[str] = set()
    for i in ranked:
        term = vocabulary[i]
        if term in used:
            continue
        part, covered = _part(term, surfaces, phrases, uses)
        if used & covered or part in parts:
            continue
        parts.append(part)
        used |= covered
        label = _capital(", ".join(parts))
        if len(parts) >= LABEL_PARTS and label not in taken:
            break
    label = _capital(", ".join(parts)) or "Sans mot spécifique"
    while label in taken:
        label += " (autre)"
    listed: dict[str, float] = {}
    for i in ranked:
        listed.setdefault(_usual(surfaces[vocabulary[i]]), round(float(scores[i]), 2))
        if len(listed) == LISTED_TERMS:
            break
    words = ", ".join(list(listed)[:6])
    definition = f"Réponses où reviennent\u00a0: {words}." if words else "Réponses sans mot connu."
    return Naming(label, definition, tuple(listed), tuple(listed.values()))


def _forms(
    members: Sequence[Document],
) -> tuple[dict[str, Counter[str]], dict[str, Counter[tuple[str, str]]], Counter[str]]:
    surfaces: dict[str, Counter[str]] = defaultdict(Counter)
    phrases: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    phrase_forms: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    uses: Counter[str] = Counter()
    for document in members:
        for position, term in enumerate(document.terms):
            surfaces[term][_settle(document.surface(position), document.starts[position] == 0)] += 1
            uses[term] += 1
        for position, first, second, surface in document.phrases():
            phrase_forms[first, second][_settle(surface, document.starts[position] == 0)] += 1
            phrases[first][first, second] += 1
            phrases[second][first, second] += 1
    for pair, forms in phrase_forms.items():
        surfaces["\0".join(pair)] = forms
    return surfaces, phrases, uses


def _part(
    term: str,
    surfaces: dict[str, Counter[str]],
    phrases: dict[str, Counter[tuple[str, str]]],
    uses: Counter[str],
) -> tuple[str, set[str]]:
    candidates = phrases.get(term)
    if candidates:
        pair, n = min(candidates.items(), key=lambda item: (-item[1], item[0]))
        if n >= max(MINIMUM_USES, PHRASE_SHARE * uses[term]):
            return _usual(surfaces["\0".join(pair)]), set(pair)
    return _usual(surfaces[term]), {term}


def _usual(forms: Counter[str]) -> str:
    return min(forms.items(), key=lambda item: (-item[1], item[0]))[0]


def _settle(surface: str, starts_text: bool) -> str:
    """Undo capitals that are there for the sentence or for shouting; acronyms keep theirs."""
    surface = " ".join(surface.split())
    if surface.isupper() and len(surface) <= ACRONYM_LENGTH and not starts_text:
        return surface
    if surface.isupper() or starts_text:
        return surface.lower()
    return surface


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
