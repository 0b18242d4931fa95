"""Coordinated texts and what they do to the ranking of themes: every number worked by hand (tests/campaigns.py)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipeline import dataset
from pipeline.config import Config
from pipeline.figures import Counts, dataset_connection
from pipeline.report import contradictions as told
from pipeline.report import copies
from pipeline.report.contradictions import contradictions
from pipeline.report.copies import Coordination, RankedTheme, coordination, excerpt, rankings
from pipeline.report.wording import rank_change
from pipeline.theme_figures import question_themes
from pipeline.workspace import Workspace
from tests.campaigns import COPIED, campaign
from tests.workspaces import Builder, small, tokens_of

CONFIG = Config().with_values("execution", workers=1)


def ranked(connection: duckdb.DuckDBPyConnection) -> dict[str, list[RankedTheme]]:
    """Return the rankings of the questions that a coordinated text answers."""
    return rankings(question_themes(connection), [key for key, _, _ in coordination(connection).by_question])


def folder(workspace: Workspace) -> Path:
    dataset.run(workspace, CONFIG)
    return workspace.path / "dataset"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(campaign(tmp_path_factory.mktemp("campaign")))


def test_each_coordinated_text_counts_once_in_the_second_ranking(made: Path) -> None:
    with dataset_connection(made) as connection:
        found = ranked(connection)
    assert found.keys() == {"q-2"}  # the copies of question 3 are not coordinated
    assert [(t.topic_id, t.contributions, t.rank, t.contributions_once, t.rank_once, t.rise) for t in found["q-2"]] == [
        ("t-rail", 4, 1, 1, 3, -2),
        ("t-bus", 3, 2, 3, 1, 1),
        ("t-bike", 2, 3, 2, 2, 1),
    ]


def test_a_contribution_that_also_says_it_in_its_own_words_still_counts(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.topic("t-a", "A", "q-1", "local/x")
    build.topic("t-b", "B", "q-1", "local/x")
    build.topic("t-b1", "B1", "q-1", "local/x", parent_id="t-b")
    copies_of_one = []
    for number in (1, 2, 3):
        form = build.contribution(number)
        copies_of_one.append(build.answer(form, "q-1", "Le texte du collectif", themes=["t-a"]))
    # Form 3 answers twice: the second answer is its own words on the same theme, under an id of its own.
    build.parts[-1]["answers"].append(build.parts[-1]["answers"][-1] | {"answer_id": "a-own", "text": "Mes mots"})
    segment = build.parts[-1]["segments"][-1] | {"segment_id": "s-own", "answer_id": "a-own", "end": 8}
    segment["tokens"] = tokens_of("Mes mots", 0, 8)
    build.parts[-1]["segments"].append(segment)
    build._assign("s-own", "t-a", 0.8)
    build.answer(build.contribution(4), "q-1", "Une sous-idée", themes=["t-b1"])
    build.answer(build.contribution(5), "q-1", "Une idée", themes=["t-b"])
    build.copy_group(*copies_of_one, coordinated=True)
    with dataset_connection(folder(build.write())) as connection:
        (first, second) = ranked(connection)["q-1"]
    assert (first.topic_id, first.contributions, first.contributions_once, first.rank, first.rank_once) == (
        *("t-a", 3, 2),  # forms 1, 2, 3; then form 1, the first of the copies, and form 3 for its own words
        *(1, 1),
    )
    assert (second.topic_id, second.contributions, second.contributions_once, second.rank_once) == ("t-b", 2, 2, 1)


def test_a_coordinated_text_is_told_with_its_size_dates_and_authors(made: Path) -> None:
    with dataset_connection(made) as connection:
        found = coordination(connection)
    assert (found.total, found.contributions, found.respondents) == (1, 4, 3)  # p-3 sent two
    assert found.by_question == (("q-2", 1, 4),)
    (text,) = found.texts
    assert (text.contributions, text.respondents, text.texts, text.word_for_word) == (4, 3, 2, False)
    assert (text.first_day, text.last_day) == (datetime(2019, 2, 1, 9), datetime(2019, 2, 4, 9))
    assert text.author_types == (("Citoyen / Citoyenne", 3), ("Organisation à but lucratif", 1))
    assert (text.excerpt, text.full) == (COPIED, None)


def test_texts_are_by_size_and_only_the_largest_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    for start, size in ((1, 2), (11, 4), (21, 3)):
        sent = [build.answer(build.contribution(start + n), "q-1", f"mot {start} " * 80) for n in range(size)]
        build.copy_group(*sent, coordinated=True)
    monkeypatch.setattr(copies, "TEXTS_SHOWN", 2)
    with dataset_connection(folder(build.write())) as connection:
        found = coordination(connection)
        assert ranked(connection) == {}  # no answer has a theme
    assert (found.total, found.contributions) == (3, 9)
    assert [text.contributions for text in found.texts] == [4, 3]
    assert found.texts[0].excerpt.endswith(" …") and found.texts[0].full == "mot 11 " * 80


def test_the_routed_base_is_counted_beside_each_theme(made: Path) -> None:
    with dataset_connection(made) as connection:
        found = question_themes(connection)
    conditional = found["q-2"]
    assert conditional.base == Counts(8, 9, 7, asked=6, not_asked=2)
    assert conditional.base.unknown == 1
    counts = {
        theme.topic_id: (t := theme.counts) and (t.contributions, t.asked, t.not_asked, t.unknown)
        for theme in conditional.themes
    }
    assert counts == {"t-rail": (4, 4, 0, 0), "t-bus": (3, 1, 1, 1), "t-bike": (2, 1, 1, 0)}
    assert (found["q-3"].base.asked, found["q-3"].base.not_asked) == (0, 0)  # no condition


def test_contradictions_are_shown_with_the_answer_that_decided(made: Path) -> None:
    with dataset_connection(made) as connection:
        found = contradictions(connection)
        assert [row.reference for row in contradictions(connection, 1)] == ["4-6"]
    assert [(row.reference, row.question_id, row.parent_answer) for row in found] == [
        ("4-6", "q-2", "Non"),
        ("4-9", "q-2", "Non"),
    ]
    assert found[0].quote == "Une idée parmi d’autres, la numéro 6"
    assert told.CONTRADICTIONS_SHOWN == 200


def test_an_older_workspace_has_no_coordinated_text(tmp_path: Path) -> None:
    with dataset_connection(folder(small(tmp_path))) as connection:
        assert coordination(connection) == Coordination()
        assert ranked(connection) == {}
        assert contradictions(connection) == []


def test_an_excerpt_is_cut_between_words() -> None:
    assert excerpt("Un texte court", 20) == "Un texte court"
    assert excerpt("Un texte un peu plus long", 20) == "Un texte un peu …"
    assert excerpt("x" * 30, 20) == "x" * 20 + " …"


def test_a_change_of_rank_is_an_arrow_and_a_number() -> None:
    assert [rank_change(rise) for rise in (2, -1, 0)] == ["▲2", "▼1", "="]


def test_the_queries_need_nothing_but_the_dataset(made: Path) -> None:
    connection = duckdb.connect(":memory:")
    for name in ("answers", "segments", "topics", "topic_numbers", "copy_groups"):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{made / name}.parquet'")
    assert list(ranked(connection)) == ["q-2"]
