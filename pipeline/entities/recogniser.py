"""The stock French recogniser: what spaCy's model takes for a name."""

from __future__ import annotations

from typing import Final

from pipeline import language
from pipeline.entities.spans import Span

_LABELS: Final = frozenset(("ORG", "PER", "LOC", "MISC"))


def model_spans(texts: list[str]) -> list[list[Span]]:
    """Return, for each text, the entities that the model finds, in order; offsets are those of the texts as given."""
    found: list[list[Span]] = []
    for batch in language.batches(texts):
        for text, entities in zip(batch, language.recogniser().entities(batch), strict=True):
            found.append(
                [
                    Span(entity.start, entity.end, entity.label, text[entity.start : entity.end])
                    for entity in entities
                    if entity.label in _LABELS
                ]
            )
    return found
