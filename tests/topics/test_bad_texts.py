"""Texts of which nobody can make themes, or hardly: through the estimator, and through a whole run."""

from __future__ import annotations

import csv
import json
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tables import STATES
from pipeline.topics.estimator import TopicModel
from pipeline.topics.methods import METHODS, Method
from pipeline.verify import verify
from pipeline.workspace import Workspace
from tests import corpus
from tests.broken.harness import Done, reconciled
from tests.topics.commands import doleances

pytestmark = pytest.mark.slow

FIVE = (
    "Il manque un médecin et un hôpital",
    "Trop de taxe et d'impôt sur le salaire",
    "Plus de train, et une gare",
    "Une école et un collège",
    "La cantine du lycée, et un professeur",
)
EMPTIED = ("de la, le, les", "et ou mais", "ce que cela", "il y a", "nous, vous, ils")
ODD = (
    "Un train\x00 \x1b[31met une\x07 gare",
    "\u202eLa gare et le train",
    "\ufeffL'école\u200b et le collège",
    "\x01\x02\x03",
    "\ufffd\ufffd\ufffd",
    "👨‍👩‍👧 à l'école 🚂",
    "la me\u0301decine, l'e\u0301cole",
    "le \\ud800 train, le \\x00 train",
    "\u2028un train\u2029 et une gare",
    "=1+1; @école; -2",
    "<script>alert('gare')</script>",
    "un train\x85une gare",
    "école " + "\u0301" * 300,
    "gare" * 3000,
)
"""Control characters, marks that turn the line round, what is left of half a character, formulas, tags."""
ONE_WORD = tuple("médecin " * n for n in range(1, 41))
DENSE = ("Il manque un médecin et un hôpital, et la gare n'a plus de train. " * 16_000)[:1_000_000]
SPARSE = ("Il manque un médecin et un hôpital, et la gare n'a plus de train." + " " * 600 + "\n") * 1_500
"""A million characters, most of them words, or most of them blanks, as a table copied from a PDF has them."""
MANY = 100
"""More themes than there are texts in any of these."""


def fit(model: Path, texts: Sequence[str], method: Method, n_topics: int | None) -> TopicModel:
    """Fit, and check that whatever was found can be used."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = TopicModel(n_topics, model=str(model), method=method).fit(texts)
        table, predicted = found.topics_, found.predict(texts)
    assert 1 <= len(table) <= min(n_topics or len(texts), len(set(texts)))
    assert table["label"].str.len().gt(0).all() and table["label"].is_unique and table["topic_id"].is_unique
    assert set(predicted) <= {*table["topic_id"], None} and len(predicted) == len(texts)
    assert found.transform(texts).sum(axis=1).max() <= 1 + 1e-5
    return found


def refused(model: Path, texts: Sequence[str], method: Method, n_topics: int | None) -> str:
    with pytest.raises(ValueError) as caught:
        TopicModel(n_topics, model=str(model), method=method).fit(texts)
    assert type(caught.value) is ValueError and str(caught.value).isprintable()
    return str(caught.value)


every_method = pytest.mark.parametrize("method", METHODS)


@every_method
@pytest.mark.parametrize("n_topics", [None, 1, MANY])
@pytest.mark.parametrize("texts", [(), ("",), (*EMPTIED, "") * 12, ODD[3:5]], ids=["none", "empty", "emptied", "odd"])
def test_texts_without_a_word_say_what_to_give(
    tiny_model: Path, texts: Sequence[str], method: Method, n_topics: int | None
) -> None:
    told = refused(tiny_model, texts, method, n_topics)
    assert told.startswith("0 different texts with a known word: too few for ") and "give texts with words" in told


@every_method
@pytest.mark.parametrize("texts", [FIVE, FIVE[:1] * 60, ONE_WORD], ids=["five", "identical", "one word"])
def test_more_themes_than_texts_that_differ_say_what_to_give(
    tiny_model: Path, texts: Sequence[str], method: Method
) -> None:
    told = refused(tiny_model, texts, method, MANY)
    n_different = len(set(texts))
    assert told.startswith(
        f"{n_different} different texts with a known word: too few for {MANY} topics; give more texts"
    )
    assert told.endswith("or a smaller n_topics")


@every_method
@pytest.mark.parametrize("n_topics", [None, 1])
@pytest.mark.parametrize("texts", [FIVE[:1], FIVE[:1] * 60, ("médecin",)], ids=["one", "identical", "one word"])
def test_what_says_one_thing_is_one_theme(
    tiny_model: Path, texts: Sequence[str], method: Method, n_topics: int | None
) -> None:
    found = fit(tiny_model, texts, method, n_topics)
    assert len(found.topics_) == 1 and found.topics_["n_texts"].tolist() == [len(texts)]
    assert found.predict(texts, allow_unassigned=False).tolist() == found.topics_["topic_id"].tolist() * len(texts)


@every_method
def test_what_all_texts_share_gets_the_same_in_whatever_company(tiny_model: Path, method: Method) -> None:
    found = fit(tiny_model, ["médecin"] * 9, method, None)
    alone = found.transform(["médecin"])[0]
    for company in (["médecin"] * 50, list(FIVE)):
        assert abs(found.transform([*company, "médecin"])[-1] - alone).max() < 1e-3


@every_method
@pytest.mark.parametrize("n_topics", [None, 1, 2, 5])
@pytest.mark.parametrize("texts", [FIVE, FIVE[:2] * 30, ODD], ids=["five", "two", "odd"])
def test_few_texts_give_few_themes(
    tiny_model: Path, texts: Sequence[str], method: Method, n_topics: int | None
) -> None:
    if (n_topics or 0) > len(set(texts)):
        assert "too few" in refused(tiny_model, texts, method, n_topics)
    else:
        fit(tiny_model, texts, method, n_topics)


@every_method
@pytest.mark.parametrize("n_topics", [None, 1, 9])
def test_one_word_over_and_over_is_one_theme(tiny_model: Path, method: Method, n_topics: int | None) -> None:
    assert fit(tiny_model, ONE_WORD, method, n_topics).topics_["label"].tolist() == ["Médecin"]


@every_method
def test_as_many_themes_as_texts_is_what_a_person_may_ask_for(tiny_model: Path, method: Method) -> None:
    fit(tiny_model, [text for _, text in corpus.answers(20)], method, 18)


@every_method
def test_a_text_of_a_million_characters_is_fitted_and_predicted(tiny_model: Path, method: Method) -> None:
    found = fit(tiny_model, [SPARSE, *FIVE], method, 2)
    assert found.transform([SPARSE]).any()


@pytest.fixture(scope="module")
def fitted(tiny_model: Path) -> TopicModel:
    return TopicModel(4, model=str(tiny_model)).fit([text for _, text in corpus.answers(60)])


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(st.text(max_size=60) | st.sampled_from(ODD), max_size=5))
def test_any_text_gets_a_theme_or_none(fitted: TopicModel, texts: list[str]) -> None:
    shares = fitted.transform(texts)
    assert shares.shape == (len(texts), 4) and (shares >= 0).all() and (shares.sum(axis=1) <= 1 + 1e-5).all()
    assert set(fitted.predict(texts)) <= {*fitted.topics_["topic_id"], None}


COLUMNS: dict[str, Sequence[str]] = {
    "un": FIVE[:1],
    "cinq": FIVE,
    "identiques": FIVE[:1] * 60,
    "vidées": EMPTIED * 12,
    "un mot": ONE_WORD,
    "étranges": ODD,
    "rien": (),
}


def write(path: Path, columns: dict[str, Sequence[str]], n_rows: int) -> Path:
    """Write a table with a column a question, filled up with empty cells."""
    rows = [[answers[i] if i < len(answers) else "" for answers in columns.values()] for i in range(n_rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([list(columns), *rows])
    return path


def run(table: Path, workspace: Path, columns: Sequence[str], *options: object) -> Done:
    """Run all stages as a person does, with themes for questions of any size; check what must hold of every run."""
    settings = workspace.with_suffix(".toml")
    settings.write_text("[topics]\nminimum_answers = 2\n", encoding="utf-8")
    named = [part for column in columns for part in ("--text-column", column)]
    place = ("--workspace", workspace, "--workers", 1, "--config", settings)
    done = doleances("run", table, *named, *place, *options)
    assert done.code == 0, done.err
    reconciled(workspace)
    found = Workspace(workspace)
    states = found.read("outcomes")["state"].to_pylist()
    assert len(states) == found.count("answers") and set(states) <= set(STATES)
    assert verify(found) == []
    assert (workspace / "report" / "index.html").is_file()
    return done


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The table of all odd columns, and a workspace that has read it."""
    place = tmp_path_factory.mktemp("odd")
    table = write(place / "réponses.csv", COLUMNS, 60)
    run(table, place / "w", list(COLUMNS), "--model", "none")
    return table, place / "w"


@every_method
@pytest.mark.parametrize("topics", ["auto", MANY])
def test_a_run_settles_every_answer_whatever_the_texts(
    read: tuple[Path, Path], tmp_path: Path, method: Method, topics: object
) -> None:
    table, before = read
    workspace = Path(shutil.copytree(before, tmp_path / "w"))
    done = run(table, workspace, list(COLUMNS), "--method", method, "--topics", topics)
    found = Workspace(workspace)
    titles = {row["question_id"]: row["title"] for row in found.read("questions").to_pylist()}
    with_themes = {titles[row["question_id"]] for row in found.read("topics").to_pylist()}
    assert {"cinq", "étranges", "un mot"} >= with_themes >= {"cinq", "étranges"}
    rows = found.read("answers", ["answer_id", "question_id"]).to_pylist()
    question = {row["answer_id"]: titles[row["question_id"]] for row in rows}
    by_question: dict[str, set[str]] = {}
    for row in found.read("outcomes").to_pylist():
        by_question.setdefault(question[row["answer_id"]], set()).add(row["state"])
    assert by_question["vidées"] <= {"empty", "uninformative", "unassigned"}
    assert by_question["identiques"] == {"unassigned"}  # one distinct answer is too few for a theme
    assert "too few distinct answers" in done.err


@pytest.mark.parametrize(
    ("texts", "topics"),
    [((), "auto"), (("",) * 3, "auto"), (EMPTIED, "auto"), (FIVE[:1], "auto"), (FIVE[:1], MANY), (FIVE, MANY)],
    ids=["no row", "no word", "emptied", "one", "one for many", "five for many"],
)
def test_a_run_on_next_to_nothing_ends_well(tmp_path: Path, texts: Sequence[str], topics: object) -> None:
    table = write(tmp_path / "réponses.csv", {"avis": texts}, len(texts))
    run(table, tmp_path / "w", ["avis"], "--topics", topics)
    covered = reconciled(tmp_path / "w")
    assert covered.received == sum(map(bool, texts)) and covered.rejected_total == 0


def test_halves_of_characters_in_json_stop_nothing(tmp_path: Path) -> None:
    answers = ["\ud800 une gare", "le train \udfff", "une \u0000 école", "\ud800", "\ud83d\ude82 un train"]
    (tmp_path / "réponses.json").write_text(json.dumps([{"avis": answer} for answer in answers]), encoding="utf-8")
    run(tmp_path / "réponses.json", tmp_path / "w", ["avis"], "--topics", 2)
    assert reconciled(tmp_path / "w").received == len(answers)


@pytest.mark.parametrize("long", [SPARSE, pytest.param(DENSE, marks=pytest.mark.slow)], ids=["sparse", "dense"])
def test_an_answer_of_a_million_characters_is_settled_by_every_method(tmp_path: Path, long: str) -> None:
    table = write(tmp_path / "réponses.csv", {"avis": (long, *FIVE)}, 6)
    for method in METHODS:
        run(table, tmp_path / "w", ["avis"], "--method", method, "--topics", 2)
        assert reconciled(tmp_path / "w").received == 6
        assert Workspace(tmp_path / "w").count("segments") > 1_000
        # One answer is nearly all of it: Reinert's classification may see no classes in that.
        assert Workspace(tmp_path / "w").count("topics") == 2 or method == "reinert"
