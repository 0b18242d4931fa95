"""Make a model to ship from a workspace: word vectors from all its answers, themes for each question.

The workspace must have been tokenised. ``doleances models train`` calls this.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from pipeline import bundles, errors, executor
from pipeline.config import Config, ExecutionConfig, TopicsConfig
from pipeline.resources import word_list
from pipeline.topics import bundle, counting, gathering
from pipeline.topics.bundle import Bundle
from pipeline.topics.documents import terms_asked
from pipeline.topics.fitting import fit_question
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import WINDOW, WordVectors, choose_vocabulary, from_counts
from pipeline.workspace import Workspace

MINIMUM_DOCUMENTS: Final = 20
QUESTIONNAIRE_TOPICS: Final = 20


def people() -> frozenset[str]:
    """Return the names of people that are kept out of a shipped vocabulary (seeds/stop_words/people.txt)."""
    return word_list("seeds", "stop_words", "people.txt")


def train_model(
    workspace: Workspace,
    config: Config,
    name: str,
    version: str,
    output: Path,
    progress: executor.Progress | None = None,
) -> Bundle:
    """Learn vectors and themes from the answers of a workspace and write them as the model ``output/name``.

    Raises
    ------
    DoleancesError
        When the workspace has not been tokenised (E202) or holds too few texts (E302), or the model cannot be written
        there (`bundles.checked_folder`).
    """
    folder = bundles.checked_folder(output, name)
    if workspace.manifest["stages"].get("tokenise", {}).get("status") != "done":
        raise errors.usage("E202", stage="models train", needs="tokenise", path=workspace.path)
    workspace.clear("staging/topics")  # what a stage that was cut short left there may be of other answers
    met = gathering.gather(workspace, config.execution)
    answers = counting.answers_by_question(workspace, config.execution)
    vectors = _vectors(workspace, config.execution)
    made = Bundle(name, version, vectors, {}, _origin(workspace, answers, config.topics.method))
    bare = workspace.staging / "topics" / "vectors"
    bundle.save(made, bare, "")
    questions = {row["question_id"]: row for row in workspace.read("questions").to_pylist()}
    by_questionnaire: dict[str, list[str]] = {}
    for question_id in met:
        by_questionnaire.setdefault(questions[question_id]["questionnaire"], []).append(question_id)
    jobs: list[tuple[str, str | None, list[str]]] = [
        (questions[q]["questionnaire"], q, [q]) for q in met if answers[q] >= config.topics.minimum_answers
    ]
    jobs += [(questionnaire, None, ids) for questionnaire, ids in sorted(by_questionnaire.items())]
    asked = terms_asked({question_id: row["title"] for question_id, row in questions.items()})
    fit = partial(_fit, str(workspace.path), str(bare), made.reference, config.topics, asked)
    sets: dict[str, ThemeSet] = {}
    for themes in executor.map_items(fit, jobs, config.execution, progress):
        if themes is not None:
            sets[themes.key] = themes
    made = Bundle(name, version, vectors, sets, made.created_from)
    bundle.save(made, folder, model_card(made))
    workspace.clear("staging/topics")
    return made


def _vectors(workspace: Workspace, execution: ExecutionConfig) -> WordVectors:
    texts = counting.distinct_texts(workspace, execution)
    try:
        present = counting.texts_by_word(workspace, texts, execution)
        vocabulary = choose_vocabulary(present, MINIMUM_DOCUMENTS, people())
    except ValueError as error:
        raise errors.usage("E302", path=workspace.path, detail=error) from None
    near = counting.near_each_other(workspace, texts, vocabulary, WINDOW, execution)
    return from_counts(vocabulary, near.occurrences, near.pairs)


def _origin(workspace: Workspace, answers: Counter[str], method: str) -> dict[str, Any]:
    return {
        "inputs": [{"file": entry["name"], "sha256": entry["sha256"]} for entry in workspace.manifest["inputs"]],
        "answers": answers.total(),
        "questions": len(answers),
        "minimum_documents": MINIMUM_DOCUMENTS,
        "method": method,
    }


def _fit(
    path: str,
    folder: str,
    reference: str,
    settings: TopicsConfig,
    asked: dict[str, frozenset[str]],
    job: tuple[str, str | None, list[str]],
) -> ThemeSet | None:
    questionnaire, question_id, ids = job
    vectors = _load(folder).vectors
    # A model that ships must not name a theme by a rare word or by a person.
    documents = [document.keep(vectors.index) for document in gathering.documents_of(Workspace(path), ids)]
    return fit_question(
        documents,
        vectors,
        settings,
        questionnaire=questionnaire,
        question_id=question_id,
        model=reference,
        asked=frozenset().union(*(asked[one] for one in ids)),
        n_topics=None if question_id else QUESTIONNAIRE_TOPICS,
    )


@lru_cache(maxsize=1)
def _load(folder: str) -> Bundle:
    return bundle.load(Path(folder))


_HOW: Final = {
    "vectors": "LSA beside SIF, UMAP, k-means with a number of themes chosen by stability",
    "reinert": "Reinert's descending classification",
    "nmf": "non-negative matrix factorisation of tf-idf",
}


def model_card(model: Bundle) -> str:
    """Return the card of a model, in Markdown, with the figures that were recorded in it."""
    figures = "".join(f"  - {name}: {value}\n" for name, value in model.figures.items()) or "  - none recorded\n"
    sizes = Counter("question" if themes.question_id else "questionnaire" for themes in model.sets.values())
    n_topics = sum(len(themes.topics) for themes in model.sets.values())
    return f"""# {model.name}, version {model.version}

A topic model of doleances: word vectors, and themes with the linear classifier that recognises them.

- **What it holds**: vectors of {len(model.vectors.vocabulary):,} French lemmas (half precision,
  {model.vectors.n_dimensions} dimensions); {n_topics} themes in {sizes["question"]} sets of one question and
  {sizes["questionnaire"]} sets across the questions of a questionnaire.
- **Learned from**: {model.created_from["answers"]:,} open answers to {model.created_from["questions"]} questions; the
  sums of the input files are in model.json. Only lemmas in {model.created_from["minimum_documents"]} distinct answers
  or more are kept, and names of people are left out, so no answer can be read back from it.
- **How**: PPMI of lemmas within 10 words, truncated SVD; per question {_HOW[model.created_from["method"]]}; a logistic
  regression on the SIF vectors repeats the themes, and knows texts of chance, which fit none. Seed 0.
  `doleances models train` makes it again.
- **Meant for**: a first set of proposed themes for questions with too few answers to find their own, and the vectors
  under themes fitted on new answers. A person should review what it proposes.
- **Known failures**: irony, negation and implicit content are not understood; two texts in nine on another
  subject still get a theme, and one in nine on the subject gets none (at 0.3, tests/benchmarks/bench_unassigned.py);
  rare misspellings hide a word from it.
- **Figures** (tests/benchmarks/bench_topics.py, which records them; ± is the spread over seeds):
{figures}"""
