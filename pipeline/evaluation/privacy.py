"""How well private data is masked: recall and precision over cases with marked spans, by kind, with intervals.

A span is hidden when no letter or digit of it can be read. A mask is right when it lies over a span of its own kind and
at least half of what it hides is marked. Intervals are percentiles of 2,000 resamples of the cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline.dataset.names import first_names, public_figures
from pipeline.dataset.people import People
from pipeline.entities.finder import recognise
from pipeline.evaluation.intervals import Score, percentile_scores, precision_recall_f1, resamples
from pipeline.gold_lines import read_gold_lines
from pipeline.privacy import KINDS, Private, hide

PUBLIC: Final = "public"
"""The kind of the names of public figures: kept or masked, as the analyst chooses."""

Masker = Callable[[Sequence[str]], list[Sequence[Private]]]


@dataclass(frozen=True)
class Case:
    """A text with the spans that a person would hide."""

    text: str
    group: str
    split: str
    spans: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Mistake:
    """A span that can still be read (missed), or a mask where there is nothing to hide (spurious)."""

    what: str
    kind: str
    surface: str
    text: str


@dataclass(frozen=True)
class PrivacyEvaluation:
    """The figures of a way of masking.

    ``public_kept`` is the share of the names of public figures that can be read in full.
    """

    cases: int
    gold_spans: int
    masks: int
    recall: Score
    precision: Score
    by_kind: dict[str, dict[str, Any]]
    public_spans: int
    public_kept: float | None
    untouched_traps: float | None
    mistakes: tuple[Mistake, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain dictionaries and numbers, without the mistakes."""
        return {key: value for key, value in asdict(self).items() if key != "mistakes"}

    def __str__(self) -> str:
        lines = [
            f"{self.cases} cases, {self.gold_spans} private spans, {self.masks} masks (95 % intervals over cases)",
            f"recall    {self.recall}",
            f"precision {self.precision}",
        ]
        for kind, row in self.by_kind.items():
            lines.append(f"  {kind:8s} recall {row['recall']} of {row['gold']}, precision {row['precision']}")
        if self.public_kept is not None:
            lines.append(f"public figures kept: {self.public_kept:.3f} of {self.public_spans}")
        if self.untouched_traps is not None:
            lines.append(f"texts without anything private that stay as they are: {self.untouched_traps:.3f}")
        return "\n".join(lines)


def load_cases(path: Path | str, split: str | None = None) -> list[Case]:
    """Read cases: JSON lines with ``text``, ``group``, ``split`` and ``spans``, a list of [start, end, kind].

    Raises
    ------
    DoleancesError
        E101 when the file is missing, E306 with the line that cannot be read.
    """
    cases = read_gold_lines(path, lambda _, content: _case(content), "E306")
    return [case for case in cases if split in (None, case.split)]


def _case(content: Any) -> Case:
    try:
        text = content["text"]
        spans = tuple((int(start), int(end), str(kind)) for start, end, kind in content["spans"])
        case = Case(text, content["group"], content["split"], spans)
    except (KeyError, TypeError) as error:
        raise ValueError(f"text, group, split and spans are needed ({error})") from None
    for start, end, kind in spans:
        if not 0 <= start < end <= len(text) or kind not in {*KINDS.values(), PUBLIC}:
            raise ValueError(f"no such span: {start}, {end}, {kind}")
    return case


def masker(*, keep_public: bool = True, read: bool = True) -> Masker:
    """Return the way in which the dataset masks texts of which it knows nothing else.

    Parameters
    ----------
    keep_public : bool
        Whether the names of public figures stay.
    read : bool
        Whether the recogniser reads the texts; it does not read copies and answers to closed questions.
    """
    people = People(public_figures(), first_names(), keep_public=keep_public)

    def masks(texts: Sequence[str]) -> list[Sequence[Private]]:
        if not read:
            return [hide(text, people.in_unread_text(text)).spans for text in texts]
        found = recognise(list(texts))
        mentions = [[{"start": s.start, "end": s.end, "label": s.label} for s in spans] for spans in found]
        return [hide(text, people.in_read_text(text, m)).spans for text, m in zip(texts, mentions, strict=True)]

    return masks


def evaluate_privacy(
    cases: Sequence[Case], masks_of: Masker, *, keep_public: bool = True, seed: int = 0
) -> PrivacyEvaluation:
    """Compare masks with the spans that are marked.

    Parameters
    ----------
    cases : sequence of Case
        See `load_cases`.
    masks_of : callable
        Gives the masks of each text, in order and without overlaps: see `masker`.
    keep_public : bool
        With False the names of public figures count as private names.
    seed : int
        Of the bootstrap.
    """
    found = masks_of([case.text for case in cases])
    kinds = list(KINDS.values())
    counts = np.zeros((len(cases), len(kinds), 3), dtype=np.int64)  # gold, masks, right masks
    hidden = np.zeros((len(cases), len(kinds)), dtype=np.int64)
    mistakes: list[Mistake] = []
    public = kept = traps = untouched = 0
    for row, (case, masks) in enumerate(zip(cases, found, strict=True)):
        readable = _readable(case.text, masks)
        gold = [(s, e, "name" if k == PUBLIC else k) for s, e, k in case.spans if not (k == PUBLIC and keep_public)]
        names = [(s, e) for s, e, k in case.spans if k == PUBLIC]
        public += len(names)
        kept += sum(readable.issuperset(_signs(case.text, s, e)) for s, e in names)
        if not gold:
            traps += 1
            untouched += not masks
        for start, end, kind in gold:
            counts[row, kinds.index(kind), 0] += 1
            if readable.isdisjoint(_signs(case.text, start, end)):
                hidden[row, kinds.index(kind)] += 1
            else:
                mistakes.append(Mistake("missed", kind, case.text[start:end], case.text))
        for mask in masks:
            kind = KINDS[mask.mask]
            counts[row, kinds.index(kind), 1] += 1
            if _is_right(case.text, mask, kind, gold):
                counts[row, kinds.index(kind), 2] += 1
            else:
                mistakes.append(Mistake("spurious", kind, case.text[mask.start : mask.end], case.text))
    whole = np.concatenate([counts, counts.sum(axis=1, keepdims=True)], axis=1)
    shown = np.column_stack([hidden, hidden.sum(axis=1)])
    *scores, overall = _scores(whole, shown, seed)
    by_kind = {}
    for place, kind in enumerate(kinds):
        recall, precision = scores[place]
        gold_spans, n_masks, right = (int(n) for n in counts[:, place].sum(axis=0))
        by_kind[kind] = {"gold": gold_spans, "masks": n_masks, "right": right, "recall": recall, "precision": precision}
    return PrivacyEvaluation(
        cases=len(cases),
        gold_spans=int(counts[..., 0].sum()),
        masks=int(counts[..., 1].sum()),
        recall=overall[0],
        precision=overall[1],
        by_kind=by_kind,
        public_spans=public,
        public_kept=round(kept / public, 4) if public else None,
        untouched_traps=round(untouched / traps, 4) if traps else None,
        mistakes=tuple(mistakes),
    )


def _signs(text: str, start: int, end: int) -> set[int]:
    return {place for place in range(start, end) if text[place].isalnum()}


def _readable(text: str, masks: Iterable[Private]) -> set[int]:
    signs = _signs(text, 0, len(text))
    for mask in masks:
        signs -= set(range(mask.start, mask.end))
    return signs


def _is_right(text: str, mask: Private, kind: str, gold: list[tuple[int, int, str]]) -> bool:
    signs = _signs(text, mask.start, mask.end)
    marked = [signs & _signs(text, start, end) for start, end, _ in gold]
    own = any(common for common, (_, _, k) in zip(marked, gold, strict=True) if k == kind)
    return own and 2 * len(set().union(*marked)) >= len(signs)


def _scores(counts: Any, hidden: Any, seed: int) -> list[tuple[Score, Score]]:
    """Return recall and precision by kind, from the numbers of each case: gold, masks, right masks; hidden spans."""
    table = np.concatenate([counts, hidden[..., None]], axis=2)
    sums = np.array([table[places].sum(axis=0) for places in resamples(len(table), seed)])
    found = []
    for place in range(table.shape[1]):
        point, rows = table[:, place].sum(axis=0)[None, :], sums[:, place]
        recall, precision = percentile_scores(_shares(point)[0], _shares(rows))
        found.append((recall, precision))
    return found


def _shares(rows: Any) -> Any:
    gold, masks, right, hidden = (rows[:, column] for column in range(4))
    recall = precision_recall_f1(np.column_stack([gold, gold, hidden]))[:, 1]
    precision = precision_recall_f1(np.column_stack([masks, masks, right]))[:, 0]
    return np.column_stack([recall, precision])
