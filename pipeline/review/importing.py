"""Corrected annotation files → decisions: what a person changed in an answer, and what a person looked at and kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from pipeline import errors
from pipeline.errors import Problem
from pipeline.export.corrected import Corrected, Row, Skipped, Wrong, WrongRow
from pipeline.export.tasks import Span
from pipeline.review import decisions as log
from pipeline.review.decisions import Decision, Target
from pipeline.review.known import Known, KnownAnswer, Mention, known_answers
from pipeline.workspace import Workspace

READERS: Final = {"prodigy": "prodigy", "label-studio": "label_studio", "doccano": "doccano"}
"""Formats that come back, and the module of `pipeline.export` whose function `corrected` reads them."""


@dataclass(frozen=True)
class Imported:
    """What came of a file.

    Parameters
    ----------
    decisions : Counter
        Decisions that were added, by action.
    rows : Counter
        Rows: "taken", "already_imported", "rejected", "ignored", "not_reviewed", "wrong".
    problems : tuple of Problem
        A line for each row, and each line of the log, that could not be read.
    """

    decisions: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    problems: tuple[Problem, ...] = ()


def import_file(workspace: Workspace, name: str, path: Path, author: str) -> Imported:
    """Add what people corrected in a file to the decisions of a workspace that is locked by the caller.

    Parameters
    ----------
    workspace : Workspace
        Where the file came from: a dataset is there.
    name : str
        One of READERS.
    path : Path
        What the tool exported.
    author : str
        Who made the corrections; where the tool names several people for one task, their names are added to it.

    Raises
    ------
    DoleancesError
        When there is no such format (E420), no author (E424), no dataset (E425), or the file cannot be opened (E101,
        E111).
    """
    if name not in READERS:
        raise errors.usage("E420", name=name, known=", ".join(READERS))
    if not (author := " ".join(errors.printable(author).split())):
        raise errors.usage("E424")
    read: Callable[[Path], Iterator[Row]] = import_module(f"pipeline.export.{READERS[name]}").corrected
    rows = list(read(path))
    known = known_answers(workspace, {row.answer_id for row in rows if isinstance(row, Corrected)})
    before = log.read(workspace)
    made, counts, wrong = _decide(rows, known, author, _complete(before.ids))
    added = log.append(workspace, made)
    told = tuple(errors.problem("E421", path=path, line=one.line, detail=one.detail) for one in wrong)
    return Imported(Counter(one.action for one in added), counts, (*before.problems, *told))


def _decide(
    rows: Iterable[Row], known: Known, author: str, imported: frozenset[str]
) -> tuple[list[Decision], Counter[str], list[Wrong]]:
    made: list[Decision] = []
    counts: Counter[str] = Counter()
    wrong: list[Wrong] = []
    seen: set[str] = set()
    for row in rows:
        if isinstance(row, Skipped):
            counts[row.reason] += 1
        elif isinstance(row, Wrong):
            wrong.append(row)
        else:
            person = f"{author} ({row.annotator})" if row.annotator else author
            key = _key(row, person)
            if key in imported or key in seen:
                counts["already_imported"] += 1
                continue
            try:
                made += _numbered(key, person, _changes(row, known))
                seen.add(key)
                counts["taken"] += 1
            except WrongRow as error:
                wrong.append(Wrong(row.line, str(error)))
    if wrong:
        counts["wrong"] = len(wrong)
    return made, counts, wrong


def _key(row: Corrected, person: str) -> str:
    spans = None if row.spans is None else [[span.start, span.end, span.label] for span in row.spans]
    themes = None if row.themes is None else sorted(row.themes)
    return log.digest("import", person, row.answer_id, row.text, themes, spans, row.stamp)


def _numbered(key: str, author: str, changes: list[dict[str, Any]]) -> list[Decision]:
    # The number of decisions of a row is in their ids: a row is known to be imported when all of them are there.
    at = log.now()
    return [
        Decision(decision_id=f"d-{key}-{number}-{len(changes)}", at=at, author=author, **change)
        for number, change in enumerate(changes, start=1)
    ]


def _complete(ids: Iterable[str]) -> frozenset[str]:
    """Return the keys of the rows all of whose decisions are in the log."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for decision_id in ids:
        parts = decision_id.split("-")
        if len(parts) == 4 and parts[0] == "d":
            found[parts[1], parts[3]].add(parts[2])
    return frozenset(key for (key, total), numbers in found.items() if str(len(numbers)) == total)


def _changes(row: Corrected, known: Known) -> list[dict[str, Any]]:
    answer = known.answers.get(row.answer_id)
    if answer is None:
        raise WrongRow(f"{row.answer_id} is no answer of this workspace")
    if row.text not in (answer.shown, answer.original):
        raise WrongRow(f"the text is not that of {row.answer_id} (any more), so its offsets mean nothing")
    changes: list[dict[str, Any]] = []
    if row.themes is not None:
        changes += _theme_changes(row.themes, answer, known.themes)
    if row.spans is not None:
        changes += _mention_changes(row.spans, answer, row.text)
    return changes


def _theme_changes(
    themes: tuple[str, ...], answer: KnownAnswer, questions: Mapping[str, str | None]
) -> Iterator[dict[str, Any]]:
    for theme in themes:
        if theme in answer.themes:
            continue
        if theme not in questions:
            raise WrongRow(f"unknown theme « {theme} »")
        if questions[theme] not in (None, answer.question_id):
            raise WrongRow(f"theme {theme} is not one of question {answer.question_id}")
    target = Target(kind="answer", answer_id=answer.answer_id, start=0, end=len(answer.original), quote=answer.original)
    if set(themes) == set(answer.themes):
        yield {"action": "confirm", "target": target, "before": [*answer.themes], "after": [*answer.themes]}
        return
    current = list(answer.themes)
    steps = [("unassign", theme) for theme in answer.themes if theme not in themes]
    steps += [("assign", theme) for theme in themes if theme not in answer.themes]
    for action, theme in steps:
        after = [one for one in current if one != theme] if action == "unassign" else [*current, theme]
        yield {"action": action, "target": target, "before": current, "after": after}
        current = after


def _mention_changes(spans: tuple[Span, ...], answer: KnownAnswer, text: str) -> list[dict[str, Any]]:
    masked = text != answer.original
    given = {span: answer.mentions[span.mention_id] for span in answer.spans(masked=masked)}
    wanted = set(spans)
    gone = [span for span in given if span not in wanted]
    changes = []
    for span in spans:
        if span in given:
            continue
        place = answer.unmasked.back(span.start, span.end) if masked else (span.start, span.end)
        if place is None:
            raise WrongRow(f"mention {span.start}–{span.end} (« {text[span.start : span.end]} ») cuts through a mask")
        found = Mention(*place, span.label, answer.original[slice(*place)])
        # What shares characters with a mention that is gone is that mention, put right.
        old = next((one for one in gone if one.start < span.end and span.start < one.end), None)
        if old is None:
            changes.append(_mention_change("mention_add", answer, found, None, found))
        else:
            gone.remove(old)
            changes.append(_mention_change("mention_edit", answer, given[old], given[old], found))
    changes += [_mention_change("mention_delete", answer, given[span], given[span], None) for span in gone]
    return changes


def _mention_change(
    action: str, answer: KnownAnswer, at: Mention, before: Mention | None, after: Mention | None
) -> dict[str, Any]:
    target = Target(kind="mention", answer_id=answer.answer_id, start=at.start, end=at.end, quote=at.quote)
    return {
        "action": action,
        "target": target,
        "before": before and before.to_dict(),
        "after": after and after.to_dict(),
    }
