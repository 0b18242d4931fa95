"""Recognise the named entities of texts: register and model, merged. Pure: texts in, spans out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipeline.entities.local_bodies import LocalBodies
from pipeline.entities.matcher import RegisterMatcher
from pipeline.entities.merge import merge
from pipeline.entities.recogniser import model_spans
from pipeline.entities.register import load_register, register_files
from pipeline.entities.spans import Span


def recognise(texts: list[str], *, register: str | Path | None = None, use_model: bool = True) -> list[list[Span]]:
    """Return, for each text, its named entities in order, none overlapping another.

    Parameters
    ----------
    texts : list of str
        Any texts; one that comes several times is read once.
    register : path, optional
        A register of your own (CSV), instead of the one that ships.
    use_model : bool
        With False only the register is asked: fast, and without persons and places.

    Returns
    -------
    list of list of Span
        ``text[span.start:span.end] == span.surface`` for each span.
    """
    matcher, bodies = searcher(register)
    distinct = list(dict.fromkeys(texts))
    by_model = model_spans(distinct) if use_model else [[] for _ in distinct]
    found = {text: merge(text, matcher, bodies, spans) for text, spans in zip(distinct, by_model, strict=True)}
    return [found[text] for text in texts]


def searcher(register: str | Path | None = None) -> tuple[RegisterMatcher, LocalBodies]:
    """Return a register ready to search; it is read again only when its files have changed."""
    files = register_files(register)
    return _searcher(None if register is None else str(register), files.key)


@lru_cache(maxsize=2)
def _searcher(register: str | None, key: str) -> tuple[RegisterMatcher, LocalBodies]:
    loaded = load_register(register_files(register))
    return RegisterMatcher(loaded), LocalBodies(loaded)
