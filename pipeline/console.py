"""What the commands print: tables on stdout for people, progress on stderr while a terminal looks on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from pipeline.api import Watch
from pipeline.errors import printable
from pipeline.executor import Amount
from pipeline.ledger import Coverage, FileCoverage, OutsideTheSum, QuestionCoverage
from pipeline.progress import Clock, ClockColumn
from pipeline.stage import Summary
from pipeline.summary import OrganisationCount, ThemeCount

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.forget import Forgotten
    from pipeline.topics.codebook_effect import DryRun

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)

LISTED_PROBLEMS = 20
LISTED_FILES = 20
TITLE_LENGTH = 60
QUOTE_LENGTH = 160


@contextmanager
def progress() -> Iterator[Watch]:
    """Show a bar a stage on stderr, with its rate and the time left; nothing when stderr is not a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), ClockColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("starting", total=None)

        def watch(stage: str) -> Any:
            clock = Clock()
            bar.reset(task, description=stage, total=None, clock=clock)

            def told(done: int, total: int, amount: Amount | None = None) -> None:
                clock.told(done, total, amount)
                bar.update(task, completed=done, total=total)

            return told

        yield watch


def print_summary(summary: Summary) -> None:
    """Print one line for a stage on stderr."""
    counts = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in summary.counts.items() if value)
    state = "up to date" if summary.skipped else f"done in {summary.seconds:.1f} s"
    err.print(_plain(f"{summary.stage:<9} {state}: {counts}"))


def print_notes(summaries: Iterable[Summary]) -> None:
    """Print what a person should know: decisions that were taken, and what could not be read."""
    for summary in summaries:
        for note in summary.notes:
            err.print(_plain(f"  {summary.stage}: {note}"))
    print_problems([problem for summary in summaries for problem in summary.problems])


def print_problems(problems: list[str], rest: str = "see `doleances status` and tables/rejected") -> None:
    """Print problems on stderr, a line each; of many, the first, and where the `rest` are."""
    for problem in problems[:LISTED_PROBLEMS]:
        err.print(_plain(problem))
    if len(problems) > LISTED_PROBLEMS:
        err.print(_plain(f"… and {len(problems) - LISTED_PROBLEMS:,} more: {rest}"))


def print_failure(details: Iterable[str], line: str) -> None:
    """Print why nothing could be done: what came before, and the error itself, always."""
    print_problems(list(details), "all of the same kind of message")
    err.print(_plain(line))


def print_coverage(covered: Coverage) -> None:
    """Print the coverage ledger: what was received, and the state in which every answer ended."""
    table = Table(title="Coverage ledger", title_justify="left")
    table.add_column("state")
    table.add_column("answers", justify="right")
    table.add_column("share", justify="right")
    for state, count in covered.states.items():
        table.add_row(state, _number(count), f"{count / covered.received:.1%}")
    table.add_section()
    table.add_row("received", _number(covered.received), "100.0%" if covered.received else "")
    out.print(table)
    for file in covered.files[:LISTED_FILES]:
        out.print(_plain(_file(file)), soft_wrap=True)
    if len(covered.files) > LISTED_FILES:
        out.print(f"… and {len(covered.files) - LISTED_FILES:,} more files: see `doleances status --json`")
    if beside := _outside(covered):
        out.print(_plain(f"Outside the sum, in all: {beside}"), soft_wrap=True)
    if covered.copies is not None:
        copies = covered.copies
        line = (
            f"Copies: {_counted(copies.groups, 'group')} of {_counted(copies.answers, 'answer')}; coordinated texts: "
        )
        out.print(f"{line}{copies.coordinated:,}, {_counted(copies.coordinated_answers, 'answer')}", soft_wrap=True)
    if covered.contradictions:
        out.print(f"Contradictions: {_counted(covered.contradictions, 'answer')} to a question that was not asked")
    if covered.rejected_total:
        out.print(f"{covered.rejected_total:,} files or records could not be read:")
        print_rejected(covered)


def _file(file: FileCoverage) -> str:
    kind = ", ".join(name for name in (file.layout, file.encoding) if name)
    line = f"{file.source_file}{f' ({kind})' if kind else ''}: {_counted(file.contributions, 'contribution')}, "
    beside = _outside(file)
    return f"{line}{file.received:,} = {_sum(file.states)}{f'; {beside}' if beside else ''}"


def _outside(found: OutsideTheSum) -> str:
    """Return what stands outside the sum of states, in words, but for what is zero."""
    parts = []
    for name, forms, cells in (
        ("already received", found.already_received_contributions, found.already_received),
        ("superseded", found.superseded_contributions, found.superseded),
    ):
        if forms or cells:
            parts.append(f"{name}: {_counted(forms, 'contribution')}, {_counted(cells, 'answer')}")
    for name, what, count in (
        ("erased on request", "contribution", found.forgotten_contributions),
        ("encoding repaired", "answer", found.repaired),
        ("postcode foreign or broken", "contribution", found.postcodes_unknown),
    ):
        if count:
            parts.append(f"{name}: {_counted(count, what)}")
    return "; ".join(parts)


def print_rejected(covered: Coverage) -> None:
    for row in covered.rejected[:LISTED_PROBLEMS]:
        where = row.file if row.line is None else f"{row.file}, line {row.line}"
        out.print(_plain(f"  {where}: {row.reason}"), soft_wrap=True)


def print_questions(covered: Coverage) -> None:
    """Print the ledger of each question, a line each, and the first answers to questions that were not asked."""
    out.print("By question:")
    for question in covered.questions:
        title = question.title if len(question.title) <= TITLE_LENGTH else question.title[: TITLE_LENGTH - 1] + "…"
        line = f"{question.questionnaire} {question.number}. {title}: {question.received:,} = {_sum(question.states)}"
        out.print(_plain(line + _condition(question)), soft_wrap=True)
    if covered.contradictions:
        out.print("Answers to a question that their form did not ask:")
    places = {question.question_id: f"{question.questionnaire} {question.number}" for question in covered.questions}
    for row in covered.contradictions_listed[:LISTED_PROBLEMS]:
        parent = f"question {row.parent_number} was answered « {row.parent_answer} »"
        line = f"  {row.reference or row.contribution_id}: {places[row.question_id]}, but {parent} ({row.answer_id})"
        out.print(_plain(line), soft_wrap=True)
    if covered.contradictions > LISTED_PROBLEMS:
        out.print(f"… and {covered.contradictions - LISTED_PROBLEMS:,} more: see `doleances status --json`")


def _condition(question: QuestionCoverage) -> str:
    if question.routed is None:
        return ""
    routes = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in question.routed.items())
    told = f"; asked if {question.parent_number} = {question.shown_if}: {routes}"
    return told + (f"; {_counted(question.contradictions, 'contradiction')}" if question.contradictions else "")


def print_themes(themes: list[ThemeCount]) -> None:
    """Print the themes of each question with their counts and one quote each."""
    question = None
    table: Table | None = None
    for theme in themes:
        if theme.question != question:
            if table is not None:
                out.print(table)
            question = theme.question
            table = Table(title=_plain(theme.question), title_justify="left", expand=True)
            table.add_column("thème proposé", ratio=3)
            table.add_column("answers", justify="right", width=7)
            table.add_column("quote", ratio=5)
        assert table is not None
        table.add_row(
            _plain(theme.label), _number(theme.n_answers), _plain(f"« {theme.quote} »" if theme.quote else "")
        )
    if table is not None:
        out.print(table)


def print_effect(question: str, effect: DryRun) -> None:
    """Print how many answers each theme of a codebook would get, with two of them, and how many fit none."""
    table = Table(title=_plain(question), title_justify="left", expand=True)
    table.add_column("thème", ratio=3)
    table.add_column("answers", justify="right", width=7)
    table.add_column("share", justify="right", width=6)
    table.add_column("answers that fit best", ratio=6)
    for row in effect.rows:
        quotes = "\n".join(f"« {' '.join(text.split())[:QUOTE_LENGTH]} »" for text in row.examples)
        table.add_row(_plain(row.label), _number(row.n_documents), f"{row.share:.0%}", _plain(quotes))
    table.add_row("(aucun)", _number(effect.n_unfitted), f"{effect.unfitted_share:.0%}", "")
    out.print(table)


def print_organisations(organisations: list[OrganisationCount], total: int) -> None:
    """Print the organisations that are named most."""
    table = Table(title=f"Organisations: {total:,} named", title_justify="left")
    table.add_column("organisation")
    for name in ("mentions", "answers"):
        table.add_column(name, justify="right")
    for organisation in organisations:
        table.add_row(_plain(organisation.name), _number(organisation.n_mentions), _number(organisation.n_answers))
    out.print(table)
    if total > len(organisations):
        out.print(f"… and {total - len(organisations):,} more: see the dataset")


def print_forgotten(erased: Forgotten) -> None:
    """Print what was erased, and where it still is."""
    counted = f"{_counted(erased.contributions, 'contribution')} and {_counted(erased.answers, 'answer')} erased"
    quotes = f"; {_counted(erased.decisions, 'decision')} no longer quote them" if erased.decisions else ""
    again = f"; {' and '.join(erased.stages)} made again; exports removed" if erased.stages else ""
    out.print(_plain(counted + quotes + again + "."), soft_wrap=True)
    for file in erased.files:
        out.print(_plain(f"{file} still holds it: erase it there too. It will not be read again."), soft_wrap=True)
    out.print(_plain("What was exported elsewhere (--output), sent or saved still holds it too."), soft_wrap=True)


def print_frame(frame: pd.DataFrame) -> None:
    """Print a DataFrame as a table."""
    table = Table()
    for column in frame.columns:
        table.add_column(_plain(str(column)))
    for row in frame.itertuples(index=False):
        table.add_row(*(_plain("" if value is None else str(value)) for value in row))
    out.print(table)


def print_paths(workspace: Path) -> None:
    out.print(_plain(f"Dataset: {workspace / 'dataset'}"), soft_wrap=True)
    out.print(_plain(f"Report:  {workspace / 'report' / 'index.html'}"), soft_wrap=True)


def _plain(text: str) -> Text:
    # What people wrote must neither be read as markup nor reach the terminal as a command.
    return Text(printable(text))


def _sum(states: dict[str, int]) -> str:
    return " + ".join(f"{count:,} {state}" for state, count in states.items()) or "0"


def _number(value: int) -> str:
    return f"{value:,}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
