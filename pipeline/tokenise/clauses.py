"""Cut a long sentence before a clause that is a proposal or an argument of its own, as its parts of speech show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.resources import words

LONG: Final = 25
"""Words from which a sentence is cut into clauses."""

_LEAST_WORDS: Final = 4  # on either side of a cut
_VERBS: Final = frozenset(("VERB", "AUX"))
_PARTICIPLE_ENDINGS: Final = ("é", "ée", "és", "ées", "u", "ue", "us", "ues", "ant", "i", "ie", "is", "ies")
_LINKS: Final = words("et mais donc puis alors ensuite aussi enfin ou")
_STRONG_LINKS: Final = words("mais donc puis ensuite alors")
_SUBJECTS: Final = words("je j' tu il elle on nous vous ils elles ce c' cela ça")
_OPEN: Final = words(
    "si s' quand lorsque lorsqu' pour afin comme puisque puisqu' parce dès tant tandis alors en dans avec",
    "sans malgré après avant depuis concernant selon à au aux pendant lors suite étant face sur par sous",
)
_DETERMINERS: Final = words("le la les l' un une des du ce cet cette ces mon ma mes notre nos leur leurs chaque tout")


class Word(NamedTuple):
    """A token of a sentence: its form in lower case, its part of speech, where it starts."""

    form: str
    part_of_speech: str
    start: int


def clause_starts(sentence: Sequence[Word]) -> list[int]:
    """Return where the clauses of a long sentence start, but for the first.

    Parameters
    ----------
    sentence : sequence of Word
        The tokens of one sentence, punctuation included.

    Returns
    -------
    list of int
        Characters, as in ``Word.start``.
    """
    starts: list[int] = []
    last = 0
    for place in range(_LEAST_WORDS, len(sentence) - _LEAST_WORDS):
        opens = _opens_clause(sentence, place)
        if opens and place - last > _LEAST_WORDS and _stands_alone(sentence[last:place]):
            starts.append(sentence[place].start)
            last = place
    return starts


def _opens_clause(sentence: Sequence[Word], place: int) -> bool:
    before, word = sentence[place - 1], sentence[place]
    comma = before.form in (",", ")")
    head = place + 1 if word.form in _LINKS else place
    if word.form in _STRONG_LINKS or (comma and word.form in _LINKS):
        return _starts_with_verb(sentence, head)
    return comma and _starts_with_verb(sentence, place)


def _starts_with_verb(sentence: Sequence[Word], place: int) -> bool:
    """Say whether a subject and its verb, or an infinitive, stand at `place`."""
    sentence = sentence[place : place + 6]
    if not sentence:
        return False
    first = sentence[0]
    if _is_verb(first):
        return first.form.endswith(("er", "ir", "re", "oir", "ons", "ez")) and len(first.form) > 3
    if first.form in _SUBJECTS:
        return any(word.part_of_speech in _VERBS for word in sentence[1:4])
    if first.form in _DETERMINERS and len(sentence) > 2:  # « la France a », « les jeunes gens sont »
        nouns = 2 if sentence[1].part_of_speech == "ADJ" and len(sentence) > 3 else 1
        verb = sentence[nouns + 1]
        noun = sentence[nouns].part_of_speech in ("NOUN", "PROPN")
        return noun and verb.part_of_speech in _VERBS and not verb.form.endswith(_PARTICIPLE_ENDINGS)
    return False


def _is_verb(word: Word) -> bool:
    return word.part_of_speech in _VERBS


def _stands_alone(sentence: Sequence[Word]) -> bool:
    if sentence[0].form in _OPEN or any(word.form.endswith("ant") and _is_verb(word) for word in sentence[:3]):
        return False  # « n'étant pas sur place, … »
    return any(_is_verb(word) for word in sentence) and (
        sum(word.part_of_speech != "PUNCT" for word in sentence) >= _LEAST_WORDS
    )
