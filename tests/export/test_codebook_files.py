"""The codebook: `--codebook` reads its themes back as they are, and its page shows them with their figures."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dataset
from pipeline.config import Config
from pipeline.export import Source
from pipeline.export.codebook_files import write, write_rows
from pipeline.export.codebook_rows import codebook_rows, listed_terms, tidy
from pipeline.topics.codebook import Codebook, fold, read_codebook
from tests.export.plain_datasets import QUESTION, answers_of, dataset_of, hostile, lines, topic_of
from tests.workspaces import small

KEPT = "médecin"
"""A term that tells a theme from others, whatever its label."""


def written(place: Path, topics: list[dict[str, Any]], **rows: list[dict[str, Any]]) -> Path:
    folder = place / "codebook"
    folder.mkdir()
    write(dataset_of(place / "d", **({"questions": [QUESTION], "topics": topics} | rows)), folder)
    return folder


def cells(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [cell for row in csv.reader(handle, delimiter=";") for cell in row]


def test_the_themes_of_a_workspace_come_back_as_they_are(tmp_path: Path) -> None:
    workspace = small(tmp_path / "w")
    dataset.run(workspace, Config().with_values("execution", workers=1))
    source = Source(workspace.path / "dataset", workspace.manifest)
    write(source, tmp_path)
    read = {entry.topic_id: entry for entry in read_codebook(tmp_path / "codebook.csv").entries}
    # No word of « Rien » (« rien un », « rien deux ») is one that tells a theme: the reader would refuse it.
    topics = [row for row in source.table("topics").to_pylist() if row["topic_id"] != "t-unused"]
    assert set(read) == {row["topic_id"] for row in topics} and len(read) == 2
    for row in topics:
        entry = read[row["topic_id"]]
        assert (entry.label, entry.definition, entry.question) == (row["label"], row["definition"], row["question_id"])
        assert entry.terms == tuple(row["terms"]) and entry.parent is None
    quotes = {row["topic_id"]: row["quote"] for row in source.rows("exemplars") if row["kind"] == "central"}
    assert read["t-health"].examples == (quotes["t-health"],)


def test_subthemes_keep_their_theme(tmp_path: Path) -> None:
    topics = [topic_of("t-2", "Généralistes", parent_id="t-1", terms=[KEPT]), topic_of("t-1", "Santé", terms=[KEPT])]
    read = read_codebook(written(tmp_path, topics) / "codebook.csv")
    assert [(entry.label, entry.parent) for entry in read.entries] == [("Santé", None), ("Généralistes", "Santé")]
    assert [entry.label for entry in read.leaves("q-1")] == ["Généralistes"]


def test_borderline_texts_are_no_examples(tmp_path: Path) -> None:
    row = {"topic_id": "t-1", "question_id": "q-1"}
    exemplars = [row | {"kind": kind, "quote": f"un texte | {kind}"} for kind in ("central", "borderline", "argued")]
    folder = written(tmp_path, [topic_of("t-1", "Santé", terms=[KEPT])], exemplars=exemplars)
    examples = read_codebook(folder / "codebook.csv").entries[0].examples
    assert examples == ("un texte ¦ central", "un texte ¦ argued")


def test_themes_across_a_questionnaire_are_not_those_of_every_question(tmp_path: Path) -> None:
    topics = [
        topic_of("t-1", "Santé", terms=[KEPT]),
        topic_of("t-2", "santé", terms=[KEPT], question_id=None),
        topic_of("t-3", "Santé", terms=[KEPT], question_id=None, questionnaire="../Autre chose"),
    ]
    folder = written(tmp_path, topics)
    assert {path.name for path in folder.glob("*.csv")} == {
        "codebook.csv",
        "codebook_questionnaire_organisation.csv",
        "codebook_questionnaire_autre_chose.csv",
    }
    for name, topic_id, question in (("", "t-1", "q-1"), ("_questionnaire_organisation", "t-2", None)):
        (entry,) = read_codebook(folder / f"codebook{name}.csv").entries
        assert (entry.topic_id, entry.question) == (topic_id, question)


def test_themes_of_one_name_are_told_apart_and_what_no_word_tells_is_said(tmp_path: Path) -> None:
    topics = [
        topic_of("t-1", "Impôts", terms=["impôt"]),
        topic_of("t-2", "IMPOTS", terms=["taxe"]),
        topic_of("t-3", "Le & la", terms=["de"]),
    ]
    answers = answers_of("x", topics=[{"topic_id": key, "label": key, "score": 1.0, "theme_id": key, "theme_label": key}
                                      for key in ("t-1", "t-2", "t-3")])  # fmt: skip
    folder = written(tmp_path, topics, answers=answers)
    assert [entry.label for entry in read_codebook(folder / "codebook.csv").entries] == ["Impôts", "IMPOTS (2)"]
    assert "N’y sont pas, faute d’un mot qui les distingue\u00a0: Le \\& la." in (folder / "codebook.md").read_text(
        "utf-8"
    )


def test_the_page_has_words_counts_and_exemplars_and_no_markup_of_the_data(tmp_path: Path) -> None:
    def given_to(topic_id: str) -> list[dict[str, Any]]:
        return [{"topic_id": topic_id, "label": "", "score": 1.0, "theme_id": "t-1", "theme_label": ""}]

    one, two, three = answers_of("un", "deux", "trois", author_id="p-1")
    answers = [
        one | {"topics": given_to("t-1")},
        two | {"topics": given_to("t-2"), "duplicate_of": "a-0"},
        three | {"state": "unassigned", "reason": "no_theme_fits", "author_id": None},
    ]
    topics = [
        topic_of("t-1", "Santé <script>", terms=[KEPT, "soin"], against=["école"], definition="Ce qui soigne."),
        topic_of("t-2", "Généralistes", parent_id="t-1", terms=[KEPT]),
        topic_of("t-9", "Jamais", terms=["jamais"]),
    ]
    quote = {"topic_id": "t-1", "question_id": "q-1", "kind": "central", "answer_id": "a-0", "quote": "# *un*\n- |x|"}
    folder = written(tmp_path, topics, answers=answers, exemplars=[quote])
    page = (folder / "codebook.md").read_text("utf-8").replace("\u00a0", " ")
    whole, _, rest = page.partition("#### Généralistes")
    assert "### Santé \\<script\\>" in whole and "<script>" not in page
    assert "| effectif | 1 | 2 | 1 |" in whole and "| part | 50,0 % | 66,7 % | 50,0 % |" in whole
    assert "- **Définition** : Ce qui soigne." in whole and "- **Sous-thèmes** : Généralistes" in whole
    assert "- **Mots pour** : médecin, soin" in whole and "- **Mots contre** : école" in whole
    assert "> « \\# \\*un\\* - \\|x\\| » (central, `a-0`)" in whole
    assert "sous-thème de « Santé \\<script\\> »" in rest and "| effectif | 1 | 1 | 1 |" in rest
    assert "### Jamais" in rest and "| effectif | 0 | 0 | 0 |" in rest


def test_a_dataset_without_themes_has_an_empty_codebook(tmp_path: Path) -> None:
    folder = written(tmp_path, [])
    assert cells(folder / "codebook.csv")[0] == "label"
    assert (folder / "codebook.md").is_file()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(lines, hostile, st.lists(hostile, max_size=3), lines, st.booleans()), min_size=1, max_size=4))
def test_whatever_themes_say_the_codebook_reads_back(themes: list[tuple[str, str, list[str], str, bool]]) -> None:
    topics = [
        topic_of(
            f"t-{at}", label, definition=definition, terms=[KEPT, *terms], parent_id="t-0" if below and at else None
        )
        for at, (label, definition, terms, _, below) in enumerate(themes)
    ]
    exemplars = [{"topic_id": f"t-{at}", "kind": "central", "quote": row[3]} for at, row in enumerate(themes)]
    with TemporaryDirectory() as place:
        path = Path(place) / "codebook.csv"
        write_rows(path, codebook_rows([topic | {"against": [], "n_segments": 0} for topic in topics], exemplars))
        read = read_codebook(path)
        assert not [cell for cell in cells(path) if cell.startswith(tuple("=+-@\t\r"))]
    check_read_back(read, topics, exemplars)


def check_read_back(read: Codebook, topics: list[dict[str, Any]], exemplars: list[dict[str, Any]]) -> None:
    entries = {entry.topic_id: entry for entry in read.entries}
    assert set(entries) == {row["topic_id"] for row in topics}
    assert len({fold(entry.label) for entry in read.entries}) == len(topics)
    for row, exemplar in zip(topics, exemplars, strict=True):
        entry = entries[row["topic_id"]]
        label = tidy(row["label"]) or row["topic_id"]
        assert entry.label == label or entry.label.startswith(f"{label} (")
        assert entry.definition == tidy(row["definition"])
        assert entry.terms == tuple(listed_terms(row["terms"]))
        quote = tidy(exemplar["quote"]).replace("|", "¦")
        assert entry.examples == ((quote,) if quote else ())
        assert entry.parent == (entries["t-0"].label if row["parent_id"] else None)


@pytest.mark.parametrize("label", ["=1+1", "-5 % d’impôts", "@x", "+ de trains", "'=1", "\u200bx"])
def test_no_label_is_a_formula_and_each_reads_as_itself(tmp_path: Path, label: str) -> None:
    folder = written(tmp_path, [topic_of("t-1", label, terms=[KEPT])])
    assert label not in cells(folder / "codebook.csv")
    assert read_codebook(folder / "codebook.csv").entries[0].label == label


def test_rows_need_nothing_but_topics() -> None:
    assert codebook_rows([], []).rows == ()
