"""The commands `doleances evaluate …`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import pipeline
from pipeline import catalogue, console, errors
from pipeline.cli_options import (
    DEFAULT_WORKSPACE,
    ConfigOption,
    JsonOption,
    WorkspaceOption,
    existing,
    print_json,
    settings_from,
)
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.evaluation.topics import Number

evaluate_app = typer.Typer(help="Measure quality on answers marked by people.", no_args_is_help=True)

ThemesOption = Annotated[Path, typer.Option("--gold", help="JSONL: question, text, themes (README.md).")]


class MethodName(StrEnum):
    """How themes are found."""

    vectors = "vectors"
    reinert = "reinert"
    nmf = "nmf"


class MatchName(StrEnum):
    """How the themes of a workspace are matched with those of people."""

    labels = "labels"
    best = "best"


@evaluate_app.command("entities")
def evaluate_entities(
    gold: Annotated[Path, typer.Option(help="JSONL: text, spans, borderline.")],
    compare: Annotated[bool, typer.Option(help="The stock model and the register alone too.")] = False,
    mistakes: Annotated[bool, typer.Option(help="List every mistake, with the words around it.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the recognition of organisations: strict spans, with a 95 % interval, and mistakes by kind."""
    from pipeline.evaluation.baselines import StockRecogniser
    from pipeline.evaluation.entities import evaluate_entities as measure

    settings = settings_from(config, None, None, None, None).entities
    # A recogniser of the workspace goes by its name here as it does in the stage.
    trained = settings.recogniser and catalogue.locate(settings.recogniser, Workspace(workspace).path)
    whole = pipeline.OrganisationRecogniser(register=settings.register_path, recogniser=trained)
    result = measure(gold, whole)
    others = {}
    if compare:
        alone = pipeline.OrganisationRecogniser(register=settings.register_path, use_model=False)
        others = {"register": measure(gold, alone), "stock": measure(gold, StockRecogniser())}
    if as_json:
        print_json(result.to_dict() | {"compared": {name: other.to_dict() for name, other in others.items()}})
        return
    for name, one in {"register and models": result, **others}.items():
        console.out.print(f"{name}: {one}", markup=False, soft_wrap=True)
    for mistake in result.mistakes if mistakes else ():
        where = f"answer {mistake.answer}, {mistake.start}-{mistake.end}"
        console.out.print(
            f"{where}: {mistake.kind}: « {mistake.surface} » in « {mistake.context} »", markup=False, soft_wrap=True
        )


@evaluate_app.command("topics")
def evaluate_topics(
    gold: ThemesOption,
    model: Annotated[
        str, typer.Option(help="NAME or PATH of the model whose word vectors are used.")
    ] = catalogue.DEFAULT_MODEL,
    method: Annotated[MethodName, typer.Option(help="How themes are found.")] = MethodName.vectors,
    topics: Annotated[
        str, typer.Option(help="Themes a question: a number, auto, or gold: as many as people have.")
    ] = "gold",
    seeds: Annotated[str, typer.Option(help="Themes are found once with each.")] = "0,1,2",
    least: Annotated[int, typer.Option(min=2, help="Answers with one theme that a human theme needs to count.")] = 15,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Find the themes of each question of the gold file afresh, and compare them with those of people."""
    from pipeline.evaluation.topics import evaluate_topics as measure

    number, chosen = _number(topics), _seeds(seeds)
    with console.progress() as watch:
        result = measure(
            gold,
            model=model,
            method=method.value,
            topics=number,
            seeds=chosen,
            least=least,
            workspace=Workspace(workspace).path,
            progress=watch("evaluate"),
        )
    if as_json:
        print_json(result.to_dict())
    else:
        console.out.print(errors.printable(str(result)), markup=False, soft_wrap=True)


@evaluate_app.command("assignments")
def evaluate_assignments(
    gold: ThemesOption,
    match: Annotated[
        MatchName | None,
        typer.Option(help="labels: by name or topic_id; best: one to one. By default labels where most are equal."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Compare the themes that answers have in a finished workspace with those of people, with 95 % intervals."""
    from pipeline.evaluation.assignments import evaluate_assignments as measure

    result = measure(gold, existing(workspace), how=match.value if match else None)
    if as_json:
        print_json(result.to_dict())
    else:
        console.out.print(errors.printable(str(result)), markup=False, soft_wrap=True)


def _number(given: str) -> Number:
    if given in ("gold", "auto"):
        return "gold" if given == "gold" else "auto"
    if given.isdecimal() and int(given) > 0:
        return int(given)
    raise _wrong(f"--topics is a number from 1, auto or gold, not {given}")


def _seeds(given: str) -> list[int]:
    parts = [part.strip() for part in given.split(",")]
    if not all(part.isdecimal() and int(part) < 2**32 for part in parts):  # what NumPy takes
        raise _wrong(f"--seeds are numbers with commas between them, such as 0,1,2, not {given}")
    return list(dict.fromkeys(map(int, parts)))


def _wrong(detail: str) -> errors.DoleancesError:
    return errors.usage("E122", detail=detail, command="doleances evaluate topics")
