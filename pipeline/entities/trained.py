"""A recogniser trained here, as it is on disk: a folder that spaCy wrote, every file of it with its sum."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pipeline import bundles, errors
from pipeline.entities.spans import Span

KIND: Final = "spacy"
FOLDER: Final = "recogniser"
_LABELS: Final = frozenset(("ORG", "PER", "LOC", "MISC"))


def load(folder: Path) -> Any:
    """Return the spaCy pipeline of a trained recogniser, after checking every file.

    Raises
    ------
    DoleancesError
        E302 when a file is missing, changed, or no such model, E303 when the schema is newer.
    """
    bundles.read_manifest(folder, KIND)
    import spacy

    try:
        nlp: Any = spacy.load(folder / FOLDER)
        labels = set(nlp.get_pipe("ner").labels)
    except Exception as error:  # spaCy, srsly and thinc each have their own for a damaged file
        raise errors.usage("E302", path=folder, detail=f"{type(error).__name__}: {error}") from None
    if not labels <= _LABELS:
        raise errors.usage("E302", path=folder, detail=f"labels {', '.join(sorted(labels))}")
    return nlp


@lru_cache(maxsize=1)
def _loaded(folder: str, key: str) -> Any:
    return load(Path(folder))


def trained_spans(texts: list[str], folder: Path) -> list[list[Span]]:
    """Return, for each text, the entities that a trained recogniser finds, in order."""
    nlp = _loaded(str(folder), (folder / bundles.MANIFEST).read_text(encoding="utf-8"))
    found = []
    for text, doc in zip(texts, nlp.pipe(texts, batch_size=256), strict=True):
        spans = [(entity.start_char, entity.end_char, entity.label_) for entity in doc.ents]
        found.append([Span(start, end, label, text[start:end]) for start, end, label in spans])
    return found
