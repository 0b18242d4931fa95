"""What a retrain changed, as the terminal says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pipeline import errors
from pipeline.console import err, out

_SHOWN: Final = 10
_EVENTS: Final = {
    "kept": "kept",
    "renamed": "renamed",
    "split_from": "split off",
    "merged_into": "merged away",
    "created": "created",
    "retired": "retired",
}


def print_difference(found: Mapping[str, Any]) -> None:
    """Print what became of themes and of the earlier answers, with what people wrote, and whether it is used."""
    lines = [f"{found['parent']} → {found['model']}: {found['contributions']['new']:,} new contributions"]
    counts = ", ".join(f"{found['themes'][name]} {said}" for name, said in _EVENTS.items() if found["themes"][name])
    lines.append(f"Themes and sub-themes: {counts or 'none'}")
    lines.append(
        f"Earlier answers whose theme changed: {found['changed']:,} of {found['old_answers']:,} "
        f"({found['changed_share']:.1%})"
    )
    decided = found["decided"]
    lines.append(f"Answers that people decided on: {decided['answers']:,}, of which changed: {decided['changed']:,}")
    before, after = found["figures"]["before"], found["figures"]["after"]
    if before and after:
        figures = (f"{name} {before[name]} → {after[name]}" for name in ("sample_f1", "ami", "unassigned"))
        lines.append(f"On {after['answers']:,} gold answers: {', '.join(figures)}")
    for question in found["questions"]:
        lines += _question(question)
    for line in lines:
        out.print(errors.printable(line), markup=False, highlight=False, soft_wrap=True)
    if found["worse"] and not found["accepted"]:
        err.print(str(errors.problem("E445", name=found["parent"], detail=found["worse"])), markup=False)
    elif found["worse"]:
        out.print(f"Lower than before, and accepted: {found['worse']}", markup=False, soft_wrap=True)


def _question(question: Mapping[str, Any]) -> list[str]:
    changes = [theme for theme in question["themes"] if theme["event"] != "kept"]
    learned = question.get("learned")
    if not changes and not question["moves"] and not learned:
        return []
    lines = [f"{errors.one_line(question['title'], 100)}: {question['changed']:,} of {question['answers']:,} changed"]
    if learned:
        used = "used from now on" if learned["takes_over"] else "not used, for it is not surely better"
        figures = f"F1 {learned['current']:.3f} → {learned['learnt']:.3f} by cross-validation"
        lines.append(f"  learned from {learned['n_reviewed']:,} reviewed answers, {used}: {figures}")
    for theme in changes[:_SHOWN]:
        other = f" ({theme['other_label']})" if theme["other_label"] else ""
        lines.append(f"  {_EVENTS[theme['event']]}: {theme['label']}{other}, {theme['segments']:,} segments")
        lines += _quotes(theme)
    for move in question["moves"][:_SHOWN]:
        source, target = (move[end]["label"] or "no theme" for end in ("from", "to"))
        lines.append(f"  {move['answers']:,}: {source} → {target}")
        lines += _quotes(move)
    return lines


def _quotes(change: Mapping[str, Any]) -> list[str]:
    return [f"      « {errors.one_line(quote['text'], 140)} »" for quote in change["verbatims"][:2]]
