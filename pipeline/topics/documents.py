"""A segment as the topic stage sees it: its text, and its terms with the place of each."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from pipeline import language
from pipeline.language.terms import term_of


@dataclass(frozen=True)
class Document:
    """Terms of one text. ``text[starts[i]:ends[i]]`` is what stands in the text for ``terms[i]``.

    ``cuts`` are the places among the terms where a segment after the first begins, where the text was cut into some.
    """

    text: str
    terms: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    cuts: tuple[int, ...] = ()

    def surface(self, position: int) -> str:
        """Return the word of the text that a term stands for."""
        return self.text[self.starts[position] : self.ends[position]]

    def keep(self, words: Container[str]) -> Document:
        """Return the document with only those terms that are in `words`."""
        kept = [i for i, term in enumerate(self.terms) if term in words]
        before = [0, *accumulate(term in words for term in self.terms)]
        return Document(
            self.text,
            tuple(self.terms[i] for i in kept),
            tuple(self.starts[i] for i in kept),
            tuple(self.ends[i] for i in kept),
            tuple(before[cut] for cut in self.cuts),
        )

    def segments(self) -> list[tuple[str, ...]]:
        """Return the terms of each segment that has any; of the whole text where it was not cut."""
        bounds = (0, *self.cuts, len(self.terms))
        return [self.terms[first:last] for first, last in pairwise(bounds) if last > first]


def document(text: str, tokens: Sequence[tuple[str, str, int, int]]) -> Document:
    """Return the document of a text from its tokens (form, lemma, start, end), offsets within `text`."""
    kept = [(term, start, end) for form, lemma, start, end in tokens if (term := term_of(form, lemma))]
    terms, starts, ends = zip(*kept, strict=True) if kept else ((), (), ())
    return Document(text, tuple(terms), tuple(starts), tuple(ends))


def terms_asked(wordings: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the terms of the wording of each question: what all answers to it may say."""
    analysed = zip(wordings.items(), language.tokens_of(list(wordings.values())), strict=True)
    return {question: frozenset(document(wording, tokens).terms) for (question, wording), tokens in analysed}
