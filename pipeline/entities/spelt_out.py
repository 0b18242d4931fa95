"""Organisations that the texts spell out themselves: an acronym and its expansion, learned for this corpus."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.entities.folding import fold
from pipeline.entities.linker import local_id, register_id
from pipeline.entities.matcher import RegisterMatcher
from pipeline.entities.pairs import PairCounts, find_known, find_pairs, without_dots
from pipeline.entities.spans import Span
from pipeline.entities.vocabulary import GENERIC, SPELT_OUT


def learn(counts: PairCounts, matcher: RegisterMatcher) -> dict[str, str]:
    """Return the organisation id of each acronym that the texts spell out and the register does not know.

    Parameters
    ----------
    counts : PairCounts
        From all the texts of the corpus.
    matcher : RegisterMatcher
        What the register knows; the id is the register's where it knows the expansion.

    Returns
    -------
    dict of str to str
        By the acronym as it is written, without dots.
    """
    learned = {}
    for short, long in counts.expansions().items():
        if _is_name(short, long, matcher) and _known(short, matcher) is None:
            learned[short] = _known(long, matcher) or local_id(long)
    return learned


def find_spelt_out(text: str, matcher: RegisterMatcher, learned: Mapping[str, str]) -> list[Span]:
    """Return the acronyms that were learned, and both parts of each pair that names an organisation.

    Both parts of a pair have the same id: the register's where it knows one of them.
    """
    found = [
        Span(start, end, "ORG", text[start:end], organisation_id, "register", 1.0)
        for start, end, organisation_id in find_known(text, learned)
    ]
    for pair in find_pairs(text):
        short, long = text[pair.short_start : pair.short_end], text[pair.long_start : pair.long_end]
        if _is_name(short, long, matcher):
            identifier = _known(short, matcher) or _known(long, matcher) or local_id(long)
            found.append(Span(pair.long_start, pair.long_end, "ORG", long, identifier, "register", 1.0))
            found.append(Span(pair.short_start, pair.short_end, "ORG", short, identifier, "register", 1.0))
    return found


def _is_name(short: str, long: str, matcher: RegisterMatcher) -> bool:
    words = fold(long).split()
    denied = matcher.register.not_organisations
    if fold(without_dots(short)) in denied or " ".join(words) in denied:
        return False
    return words[0] in SPELT_OUT and not all(word in GENERIC for word in words)


def _known(name: str, matcher: RegisterMatcher) -> str | None:
    """Return the id of the organisation of the register that a whole name names."""
    for match in matcher.find(name):
        if match.start == 0 and match.end == len(name):
            return register_id(match.organisation_id)
    return None
