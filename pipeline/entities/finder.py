"""Recognise the named entities of texts: register and model, merged. Pure: texts in, spans out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pipeline.entities.corrected import Corrections
from pipeline.entities.local_bodies import LocalBodies
from pipeline.entities.matcher import RegisterMatcher
from pipeline.entities.merge import Known, merge
from pipeline.entities.recogniser import model_spans
from pipeline.entities.register import load_register, register_files
from pipeline.entities.spans import Span
from pipeline.entities.trained import trained_spans


def recognise(
    texts: list[str],
    *,
    register: str | Path | None = None,
    use_model: bool = True,
    spelt_out: Mapping[str, str] | None = None,
    trained: Path | None = None,
    corrected: Corrections | None = None,
) -> list[list[Span]]:
    """Return, for each text, its named entities in order, none overlapping another.

    Parameters
    ----------
    texts : list of str
        Any texts; one that comes several times is read once.
    register : path, optional
        A register of your own (CSV), instead of the one that ships.
    use_model : bool
        With False only the register is asked: fast, and without persons and places.
    spelt_out : mapping of str to str, optional
        The organisation id of each acronym that the corpus spells out (`pipeline.entities.spelt_out.learn`).
    trained : path, optional
        Folder of a trained recogniser, asked for organisations too; persons and places are the stock model's.
    corrected : Corrections, optional
        What people taught of names.

    Returns
    -------
    list of list of Span
        ``text[span.start:span.end] == span.surface`` for each span.
    """
    known = replace(knowledge(register), spelt_out=spelt_out or {}, corrected=corrected or Corrections())
    distinct = list(dict.fromkeys(texts))
    by_model = model_spans(distinct) if use_model else [[] for _ in distinct]
    if trained is not None:
        for spans, more in zip(by_model, trained_spans(distinct, trained), strict=True):
            spans += [span for span in more if span.label == "ORG"]
    found = {text: merge(text, known, spans) for text, spans in zip(distinct, by_model, strict=True)}
    return [found[text] for text in texts]


def knowledge(register: str | Path | None = None) -> Known:
    """Return a register ready to search; it is read again only when its files have changed."""
    return _knowledge(None if register is None else str(register), register_files(register).key)


@lru_cache(maxsize=2)
def _knowledge(register: str | None, key: str) -> Known:
    loaded = load_register(register_files(register))
    return Known(RegisterMatcher(loaded), LocalBodies(loaded))
