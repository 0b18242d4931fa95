"""Cut an analysed text into segments (unités de sens): sentences, and lines of a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass
class Segment:
    """A unité de sens of one text; offsets count characters of that text.

    ``tokens`` holds a dictionary a token: text, start, end, lemma, pos. White space is no token.
    """

    start: int
    end: int
    tokens: list[dict[str, Any]] = field(default_factory=list)

    @property
    def has_letter(self) -> bool:
        return any(c.isalpha() for token in self.tokens for c in token["text"])


def segments_of(doc: Doc, text: str, offset: int = 0) -> list[Segment]:
    """Return the segments of `doc` in order; each token that is not white space belongs to exactly one.

    Parameters
    ----------
    doc : Doc
        Analysis of ``language.plain(text)``, with sentence starts.
    text : str
        The text as received, which tokens are quoted from.
    offset : int
        Where `text` starts in the whole answer.
    """
    found: list[Segment] = []
    new_line = True
    for token in doc:
        if token.is_space:
            new_line = new_line or "\n" in token.text or "\r" in token.text
            continue
        start, end = token.idx, token.idx + len(token.text)
        if new_line or token.is_sent_start or not found:
            found.append(Segment(start + offset, end + offset))
            new_line = False
        found[-1].end = end + offset
        found[-1].tokens.append(
            {
                "text": text[start:end],
                "start": start + offset,
                "end": end + offset,
                "lemma": token.lemma_ or token.lower_,
                "pos": token.pos_ or "X",
            }
        )
    return _join_letterless(found)


def _join_letterless(segments: list[Segment]) -> list[Segment]:
    # "1." or "-" opens the line that follows; "!!!" or ")" closes the one before.
    joined: list[Segment] = []
    opening: Segment | None = None
    for segment in segments:
        if opening is not None:
            segment = _join(opening, segment)
            opening = None
        if segment.has_letter:
            joined.append(segment)
        elif joined and not segment.tokens[0]["text"][0].isdigit():
            joined[-1] = _join(joined[-1], segment)
        else:
            opening = segment
    if opening is not None:
        if joined:
            joined[-1] = _join(joined[-1], opening)
        else:
            joined.append(opening)
    return joined


def _join(first: Segment, second: Segment) -> Segment:
    return Segment(first.start, second.end, first.tokens + second.tokens)
