"""Where the questions of a text form begin, although its answers may hold numbered lines of their own."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ingest.matching import QuestionIndex
from pipeline.ingest.questionnaires import Question, Questionnaire
from pipeline.ingest.text_lines import Line, alone, numbered


@dataclass(frozen=True)
class Mark:
    """Where a question begins. ``sure``: number and wording are those of the questionnaire.

    One that is not sure stands where its number is due, under other words; ``question`` is None past the last number.
    """

    line: Line
    number: int
    question: Question | None
    sure: bool


def marks(lines: list[Line], questionnaire: Questionnaire, index: QuestionIndex) -> list[Mark]:
    """Return the questions of one form, in the order of its lines.

    Parameters
    ----------
    lines : list of Line
        The lines of the form.
    questionnaire : Questionnaire
        What its title names.
    index : QuestionIndex
        The questions that are known.
    """
    by_number = {question.number: question for question in questionnaire.questions}
    sure = _sure(lines, questionnaire, by_number, index)
    found = {mark.line.start: mark for mark in sure}
    taken = {mark.number for mark in sure}
    due = 1
    for place, line in enumerate(lines):
        if line.start in found:
            due = found[line.start].number + 1
        elif due not in taken and not line.blank and alone(lines, place, index):
            number, wording = numbered(line.text) or (None, line.text)
            known = number != due and (questionnaire.key, by_number.get(due)) in index.worded(wording)
            if number == due or known:
                found[line.start] = Mark(line, due, by_number.get(due), sure=False)
                taken.add(due)
                due += 1
    return [found[start] for start in sorted(found)]


def _sure(
    lines: list[Line], questionnaire: Questionnaire, by_number: dict[int, Question], index: QuestionIndex
) -> list[Mark]:
    """Find the questions whose number and wording both match; of a question quoted elsewhere, the one in sequence."""
    candidates: list[Mark] = []
    standing: dict[int, Mark] = {}
    for place, line in enumerate(lines):
        number, wording = numbered(line.text) or (0, "")
        question = by_number.get(number)
        if question is not None and (questionnaire.key, question) in index.worded(wording):
            candidates.append(Mark(line, number, question, sure=True))
            if alone(lines, place, index):
                standing.setdefault(number, candidates[-1])
    chains: dict[int, tuple[Mark, ...]] = {}  # the longest sequence that ends with each number
    for mark in candidates:
        before = max((chain for number, chain in chains.items() if number < mark.number), key=len, default=())
        if len(before) >= len(chains.get(mark.number, ())):
            chains[mark.number] = (*before, mark)
    found = {mark.number: mark for mark in max(chains.values(), key=len, default=())}
    return list((standing | found).values())
