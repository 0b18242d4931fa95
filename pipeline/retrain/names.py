"""What people said of names, gathered for the entities stage to learn: only what they said in one voice."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from pipeline.dataset.names import is_ordinary
from pipeline.entities.corrected import CorrectedName, Corrections, hash_of
from pipeline.entities.folding import fold
from pipeline.entities.linker import local_id
from pipeline.review.mentions import MentionEdit, ReviewedMentions

LEAST_ANSWERS: Final = 2
"""Answers in which a word without a capital must be marked, or a mention deleted, to hold in all."""
_NOTHING: Final = ("", None)
_PERSON: Final = "PER"


def corrections_of(reviewed: ReviewedMentions) -> Corrections:
    """Return what corrected mentions teach of other answers.

    A name of which people said two things teaches nothing, and names of persons are not kept.
    """
    said: dict[str, dict[tuple[str, str | None], set[str]]] = defaultdict(lambda: defaultdict(set))
    written: dict[str, list[str]] = defaultdict(list)
    for root, edits in reviewed.edits.items():
        for edit in edits:
            for surface, what in _told(edit):
                said[fold(surface)][what].add(root)
                written[fold(surface)].append(surface)
    names = []
    nothing = set()
    for folded, kinds in said.items():
        if len(kinds) > 1 or not folded:
            continue
        (label, organisation_id), answers = next(iter(kinds.items()))
        surface = min(written[folded], key=lambda one: (not any(map(str.isupper, one)), one))
        enough = len(answers) >= LEAST_ANSWERS
        if (label, organisation_id) == _NOTHING:
            if enough:
                nothing.add(hash_of(folded))
        elif label != _PERSON and (enough or _is_a_name(surface)):
            names.append(CorrectedName(surface, label, organisation_id))
    spelt = {
        fold(surface): (key, surface)
        for key, found in reviewed.spellings.items()
        for surface in found
        if reviewed.aliases.get(fold(surface)) == key
    }
    names = [name for name in names if fold(name.surface) not in spelt]
    names += [CorrectedName(surface, "ORG", key) for key, surface in spelt.values()]
    return Corrections(tuple(sorted(names)), frozenset(nothing))


def _is_a_name(surface: str) -> bool:
    """Say whether a surface is one wherever it stands: several words, or a capital on what is no French word."""
    return " " in fold(surface) or (any(map(str.isupper, surface)) and not is_ordinary(surface))


def _told(edit: MentionEdit) -> list[tuple[str, tuple[str, str | None]]]:
    """Return the surfaces of an edit with the label and organisation that they have now."""
    before, after = edit.text[edit.start : edit.end], edit.text[edit.new_start : edit.new_end]
    if edit.label is None:
        return [(before, _NOTHING)]
    linked = (edit.organisation_id or local_id(after)) if edit.label == "ORG" else None
    if edit.organisation_id == "" and edit.label == "ORG":
        linked = None  # a person said that it is none of those that are known
    found: list[tuple[str, tuple[str, str | None]]] = [(after, (edit.label, linked))]
    if fold(before) != fold(after):
        found.append((before, _NOTHING))
    return found
