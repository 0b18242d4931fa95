"""Find phrases: one to four terms of a text with nothing but linking words between them (« impôt sur le revenu »).

A run is a phrase when it can stand alone as a noun or infinitive phrase. No parse is needed to tell: a conjugated verb
shows in its lemma, and a piece of a longer phrase (« fiscale » of « évasion fiscale ») in what people write around it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from pipeline.resources import words
from pipeline.topics.documents import Document

Ints = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

LONGEST: Final = 4
RARE: Final = 20_000  # for so many documents more, a phrase of several terms must stand in one more
MOSTLY_QUALIFIES: Final = 0.5  # share of uses right after another term, from which on a term qualifies others
MOSTLY_CUT: Final = 0.7  # share of uses right before another term, from which on a phrase is a piece of longer ones
NAMED: Final = 0.4  # share of uses after an article or a preposition that a noun has
_GAP: Final = 40

_DETERMINERS: Final = "le la les l un une du des au aux ce cet cette ces notre nos votre vos leur leurs son sa ses"
_PREPOSITIONS: Final = words("de d à en par pour sur sous avec sans entre contre dans chez vers envers hors")
_DEGREES: Final = words("plus moins très trop")
_GOVERNING: Final = _PREPOSITIONS | _DEGREES | words("du des au aux")
_LINKS: Final = words(_DETERMINERS, "tout toute tous toutes chaque") | _GOVERNING
_NOMINAL: Final = words(_DETERMINERS, "mon ma mes chaque quel quelle quels quelles") | _PREPOSITIONS
_TOWARDS_WORDS: Final = words("à au aux dans sur pour")
_OF_WORDS: Final = words("de d du des")
_BARE: Final = words("en à par sur sans")
_BEFORE_INFINITIVE: Final = words("de d à pour sans par et")
_WORD: Final = re.compile(r"\w+")
_STOPS: Final = re.compile(r"[^\w\s'’]")  # punctuation, bullets, brackets: what no phrase runs across

# A lemma that ends so is an infinitive, but for the nouns and adjectives below.
_INFINITIVE: Final = tuple(
    sorted(
        words(
            "er ir aindre eindre oindre endre ondre erdre ordre oudre ettre attre aître uire crire lire dire vivre",
            "suivre ompre aincre clure faire plaire traire croire boire",
        )
    )
)
_INFINITIVE_IN_IER: Final = words(
    "allier rallier relier lier nier renier plier trier crier prier varier marier copier concilier associer négocier",
    "renégocier apprécier bénéficier licencier remercier étudier remédier expédier dédier privilégier oublier publier",
    "initier approprier rapatrier répertorier pallier différencier distancier humilier réconcilier",
)
_NOT_INFINITIVE: Final = words(
    "foyer loyer danger étranger léger cher hiver cancer usager ménager passager boulanger berger verger leader super",
    "manager boucher rocher clocher fer ver mer hier avenir loisir plaisir désir souvenir soir noir espoir cuir tir",
    "gendre cendre lettre moindre maître tendre ordre désordre affaire délire déboire",
)
_PARTICIPLE: Final = {"er": re.compile(r"ée?s?$"), "ir": re.compile(r"(?:[iu]e?s?|erte?s?)$")}
_PARTICIPLE["re"] = re.compile(r"(?:ue?s?|(?<!a)[iu]te?s?|(?<!a)[iu]se?s?|ainte?s?|einte?s?)$")

OTHER, INFINITIVE, PARTICIPLE, CONJUGATED = range(4)
_JOINED, _DIRECT, _NAMES, _OPENS, _GOVERNS, _ADVERBIAL, _OBJECT, _TOWARDS, _OF = (1 << i for i in range(9))


@dataclass(frozen=True)
class Phrases:
    """The phrases of some documents, and where they stand.

    Attributes
    ----------
    documents : sequence of Document
    terms : list of tuple of str
        The terms of each phrase, the phrases of one term first.
    phrase, owner, position : ndarray of int64, shape (n_occurrences,)
        Which phrase stands in which document, from which of its terms on.
    whole : ndarray of bool, shape (n_phrases,)
        False for what people do not write alone: pieces of longer phrases, words that qualify others.
    """

    documents: Sequence[Document]
    terms: list[tuple[str, ...]]
    phrase: Ints
    owner: Ints
    position: Ints
    whole: Booleans

    def counts(self) -> sparse.csr_matrix:
        """Return how often each phrase stands in each document, float64, shape (n_documents, n_phrases)."""
        ones = np.ones(len(self.phrase))
        return sparse.csr_matrix((ones, (self.owner, self.phrase)), shape=(len(self.documents), len(self.terms)))


def find_phrases(documents: Sequence[Document]) -> Phrases:
    """Return the phrases of the documents.

    Those of one term are all there; those of several stand in two documents or more.

    Parameters
    ----------
    documents : sequence of Document
        Distinct texts.
    """
    flat = _Flat.of(documents)
    usable = flat.kind != CONJUGATED
    joined = flat.has(_JOINED) & usable
    joined[1:] &= usable[:-1] & (flat.term[1:] != flat.term[:-1])
    # « entreprises payer » is two phrases, « entreprises à payer » is one.
    joined &= (flat.kind != INFINITIVE) | flat.has(_GOVERNS)
    # « revenu le citoyen » is no phrase, « taxer le revenu » is one.
    joined[1:] &= ~flat.has(_OBJECT)[1:] | (flat.kind[:-1] == INFINITIVE)
    least = 2 + len(documents) // RARE
    runs = flat.term.copy()
    terms: list[tuple[str, ...]] = [(term,) for term in flat.vocabulary]
    found = [(runs, np.ones(len(runs), dtype=bool), 1)]
    nested: list[tuple[Ints, Ints, Ints]] = []
    alive = usable
    for length in range(2, LONGEST + 1):
        starts = np.flatnonzero(alive[: max(len(runs) - length + 1, 0)])
        starts = starts[joined[starts + length - 1] & alive[starts + 1]]
        if length > 2:
            starts = starts[flat.term[starts] != flat.term[starts + length - 1]]
        keys, inverse = np.unique(runs[starts] * len(terms) + runs[starts + 1], return_inverse=True)
        pairs = np.unique(inverse * len(documents) + flat.owner[starts])
        frequent = np.bincount(pairs // max(len(documents), 1), minlength=len(keys)) >= least
        number = np.where(frequent, np.cumsum(frequent) - 1 + len(terms), -1)
        heads, tails = np.divmod(keys[frequent], len(terms))
        uses = np.bincount(inverse, minlength=len(keys))[frequent]
        nested += [(heads, number[frequent], uses), (tails, number[frequent], uses)]
        terms += [(*terms[head], terms[tail][-1]) for head, tail in zip(heads.tolist(), tails.tolist(), strict=True)]
        runs = np.full(len(flat.term), -1, dtype=np.int64)
        runs[starts] = number[inverse]
        alive = runs >= 0
        found.append((runs, alive, length))
        if not alive.any():
            break
    return _collect(documents, flat, terms, found, nested)


def _collect(
    documents: Sequence[Document],
    flat: _Flat,
    terms: list[tuple[str, ...]],
    found: list[tuple[Ints, Booleans, int]],
    nested: list[tuple[Ints, Ints, Ints]],
) -> Phrases:
    """Keep the occurrences that are phrases, and say of each phrase whether it stands alone."""
    phrase, place, last = [], [], []
    for runs, alive, length in found:
        starts = np.flatnonzero(alive & (runs >= 0))
        phrase.append(runs[starts])
        place.append(starts)
        last.append(starts + length - 1)
    numbers, first, final = (np.concatenate(parts) for parts in (phrase, place, last))

    def share(marked: Booleans, among: Booleans) -> npt.NDArray[np.float64]:
        total = np.bincount(numbers, among, minlength=len(terms))
        part = np.bincount(numbers, among & marked, minlength=len(terms))
        return np.asarray(np.divide(part, total, out=np.full(len(terms), np.nan), where=total > 0))

    names, direct, opens = (flat.has(bit)[first] for bit in (_NAMES, _DIRECT, _OPENS))
    follows = np.zeros(len(flat.term) + 1, dtype=bool)
    follows[:-1] = flat.has(_DIRECT | _OF) & (flat.kind != INFINITIVE) & (flat.kind != CONJUGATED)
    kind = flat.kind[first]
    every = kind != CONJUGATED
    verb = share(kind == INFINITIVE, every) > 0.5
    qualifies = share(direct, every) >= MOSTLY_QUALIFIES
    cut_short = share(follows[final + 1], every) >= MOSTLY_CUT
    named = np.nan_to_num(share(names, every & ~opens), nan=1.0) >= NAMED
    adverbial = share(flat.has(_ADVERBIAL)[first], every) >= MOSTLY_QUALIFIES
    # « citoyens aux décisions » is a piece of « associer les citoyens aux décisions ».
    verb_before = np.zeros(len(flat.term), dtype=bool)
    verb_before[1:] = (flat.kind[:-1] != OTHER) & (flat.owner[1:] == flat.owner[:-1])
    second = np.minimum(first + 1, final)
    torn = share(verb_before[first] & flat.has(_JOINED)[first] & flat.has(_TOWARDS)[second] & (final > first), every)
    # « montant payé » waits for what follows, « payé » for what went before.
    participle = share((kind == PARTICIPLE) | (flat.kind[final] == PARTICIPLE), every) > MOSTLY_QUALIFIES
    used = np.bincount(numbers, every, minlength=len(terms)) > 0
    whole = used & ~cut_short & ~participle & (verb | (named & ~qualifies & ~adverbial & ~(torn >= MOSTLY_QUALIFIES)))
    uses = np.bincount(numbers, minlength=len(terms))
    for inner, outer, n in nested:
        whole[inner[(n >= MOSTLY_CUT * uses[inner]) & whole[outer]]] = False
    return Phrases(documents, terms, numbers, flat.owner[first], flat.position[first], whole)


@dataclass(frozen=True)
class _Flat:
    """All terms of all documents, one after the other, with what stands before each."""

    vocabulary: list[str]
    term: Ints
    owner: Ints
    position: Ints
    kind: npt.NDArray[np.int8]
    gap: npt.NDArray[np.int16]

    @classmethod
    def of(cls, documents: Sequence[Document]) -> _Flat:
        vocabulary = sorted({term for document in documents for term in document.terms})
        index = {term: i for i, term in enumerate(vocabulary)}
        term: list[int] = []
        kind: list[int] = []
        gap: list[int] = []
        for document in documents:
            text, end = document.text, 0
            for name, start, stop in zip(document.terms, document.starts, document.ends, strict=True):
                term.append(index[name])
                kind.append(kind_of(text[start:stop], name))
                gap.append(_gap(text[max(end, start - _GAP) : start], end == 0 or start - end > _GAP))
                end = stop
        lengths = np.asarray([len(document.terms) for document in documents], dtype=np.int64)
        owner = np.repeat(np.arange(len(documents)), lengths)
        position = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return cls(
            vocabulary,
            np.asarray(term, dtype=np.int64),
            owner,
            position,
            np.asarray(kind, dtype=np.int8),
            np.asarray(gap, dtype=np.int16),
        )

    def has(self, bit: int) -> Booleans:
        return (self.gap & bit) > 0


@lru_cache(maxsize=200_000)
def kind_of(form: str, term: str) -> int:
    """Say whether a form of a term is an infinitive, a participle, a conjugated verb, or no verb (OTHER)."""
    if not is_infinitive(term):
        return OTHER
    lower = form.lower()
    if lower == term or lower.endswith(("er", "ir", "re")):
        return INFINITIVE
    if lower in (f"{term}s", f"{term[:-2]}ère", f"{term[:-2]}ères"):
        return OTHER  # « particuliers », « étrangère »
    return PARTICIPLE if _PARTICIPLE[term[-2:]].search(lower) else CONJUGATED


def is_infinitive(term: str) -> bool:
    """Say whether a lemma is an infinitive."""
    if not term.endswith(_INFINITIVE) or term in _NOT_INFINITIVE:
        return False
    return not term.endswith("ier") or term.endswith("fier") or term in _INFINITIVE_IN_IER


@lru_cache(maxsize=200_000)
def _gap(between: str, cut: bool) -> int:
    """Return what stands before a term, as bits; `cut` when it is not known to start at another term."""
    lower = between.lower()
    found = _WORD.findall(lower)
    stops = _STOPS.search(lower) is not None or "\n" in lower
    linking = found == ["et"] or (len(found) <= 3 and all(word in _LINKS for word in found))
    joined = not cut and not stops and bool(lower) and linking
    of_verbs = joined and bool(found) and found != ["et"] and not any(word in _GOVERNING for word in found)
    direct = joined and not found
    opens = not found and (stops or cut)
    last = [word for word in found if word not in ("plus", "moins")][-1:] if len(found) > 1 else found
    names = not stops and bool(last) and last[0] in _NOMINAL
    adverbial = names and found[-1] in _BARE
    governs = bool(found) and any(word in _BEFORE_INFINITIVE for word in found)
    bits = {
        _JOINED: joined,
        _DIRECT: direct,
        _NAMES: names,
        _OPENS: opens,
        _GOVERNS: governs,
        _ADVERBIAL: adverbial,
        _OBJECT: of_verbs,
        _OF: joined and bool(found) and found[0] in _OF_WORDS,
        _TOWARDS: bool(found) and found[0] in _TOWARDS_WORDS,
    }
    return sum(bit for bit, true in bits.items() if true)
