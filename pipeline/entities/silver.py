"""Silver data: what the register is sure of and the stock model does not contradict, to train a recogniser on.

A recogniser that saw the names of the register would learn these names, which the register finds anyway; so half of
them are replaced by other names of the register, of the same form, and it has to learn what stands around a name.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.entities.finder import knowledge
from pipeline.entities.folding import fold
from pipeline.entities.merge import Known, merge
from pipeline.entities.recogniser import model_spans
from pipeline.entities.register import Register
from pipeline.entities.spans import Span

_OTHERS: Final = ("PER", "LOC")  # what the model calls MISC is mostly none
_REPLACED: Final = 0.5  # share of the names that are replaced
_WITHOUT: Final = 0.5  # texts without any name, for each text with one


@dataclass(frozen=True)
class Example:
    """A text with its names: start, end (characters, end exclusive) and label."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def silver_examples(
    texts: Iterable[str], *, register: str | None = None, seed: int = 0, limit: int | None = None
) -> list[Example]:
    """Return examples from texts where the register and the stock model do not contradict each other.

    Parameters
    ----------
    texts : iterable of str
        Answers; each distinct one is used once.
    register : str, optional
        Path of a register, instead of the one that ships.
    seed : int
        Of what is drawn and replaced.
    limit : int, optional
        How many examples at the most; they are drawn.

    Returns
    -------
    list of Example
        Texts that hold an organisation, half as many with other names only, and half as many again without any.
    """
    drawn = random.Random(seed)
    known = knowledge(register)
    distinct = sorted(set(texts))
    drawn.shuffle(distinct)
    replacements = _by_form(known.matcher.register)
    with_organisation: list[Example] = []
    others: list[Example] = []
    empty: list[Example] = []
    for first in range(0, len(distinct), 2000):
        batch = distinct[first : first + 2000]
        for text, by_model in zip(batch, model_spans(batch), strict=True):
            spans = merge(text, known, by_model)
            if _contradicted(spans, by_model):
                continue
            spans = [span for span in spans if span.label == "ORG" or _is_other_name(span, known)]
            labels = {span.label for span in spans}
            if "ORG" in labels:
                with_organisation.append(_replaced(text, spans, replacements, drawn))
            else:
                kept = tuple((span.start, span.end, span.label) for span in spans)
                (others if kept else empty).append(Example(text, kept))
        if limit is not None and len(with_organisation) >= limit // 2:
            break
    half = len(with_organisation) // 2
    found = with_organisation + others[:half] + empty[: int(_WITHOUT * len(with_organisation))]
    drawn.shuffle(found)
    return found[:limit]


def docs(examples: Sequence[Example]) -> Iterator[Any]:
    """Yield examples as spaCy Docs with entities; a span that cuts a token is left out."""
    import spacy

    nlp = spacy.blank("fr")
    for example in examples:
        doc = nlp.make_doc(example.text)
        spans = [doc.char_span(start, end, label=label) for start, end, label in example.spans]
        doc.set_ents([span for span in spans if span is not None])
        yield doc


def _is_other_name(span: Span, known: Known) -> bool:
    return span.label in _OTHERS and fold(span.surface) not in known.matcher.register.not_organisations


def _contradicted(spans: Sequence[Span], by_model: Sequence[Span]) -> bool:
    """Say whether the model takes something for an organisation that is kept as nothing or as something else."""
    kept = [span for span in spans if span.label == "ORG"]
    claims = [span for span in by_model if span.label == "ORG"]
    unsure = [span for span in kept if span.source == "model"]
    return bool(unsure) or any(
        not any(span.start < claim.end and claim.start < span.end for span in kept) for claim in claims
    )


def _form(name: str) -> str:
    if name.isupper() and len(name) < 9:
        return "acronym"
    return ("lower" if name[:1].islower() else "capital") + (" words" if " " in name else "")


def _by_form(register: Register) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for organisation in register.organisations.values():
        for name in dict.fromkeys((organisation.name, organisation.acronym)):
            if name and not re.match(r"(?:la|le|les|l['’])\b", name, re.IGNORECASE):
                found[_form(name)].append(name)
                found[_form(name.lower())].append(name.lower())
    return dict(found)


def _replaced(text: str, spans: Sequence[Span], replacements: dict[str, list[str]], drawn: random.Random) -> Example:
    pieces: list[str] = []
    moved: list[tuple[int, int, str]] = []
    at = length = 0
    for span in spans:
        pieces.append(text[at : span.start])
        length += span.start - at
        surface = span.surface
        choices = replacements.get(_form(surface), [])
        # « la mairie », « l'URSSAF »: a name that begins with a vowel takes the place of one that does.
        choices = [one for one in choices if _vowel(one) == _vowel(surface)]
        if span.label == "ORG" and choices and drawn.random() < _REPLACED:
            surface = drawn.choice(choices)
        moved.append((length, length + len(surface), span.label))
        pieces.append(surface)
        length += len(surface)
        at = span.end
    pieces.append(text[at:])
    return Example("".join(pieces), tuple(moved))


def _vowel(name: str) -> bool:
    return name[:1].lower() in "aàâeéèêëhiîïoôuùûy"
