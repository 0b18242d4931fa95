"""The stock French recogniser: what spaCy's model takes for a name."""

from __future__ import annotations

from typing import Final

from pipeline import language
from pipeline.entities.spans import Span

_LABELS: Final = frozenset(("ORG", "PER", "LOC", "MISC"))
_BATCH: Final = 256


def model_spans(texts: list[str]) -> list[list[Span]]:
    """Return, for each text, the entities that the model finds, in order.

    Offsets are those of the texts as given; what is too long for one analysis is read in pieces.
    """
    nlp = language.recogniser()
    cut = [(index, offset, piece) for index, text in enumerate(texts) for offset, piece in language.pieces(text)]
    found: list[list[Span]] = [[] for _ in texts]
    with nlp.memory_zone():  # no Doc leaves it: only plain spans do
        plain = (language.plain(piece) for _, _, piece in cut)
        for (index, offset, _), doc in zip(cut, nlp.pipe(plain, batch_size=_BATCH), strict=True):
            for entity in doc.ents:
                start, end = entity.start_char + offset, entity.end_char + offset
                if entity.label_ in _LABELS:
                    found[index].append(Span(start, end, str(entity.label_), texts[index][start:end]))
    return found
