"""The corpus for IRaMuTeQ: our own reader reads it back, and IRaMuTeQ sees no mark that is not one."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dataset
from pipeline.config import ColumnsConfig, Config
from pipeline.export import Source
from pipeline.export.cells import is_converted, is_live, unescaped
from pipeline.export.iramuteq import protected, unprotected, write
from pipeline.export.modalities import EMPTY, Modalities
from pipeline.ingest import iramuteq, questionnaires
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import inspect
from pipeline.ingest.layouts import recognise
from pipeline.ingest.matching import QuestionIndex
from pipeline.ingest.reading import Context
from pipeline.ingest.records import Message, Record
from tests.export.plain_datasets import QUESTION, answers_of, dataset_of, hostile, lines
from tests.workspaces import HOSTILE, small

INDEX = QuestionIndex(questionnaires.shipped())


def read(path: Path) -> list[Record]:
    """Read a corpus with the reader of `doleances ingest`."""
    context = Context(INDEX, ColumnsConfig(), path.parent)
    found = list(iramuteq.read(InputFile(path, path.name, path.name), inspect(path), context))
    assert all(isinstance(one, Record) or one.code == "N121" for one in found)
    return [one for one in found if not isinstance(one, Message)]


def told(record: Record) -> dict[str, str | None]:
    return {heading.wording: text for heading, text in zip(record.headings, record.texts, strict=True)}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = csv.DictReader(handle, delimiter=";")
        return [{key: unescaped(cell) for key, cell in row.items()} for row in rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Source, Path]:
    workspace = small(tmp_path_factory.mktemp("small"))
    dataset.run(workspace, Config().with_values("execution", workers=1))
    folder = tmp_path_factory.mktemp("corpus")
    source = Source(workspace.path / "dataset", workspace.manifest)
    write(source, folder)
    return source, folder


def test_every_text_comes_back_with_its_answer_and_what_its_modalities_stand_for(made: tuple[Source, Path]) -> None:
    source, folder = made
    answers = {row["answer_id"]: row for row in source.rows("answers")}
    texts = {row["id"]: row for row in table(folder / "textes.csv")}
    names = {(row["variable"], row["modalite"]): row for row in table(folder / "variables.csv")}
    file = InputFile(folder / "corpus.txt", "corpus.txt", "corpus.txt")
    source_of = recognise(file, Context(INDEX, ColumnsConfig(), folder))
    assert not isinstance(source_of, Message) and source_of.layout.name == "IRaMuTeQ corpus"
    records = read(file.path)
    assert [record.reference for record in records] == list(texts)
    wanted = [key for key, row in answers.items() if row["state"] in ("assigned", "unassigned")]
    assert [texts[str(record.reference)]["answer_id"] for record in records] == wanted and len(wanted) > 3
    for record in records:
        answer = answers[texts[str(record.reference)]["answer_id"]]
        found = told(record)
        assert unprotected(str(found.pop("Texte"))) == answer["text"]
        found["typeauteur"] = record.author_type
        meant = {name: names[name, str(value)] for name, value in found.items()}
        assert meant["theme"]["valeur"] == (answer["theme_label"] or "")
        assert meant["theme"]["identifiant"] == (answer["theme_id"] or "")
        assert meant["question"]["valeur"] == answer["question_id"]
        for variable, column in (("departement", "departement"), ("region", "region"), ("typeauteur", "author_type")):
            assert meant[variable]["valeur"] == (answer[column] or "")
        day = answer["published_at"]
        assert meant["mois"]["valeur"] == (f"{day:%Y-%m}" if day else "")
    assert HOSTILE in [str(told(record)["Texte"]) for record in records]


def test_people_of_one_kind_are_not_one_author(made: tuple[Source, Path]) -> None:
    records = read(made[1] / "corpus.txt")
    assert {record.author for record in records} == {None}
    assert "citoyen_citoyenne" in {record.author_type for record in records}


def test_there_is_a_file_a_question_and_one_of_all(made: tuple[Source, Path]) -> None:
    source, folder = made
    texts = table(folder / "textes.csv")
    for name in {row["fichier"] for row in texts}:
        assert [record.reference for record in read(folder / name)] == [r["id"] for r in texts if r["fichier"] == name]
    assert len({row["fichier"] for row in texts}) == len({row["question_id"] for row in texts}) == 2
    counts = {
        row["modalite"]: int(row["textes"]) for row in table(folder / "variables.csv") if row["variable"] == "theme"
    }
    assert sum(counts.values()) == len(texts) == source_count(source)


def source_count(source: Source) -> int:
    return sum(row["state"] in ("assigned", "unassigned") for row in source.rows("answers"))


def test_two_themes_of_one_name_are_two_modalities(tmp_path: Path) -> None:
    def theme(topic_id: str) -> dict[str, Any]:
        return {"topic_id": topic_id, "theme_id": topic_id, "theme_label": "Médecins", "topic_label": "Médecins"}

    first, second = answers_of("un", "deux")
    source = dataset_of(tmp_path / "d", questions=[QUESTION], answers=[first | theme("t-1"), second | theme("t-2")])
    (tmp_path / "c").mkdir()
    write(source, tmp_path / "c")
    found = [told(record)["theme"] for record in read(tmp_path / "c" / "corpus.txt")]
    assert found == ["medecins", "medecins_2"]


@pytest.mark.parametrize("value", ["=1+1", "-5 % d’impôts", "01", "4-1", "a\rb", "a;b\n", "\u200bx"])
def test_values_in_the_tables_are_no_formulas_and_come_back(tmp_path: Path, value: str) -> None:
    answers = answers_of("un", region=value, reference=value)
    source = dataset_of(tmp_path / "d", questions=[QUESTION], answers=answers)
    (tmp_path / "c").mkdir()
    write(source, tmp_path / "c")
    assert table(tmp_path / "c" / "textes.csv")[0]["reference"] == value
    rows = [row for row in table(tmp_path / "c" / "variables.csv") if row["variable"] == "region"]
    assert [row["valeur"] for row in rows] == [value]
    for name in ("textes.csv", "variables.csv"):
        with (tmp_path / "c" / name).open(encoding="utf-8-sig", newline="") as handle:
            cells = [cell for row in csv.reader(handle, delimiter=";") for cell in row]
        assert (f"\u200b{value}" if is_live(value) or is_converted(value) else value) in cells
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))]


def test_no_name_of_the_data_leads_out_of_the_folder(tmp_path: Path) -> None:
    question = QUESTION | {"question_id": "../../q", "questionnaire": "/etc/../ *x"}
    answers = answers_of("un", question_id="../../q")
    source = dataset_of(tmp_path / "d", questions=[question], answers=answers)
    folder = tmp_path / "deep" / "er" / "c"
    folder.mkdir(parents=True)
    write(source, folder)
    written = {path.name for path in tmp_path.rglob("*") if path.is_file() and path.parent != tmp_path / "d"}
    assert written == {path.name for path in folder.iterdir()} and "question_etc_x_01_q.txt" in written


@settings(max_examples=40, deadline=None)
@given(st.lists(lines, min_size=1, max_size=4))
def test_any_text_comes_back_and_is_no_mark_to_iramuteq(texts: list[str]) -> None:
    with TemporaryDirectory() as place:
        source = dataset_of(Path(place) / "d", questions=[QUESTION], answers=answers_of(*texts))
        folder = Path(place) / "c"
        folder.mkdir()
        write(source, folder)
        path = folder / "corpus.txt"
        assert [unprotected(str(told(record)["Texte"])) for record in read(path)] == texts
        # What IRaMuTeQ looks for (its corpus.py): lines as codecs cuts them, and how they begin.
        with codecs.open(str(path), "r", "utf-8") as handle:
            seen = [line.rstrip("\n\r") for line in handle]
        assert sum(line.startswith("****") for line in seen) == len(texts)
        assert not [line for line in seen if line.startswith("-*") or (line[:4].isdigit() and "*" in line)]


@settings(deadline=None)
@given(lines)
def test_only_lines_that_are_marks_or_empty_at_an_end_are_changed(text: str) -> None:
    assert unprotected(protected(text)) == text
    assert protected(text).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", ["Trop de taxes.\n\n- moins\n*** rien\n2019 fut", "a", "1234 euros", "- *non"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert protected(text) == text


@settings(deadline=None)
@given(st.lists(hostile | st.none(), max_size=12))
def test_modalities_are_plain_words_one_a_value(values: list[str | None]) -> None:
    modalities = Modalities()
    names = [modalities.of("theme", value) for value in values]
    assert all(name and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_") for name in names)
    assert len(set(names)) == len(set(values))
    assert dict(zip(values, names, strict=True)).get(None, EMPTY) == EMPTY
    rows = list(modalities.rows())
    assert sorted((name, value) for _, name, value, _, _ in rows) == sorted(
        {(name, value or "") for name, value in zip(names, values, strict=True)}
    )
    assert sum(row[-1] for row in rows) == len(values)
