"""spaCy: what `spacy train` reads is what the dataset says, and nothing is lost without being counted."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import spacy
from hypothesis import given, settings
from spacy.tokens import Doc, DocBin
from spacy.training import Corpus, Example

from pipeline.export.spacy_docs import MISALIGNED, document, side_of, write
from pipeline.export.tasks import Span
from tests.export.plain_datasets import QUESTION, answers_of, dataset_of
from tests.export.task_datasets import THEMES, annotated, empty, finished, said, source_in, source_of

FRENCH = spacy.blank("fr")


def docs_in(folder: Path, name: str) -> list[Doc]:
    return list(DocBin().from_disk(folder / f"{name}.spacy").get_docs(FRENCH.vocab))


def about(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "about.json").read_text("utf-8")))


@settings(max_examples=40, deadline=None)
@given(annotated())
def test_texts_and_themes_come_back_and_every_mention_is_an_entity_or_counted(answers: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as place:
        source = source_of(Path(place) / "d", answers)
        write(source, folder := empty(Path(place) / "out"))
        docs = {doc.text: doc for name in ("train", "dev") for doc in docs_in(folder, name)}
        expected = {text: (themes, spans) for _, text, themes, spans in said(source)}
        assert docs.keys() == expected.keys()
        parents = {theme["topic_id"]: theme.get("parent_id") or theme["topic_id"] for theme in THEMES}
        lost = 0
        for text, doc in docs.items():
            themes, spans = expected[text]
            assert doc.cats == {theme: float(theme in {parents[one] for one in themes}) for theme in ("t-1", "t-2")}
            entities = {(entity.start_char, entity.end_char, entity.label_) for entity in doc.ents}
            aside = doc.spans.get(MISALIGNED, [])
            assert entities <= set(spans) and len(entities) + len(aside) == len(spans)
            assert all(
                any(text[start:end].strip() in one.text and one.label_ == label for one in aside)
                for start, end, label in set(spans) - entities
            )
            lost += len(aside)
        told = about(folder)["mentions"]
        assert (told[MISALIGNED], told["entities"]) == (lost, sum(len(doc.ents) for doc in docs.values()))
        assert told["given"] == sum(len(spans) for _, spans in expected.values())


def test_the_corpus_reader_of_spacy_train_reads_both_files_and_training_starts(tmp_path: Path) -> None:
    source = source_in(finished(tmp_path / "w"))
    write(source, folder := empty(tmp_path / "out"))
    nlp = spacy.blank("fr")
    examples = [one for name in ("train", "dev") for one in Corpus(folder / f"{name}.spacy")(nlp)]
    assert {example.text for example in examples} == {text for _, text, _, _ in said(source)}
    assert {entity.text for example in examples for entity in example.reference.ents} >= {"CAF", "Les Amis du Lot"}
    for name in ("textcat_multilabel", "ner"):
        nlp.add_pipe(name)
    nlp.initialize(lambda: examples)
    assert set(nlp.get_pipe("textcat_multilabel").labels) == {"t-health", "t-post", "t-unused"}
    assert all(loss == loss for loss in nlp.update(examples).values())


def test_a_theme_of_another_question_is_not_said_to_be_wrong(tmp_path: Path) -> None:
    write(source_in(finished(tmp_path / "w")), folder := empty(tmp_path / "out"))
    cats = {doc.text: doc.cats for name in ("train", "dev") for doc in docs_in(folder, name)}
    (first,) = [found for text, found in cats.items() if "médecins" in text]
    assert first == {"t-health": 1.0, "t-post": 1.0, "t-unused": 0.0}
    (other,) = [found for text, found in cats.items() if "vraie idée" in text]
    assert other == {}
    assert about(folder)["categories"]["t-health"] == "Médecins (t-health)"


def test_a_mention_within_a_word_is_counted_and_its_word_left_unsaid() -> None:
    doc = document(FRENCH, "La SNCFerie et EDF", [Span(3, 7, "ORG"), Span(15, 18, "ORG")])
    assert [entity.text for entity in doc.ents] == ["EDF"]
    assert [(span.text, span.label_) for span in doc.spans[MISALIGNED]] == [("SNCFerie", "ORG")]
    assert [token.ent_iob_ for token in doc] == ["O", "", "O", "B"]
    example = Example(FRENCH.make_doc(doc.text), doc)
    assert example.get_aligned_ner() == ["O", None, "O", "U-ORG"]


def test_answers_of_a_contribution_stay_on_one_side_and_about_a_fifth_is_held_out(tmp_path: Path) -> None:
    answers = [row | {"contribution_id": f"c-{at // 3}"} for at, row in enumerate(answers_of(*map(str, range(900))))]
    write(dataset_of(tmp_path / "d", questions=[QUESTION], topics=THEMES, answers=answers), tmp_path)
    sides = {doc.text: name for name in ("train", "dev") for doc in docs_in(tmp_path, name)}
    of = {row["text"]: row["contribution_id"] for row in answers}
    assert len(sides) == 900 and all(side == side_of(of[text]) for text, side in sides.items())
    assert len({(of[text], side) for text, side in sides.items()}) == 300
    assert 0.14 < sum(side == "dev" for side in sides.values()) / 900 < 0.26
    before = [(tmp_path / f"{name}.spacy").read_bytes() for name in ("train", "dev")]
    write(
        dataset_of(tmp_path / "e", questions=[QUESTION], topics=THEMES, answers=answers), again := empty(tmp_path / "2")
    )
    assert before == [(again / f"{name}.spacy").read_bytes() for name in ("train", "dev")]


def test_near_copies_are_no_document_and_are_counted(tmp_path: Path) -> None:
    answers = [row | {"copy_group_id": "g-1"} for row in answers_of("Un texte", "Un texte !", "Un texte.")]
    source = dataset_of(tmp_path / "d", questions=[QUESTION], topics=THEMES, answers=answers)
    write(source, folder := empty(tmp_path / "out"))
    assert sum(about(folder)["documents"].values()) == 1 and about(folder)["left_out"]["near_copy"] == 2
