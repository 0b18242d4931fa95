"""Copies and near copies over a whole run: the table copy_groups and what answers say of it, worked by hand."""

from datetime import datetime

import pytest
from ingest_inputs import answers, csv_text, headers, questionnaire, rows, run

from pipeline.ingest import grouping

QUESTIONS = questionnaire().questions
OPEN = [place for place, question in enumerate(QUESTIONS) if question.kind == "open"][:2]
IDS = [f"q-{QUESTIONS[place].official_id}" for place in OPEN]

# Twenty words, and what four other people made of them.
TEXT = (
    "Il faut rouvrir les petites gares de nos vallées car sans train le matin "
    "personne ne peut aller travailler ailleurs"
)
TYPOGRAPHY = TEXT.upper().replace(" CAR ", " : CAR, ") + " !"  # word for word the same
REPLACED = TEXT.replace("petites", "vieilles")
DELETED = TEXT.replace(" ailleurs", ".")
INSERTED = TEXT.replace("rouvrir", "absolument rouvrir")
OTHER = "Je préfère que l’on construise des pistes cyclables entre les villages et que les cars soient gratuits"
CITIZEN, ASSOCIATION, ELECTED = "Citoyen / Citoyenne", "Organisation à but non lucratif", "Élu / élue et Institution"

# (author, answer, kind of author, day of February 2019). Five authors; the last of them says it twice word for word.
CAMPAIGN = [
    ("p-1", TEXT, CITIZEN, 5),
    ("p-9", OTHER, CITIZEN, 1),
    ("p-2", TYPOGRAPHY, CITIZEN, 3),
    ("p-3", REPLACED, ASSOCIATION, 20),
    ("p-4", DELETED, ELECTED, 7),
    ("p-5", INSERTED, CITIZEN, 9),
    ("p-5", INSERTED, CITIZEN, 10),
]


def received(tmp_path, said, place=OPEN[0], **settings):
    """Run ingest on an official CSV with a row for each (author, answer, kind of author, day)."""
    people = [
        {"authorId": author, "authorType": kind, "publishedAt": f"2019-02-{day:02} 08:00:00"}
        for author, _, kind, day in said
    ]
    cells = [[text if here == place else "" for here in range(len(QUESTIONS))] for _, text, _, _ in said]
    path = tmp_path / "export.csv"
    path.write_text(csv_text(headers(QUESTIONS), cells, people=people), encoding="utf-8")
    return run(tmp_path, path, **settings)


def by_citizens(texts, authors=None):
    return [(authors or f"p-{number}", text, CITIZEN, 1) for number, text in enumerate(texts)]


def given(tmp_path, question=IDS[0]):
    """Return the answers to one question, in order of receipt."""
    return [answer for answer in answers(tmp_path) if answer["question_id"] == question]


def test_variants_of_one_text_make_one_coordinated_group(tmp_path):
    summary = received(tmp_path, CAMPAIGN)
    first, other, *more = given(tmp_path)
    (group,) = rows(tmp_path, "copy_groups")
    assert group == {
        "copy_group_id": "g" + first["answer_id"][1:],
        "question_id": IDS[0],
        "answer_id": first["answer_id"],
        "n_answers": 6,
        "n_contributions": 6,
        "n_respondents": 5,
        "n_texts": 4,
        "n_words": 20,
        "first_published_at": datetime(2019, 2, 3, 8),
        "last_published_at": datetime(2019, 2, 20, 8),
        "author_types": [
            {"author_type": "Citoyen", "n_contributions": 4},
            {"author_type": "Association", "n_contributions": 1},
            {"author_type": "Élu ou institution", "n_contributions": 1},
        ],
        "coordinated": True,
    }
    assert {answer["copy_group_id"] for answer in (first, *more)} == {group["copy_group_id"]}
    assert other["copy_group_id"] is None
    assert (summary.counts["copy_groups"], summary.counts["coordinated"]) == (1, 1)


def test_only_the_same_words_are_copies_of_an_answer_and_only_of_one_author_duplicates(tmp_path):
    received(tmp_path, CAMPAIGN)
    found = given(tmp_path)
    assert [answer["state"] for answer in found] == ["pending"] * 6 + ["duplicate"]
    assert [answer["duplicate_of"] for answer in found] == [
        *(None, None, found[0]["answer_id"], None, None, None),
        found[5]["answer_id"],
    ]


def test_without_near_copies_only_the_same_words_make_groups(tmp_path):
    received(tmp_path, CAMPAIGN, near_copies=False)
    found = given(tmp_path)
    groups = rows(tmp_path, "copy_groups")
    assert [
        (group["answer_id"], group["n_answers"], group["n_respondents"], group["n_texts"], group["coordinated"])
        for group in groups
    ] == [(found[0]["answer_id"], 2, 2, 1, False), (found[5]["answer_id"], 2, 1, 1, False)]
    one, other = (group["copy_group_id"] for group in groups)
    assert [answer["copy_group_id"] for answer in found] == [one, None, one, None, None, other, other]


@pytest.mark.parametrize(("size", "workers"), [(1, 1), (2, 1), (3, 2)])
def test_groups_are_the_same_however_the_answers_are_cut_into_partitions(tmp_path, size, workers):
    received(tmp_path, CAMPAIGN)
    received(tmp_path, CAMPAIGN, name="cut", partition_size=size, workers=workers)
    assert rows(tmp_path, "copy_groups", "cut") == rows(tmp_path, "copy_groups")
    assert answers(tmp_path, "cut") == answers(tmp_path)


def test_an_author_who_says_nearly_the_same_twice_is_grouped_and_counts_once(tmp_path):
    received(tmp_path, by_citizens([TEXT, REPLACED], "p-1"))
    assert [(answer["state"], answer["duplicate_of"]) for answer in given(tmp_path)] == [("pending", None)] * 2
    (group,) = rows(tmp_path, "copy_groups")
    assert (group["n_answers"], group["n_respondents"], group["coordinated"]) == (2, 1, False)
    assert {answer["copy_group_id"] for answer in given(tmp_path)} == {group["copy_group_id"]}


def test_a_short_text_of_many_authors_is_a_group_and_no_campaign(tmp_path):
    received(tmp_path, by_citizens(["oui", "Oui", "OUI !", "oui.", "« oui »", "non"]))
    *yes, no = given(tmp_path)
    (group,) = rows(tmp_path, "copy_groups")
    assert (group["n_answers"], group["n_respondents"], group["n_texts"], group["n_words"]) == (5, 5, 1, 1)
    assert not group["coordinated"]
    assert {answer["copy_group_id"] for answer in yes} == {group["copy_group_id"]} and no["copy_group_id"] is None


@pytest.mark.parametrize(
    ("words", "authors", "settings", "expected"),
    [
        (15, 3, {}, True),
        (14, 3, {}, False),
        (15, 2, {}, False),
        (14, 3, {"coordinated_words": 14}, True),
        (15, 3, {"coordinated_authors": 4}, False),
    ],
)
def test_coordinated_is_enough_words_by_enough_authors(tmp_path, words, authors, settings, expected):
    text = " ".join(TEXT.split()[:words])
    received(tmp_path, by_citizens([text] * authors), **settings)
    (group,) = rows(tmp_path, "copy_groups")
    assert group["coordinated"] is expected


def test_texts_below_ten_words_are_grouped_only_word_for_word(tmp_path):
    nine, changed = " ".join(TEXT.split()[:9]), " ".join(REPLACED.split()[:9])
    received(tmp_path, by_citizens([nine, changed, nine]))
    one, other, again = given(tmp_path)
    assert one["copy_group_id"] == again["copy_group_id"] is not None and other["copy_group_id"] is None


@pytest.mark.parametrize("at_once", [1, 1000])
def test_the_same_text_given_to_two_questions_makes_a_group_in_each(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(grouping, "_ANSWERS_AT_ONCE", at_once)  # 1: the questions are grouped one at a time
    cells = [[text if place in OPEN else "" for place in range(len(QUESTIONS))] for text in (TEXT, REPLACED, DELETED)]
    path = tmp_path / "export.csv"
    path.write_text(csv_text(headers(QUESTIONS), cells), encoding="utf-8")
    run(tmp_path, path)
    groups = rows(tmp_path, "copy_groups")
    assert [(group["question_id"], group["n_answers"], group["n_texts"]) for group in groups] == [
        (question, 3, 3) for question in IDS
    ]
    for question, group in zip(IDS, groups, strict=True):
        assert {answer["copy_group_id"] for answer in given(tmp_path, question)} == {group["copy_group_id"]}


def test_short_texts_near_a_long_one_make_no_campaign(tmp_path):
    long = TEXT.split()[:15]
    short = [" ".join(long[:-1])] * 4
    received(tmp_path, by_citizens([" ".join(long), *short]))
    (group,) = rows(tmp_path, "copy_groups")
    assert (group["n_respondents"], group["n_words"], group["coordinated"]) == (5, 15, False)
