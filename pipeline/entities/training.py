"""Train a recogniser from scratch on silver and gold examples, and write it as a model."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

from pipeline import bundles
from pipeline.entities.silver import Example, docs
from pipeline.entities.trained import FOLDER, KIND
from pipeline.threads import one_thread_a_library

CONFIG: Final = Path(__file__).with_name("recogniser.cfg")


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
        best_nlp.config["paths"] = {"train": None, "dev": None}
        temporary = folder.with_name(f".{folder.name}.partial")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        best_nlp.to_disk(temporary / FOLDER)
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
