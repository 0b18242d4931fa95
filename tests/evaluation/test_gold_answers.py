"""Gold lines are found among the answers of a workspace by id, or by question and text."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import storage
from pipeline.evaluation.gold_answers import find_answers
from pipeline.evaluation.topic_gold import GoldLine
from pipeline.workspace import Workspace
from tests.evaluation.consultations import COPIED, NEAR, TAX, consultation


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return consultation(tmp_path_factory.mktemp("consultation"))


def line(text: str = "", question: str | None = None, number: int = 1, **more: str) -> GoldLine:
    return GoldLine(number, text, ("Trains",), question, **more)


def answer_id(form: int, question: int = 2) -> str:
    return f"a-{form:016x}-{question}"


def found(workspace: Workspace, *lines: GoldLine) -> list[str]:
    answers, missing = find_answers(workspace, lines)
    assert not missing, missing
    return [answer.answer_id for answer in answers]


def refusal(workspace: Workspace, *lines: GoldLine) -> str:
    answers, missing = find_answers(workspace, lines)
    assert not answers and len(missing) == len(lines)
    return missing[0].reason


def test_an_answer_id_is_enough_and_wins_over_text_and_question(workspace: Workspace) -> None:
    assert found(workspace, line("Baisser la TVA", "q-3", answer_id=answer_id(7))) == [answer_id(7)]
    assert refusal(workspace, line(COPIED, "q-2", answer_id="a-none")) == "no answer a-none"


@pytest.mark.parametrize(
    "question", ["q-3", "162", "3", TAX, "et les IMPÔTS", "Que faudrait-il améliorer ?", NEAR, "q-2", "161"]
)
def test_a_question_goes_by_id_official_id_number_or_title(workspace: Workspace, question: str) -> None:
    expected = answer_id(1, 3 if question in ("q-3", "162", "3", TAX, "et les IMPÔTS") else 2)
    assert found(workspace, line(COPIED, question)) == [expected]


def test_the_wording_is_looked_at_where_the_name_says_nothing(workspace: Workspace) -> None:
    assert found(workspace, line(COPIED, "FI8", question_text=TAX)) == [answer_id(1, 3)]


def test_case_accents_blanks_and_punctuation_of_a_text_do_not_matter(workspace: Workspace) -> None:
    assert found(workspace, line("« DES MÉDECINS », \ndes  billets…", "q-2")) == [answer_id(3)]


def test_lines_with_the_same_text_take_the_answers_that_have_it_in_turn(workspace: Workspace) -> None:
    lines = [line(COPIED, "q-2", number) for number in range(1, 4)]
    # Form 6 sent it again, which counts for nothing; a third line goes round to the first.
    assert found(workspace, *lines) == [answer_id(1), answer_id(2), answer_id(1)]


def test_a_text_is_found_as_it_was_received_and_as_the_dataset_shows_it(workspace: Workspace) -> None:
    rows = storage.read_table(workspace.path / "dataset" / "answers.parquet").to_pylist()
    masked = next(row["text"] for row in rows if row["answer_id"] == answer_id(5))
    assert "Martin" not in masked
    for text in (masked, "Jeanne Martin attend un médecin"):
        assert found(workspace, line(text, "q-2")) == [answer_id(5)]


def test_themes_are_those_of_the_dataset(workspace: Workspace) -> None:
    (answer,), _ = find_answers(workspace, [line(answer_id=answer_id(3))])
    assert answer.topics == ("t-doctors", "t-fares") and answer.main == "t-doctors" and answer.state == "assigned"
    (answer,), _ = find_answers(workspace, [line(answer_id=answer_id(4))])
    assert answer.topics == () and answer.main is None and answer.state == "unassigned"


def test_why_a_line_is_not_found_is_told(workspace: Workspace) -> None:
    assert refusal(workspace, line("Des ponts", "q-2")) == "no answer to q-2 says « Des ponts »"
    assert refusal(workspace, line("Baisser la TVA", "q-2")) == "no answer to q-2 says « Baisser la TVA »"
    assert refusal(workspace, line(COPIED, "FI8")) == "no question is called « FI8 »"
    assert refusal(workspace, line(COPIED)) == "it names no question, and the workspace has 2 open ones"


def one_question(path: Path, second: str = "closed") -> Workspace:
    from pipeline import dataset
    from pipeline.config import Config
    from tests.workspaces import Builder

    build = Builder(path)
    only = build.question(1, "reponse")
    build.question(2, "reponse" if second == "open" else "âge", second)
    build.topic("t-trains", "Trains", only, "local/1")
    build.answer(build.contribution(1), only, COPIED, themes=["t-trains"])
    workspace = build.write()
    dataset.run(workspace, Config().with_values("execution", workers=1))
    return workspace


def test_a_workspace_with_one_open_question_needs_no_name_of_it(tmp_path: Path) -> None:
    workspace = one_question(tmp_path)
    assert found(workspace, line(COPIED)) == [answer_id(1, 1)]
    assert found(workspace, line(COPIED, "FI8", 1), line(COPIED, "FI8", 2)) == [answer_id(1, 1)] * 2
    # With two questions in the gold file nobody knows which of them it is.
    assert refusal(workspace, line(COPIED, "FI8", 1), line(COPIED, "FI9", 2)) == "no question is called « FI8 »"


def test_a_name_of_two_questions_is_told_and_not_guessed(tmp_path: Path) -> None:
    assert refusal(one_question(tmp_path, "open"), line(COPIED, "Réponse")) == "2 questions are called « Réponse »"
