"""spaCy: DocBin files for `spacy train`, with mentions as entities and themes as categories.

A document has a value for each theme of its own question, and none for those of other questions: spaCy leaves what has
no value out of the loss and of the figures, so that a theme is not learned to be wrong where nobody could have it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as SpacySpan

from pipeline.export.source import Source
from pipeline.export.tasks import LABELS, Option, Span, Tasks, Themes

SEED: Final = 0
DEV_SHARE: Final = 0.2
MISALIGNED: Final = "misaligned"
"""Spans of a document that do not start and end with a token, made as long as its tokens."""


def write(source: Source, folder: Path) -> None:
    """Write train.spacy, dev.spacy, and about.json with the names of the labels and what was counted."""
    tasks, themes = Tasks(source), Themes(source)
    language = spacy.blank("fr")
    language.max_length = sys.maxsize  # what is long is long to parse, and nothing is parsed
    # Nothing else is kept of a token: 300,000 answers are to fit into memory.
    files = {name: DocBin(attrs=["ENT_IOB", "ENT_TYPE"]) for name in ("train", "dev")}
    groups: set[str] = set()
    cats: dict[tuple[str, frozenset[str]], dict[str, float]] = {}
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for task in tasks:
        if task.copy_group_id is not None:
            if task.copy_group_id in groups:
                counts["near_copies"] += 1  # on the other side of the split, they would tell the answer
                continue
            groups.add(task.copy_group_id)
        found = frozenset(topic["theme_id"] for topic in task.topics)
        key = (task.question_id, found)
        if key not in cats:
            offered = themes.of(task.question_id)
            options = [*offered, *(themes.option(topic) for topic in task.topics)]
            names |= {topic.topic_id: topic.name for topic in options if topic.topic_id == topic.theme_id}
            cats[key] = _categories(options, found)
        doc = document(language, task.text, task.spans)
        doc.cats = cats[key]  # the same object for many: most of them are equal
        side = side_of(task.contribution_id)
        files[side].add(doc)
        counts[side] += 1
        counts["mentions"] += len(task.spans)
        counts["entities"] += len(doc.ents)
        counts[MISALIGNED] += len(task.spans) - len(doc.ents)
    for name, docs in files.items():
        docs.to_disk(folder / f"{name}.spacy")
    _about(folder / "about.json", counts, tasks.left_out, names)


def side_of(contribution_id: str) -> str:
    """Return "train" or "dev": the same for all answers of a contribution, and in every run."""
    digest = hashlib.sha256(f"{SEED}:{contribution_id}".encode()).digest()
    return "dev" if int.from_bytes(digest[:8], "big") < DEV_SHARE * 2**64 else "train"


def _categories(options: Iterable[Option], found: frozenset[str]) -> dict[str, float]:
    return {theme: float(theme in found) for theme in dict.fromkeys(one.theme_id for one in options)}


def _about(path: Path, counts: Counter[str], left_out: Counter[str], names: dict[str, str]) -> None:
    content: dict[str, Any] = {
        "language": "fr",
        "split": {"by": "contribution_id", "seed": SEED, "dev_share": DEV_SHARE},
        "documents": {side: counts[side] for side in ("train", "dev")},
        "left_out": {key: left_out[key] for key in sorted(left_out) if left_out[key] and key != "overlapping"}
        | {"near_copy": counts["near_copies"]},
        "mentions": {
            "given": counts["mentions"] + left_out["overlapping"],
            "entities": counts["entities"],
            MISALIGNED: counts[MISALIGNED],
            "overlapping": left_out["overlapping"],
        },
        "entity_labels": list(LABELS),
        "categories": dict(sorted(names.items())),
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def document(language: Language, text: str, spans: Iterable[Span] = ()) -> Doc:
    """Return the document of `text` with `spans`, which do not overlap, as entities.

    One that does not start and end with a token is among ``doc.spans["misaligned"]`` instead, and what its tokens are
    is left unsaid: nothing is to be learned from them.
    """
    doc = language.make_doc(text)
    if given := list(spans):
        _set_entities(doc, given)
    return doc


def _set_entities(doc: Doc, spans: list[Span]) -> None:
    entities: list[SpacySpan] = []
    unsaid: list[SpacySpan] = []
    taken: set[int] = set()
    for span in spans:
        found = doc.char_span(span.start, span.end, label=span.label)
        if found is not None:
            entities.append(found)
            taken.update(range(found.start, found.end))
        else:
            whole = doc.char_span(span.start, span.end, label=span.label, alignment_mode="expand")
            if whole is not None:  # a blank between two tokens is in none
                unsaid.append(whole)
    missing = [
        SpacySpan(doc, place, place + 1)
        for span in unsaid
        for place in range(span.start, span.end)
        if place not in taken
    ]
    doc.set_ents(entities, missing=list({span.start: span for span in missing}.values()), default="outside")
    if unsaid:
        doc.spans[MISALIGNED] = unsaid
