"""The log, replayed: undo, conflicts between people, themes that were merged or retired, and what is told instead."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.review import decisions as log
from pipeline.review.answers import Answer, Verdict
from pipeline.review.decisions import Decision
from pipeline.review.replay import Reviewed, named_answers, replay, settled_from_json

TEXT = "Plus de médecins. Plus de trains à la CAF"


def theme(topic_id: str, parent_id: str | None = None, question_id: str | None = "q-1") -> dict[str, Any]:
    return {
        "topic_id": topic_id,
        "question_id": question_id,
        "questionnaire": "organisation",
        "parent_id": parent_id,
        "label": f"Thème {topic_id}",
        "definition": "",
        "terms": ["mot"],
        "term_scores": [1.0],
        "against": [],
        "stability": 0.5,
        "n_segments": 3,
        "status": "proposed",
        "lineage": [],
        "model": "local/x",
    }


TOPICS = [
    theme("t-a"),
    theme("t-a1", "t-a"),
    theme("t-a2", "t-a"),
    theme("t-b"),
    theme("t-b1", "t-b"),
    theme("t-other", question_id="q-2"),
]
ANSWERS = {
    answer.answer_id: answer
    for answer in (
        Answer("a-1", "a-1", "q-1", "organisation", TEXT, "pending", ("t-a1", "t-b")),
        Answer("a-2", "a-1", "q-1", "organisation", TEXT.upper(), "pending", ("t-a1",)),
        Answer("a-3", "a-3", "q-1", "organisation", TEXT, "pending"),
        Answer("a-4", "a-4", "q-1", "organisation", "RAS", "empty"),
    )
}
ORGANISATIONS = frozenset(("o-caf", "o-edf"))


def decide(number: int, action: str, target: str | dict[str, Any], **more: Any) -> Decision:
    where = {"kind": "topic", "id": target} if isinstance(target, str) else target
    line = {"decision_id": f"d-{number}", "at": "2026-02-03T10:00:00Z", "author": "Ana", "action": action}
    return Decision.model_validate(line | {"target": where} | more)


def whole(answer_id: str) -> dict[str, Any]:
    text = ANSWERS[answer_id].text if answer_id in ANSWERS else TEXT
    return {"kind": "answer", "answer_id": answer_id, "start": 0, "end": len(text), "quote": text}


def part(answer_id: str, start: int, end: int, kind: str = "segment") -> dict[str, Any]:
    return {"kind": kind, "answer_id": answer_id, "start": start, "end": end, "quote": TEXT[start:end]}


def run(*decisions: Decision) -> Reviewed:
    return replay(decisions, TOPICS, ANSWERS, ORGANISATIONS)


def labels(found: Reviewed) -> dict[str, str]:
    return {row["topic_id"]: row["label"] for row in found.themes.rows}


def themes_of(found: Reviewed, root: str = "a-1") -> list[tuple[str, ...]]:
    return [verdict.topic_ids for verdict in found.answers.verdicts.get(root, ())]


ids = st.sampled_from(["t-a", "t-a1", "t-b", "t-b1", "t-other", "t-new", "t-none"])
lists = st.lists(ids, max_size=2, unique=True)
spans = st.sampled_from([whole("a-1"), whole("a-2"), whole("a-3"), whole("a-4"), part("a-1", 0, 17), whole("a-none")])
wording = st.tuples(st.sampled_from(["rename", "define"]), ids, st.just("Thème t-a") | st.none(), st.text(max_size=3))
moving = st.tuples(st.sampled_from(["merge", "reparent", "retire", "validate"]), ids, st.none(), ids | st.none())
making = st.tuples(
    st.sampled_from(["create", "split"]),
    ids,
    st.none(),
    st.builds(
        lambda question, parent, new, inside, answers: {
            "label": "Neuf",
            "question_id": question,
            "parent_id": parent,
            "into": [{"topic_id": new, "label": "Part", "subtopics": inside, "answers": answers}],
        },
        st.sampled_from(["q-1", None]),
        st.none() | ids,
        ids,
        lists,
        st.lists(st.sampled_from(["a-1", "a-2"]), max_size=1),
    ),
)
giving = st.tuples(
    st.sampled_from(["assign", "unassign", "confirm", "uninformative"]),
    spans,
    lists | st.none(),
    lists | st.none() | ids,
)
naming = st.tuples(
    st.sampled_from(["mention_add", "mention_edit", "mention_delete", "link", "alias"]),
    st.just(part("a-1", 38, 41, "mention")) | st.just({"kind": "organisation", "id": "o-caf"}),
    st.none(),
    st.sampled_from([None, "o-caf", "o-none", {"label": "ORG", "start": 38, "end": 41}, {"label": "X"}]),
)


@st.composite
def logs(draw: st.DrawFn) -> list[Decision]:
    drawn = draw(st.lists(wording | moving | making | giving | naming, max_size=12))
    made = []
    for number, (action, target, before, after) in enumerate(drawn):
        undoes = draw(st.none() | st.integers(0, number).map(lambda n: f"d-{n}")) if number % 3 == 2 else None
        author = draw(st.sampled_from(["Ana", "Bob"]))
        more = {"before": before, "after": after, "author": author, "undoes": undoes}
        made.append(decide(number, action, target, **more))
    return made


@settings(max_examples=150, deadline=None)
@given(logs())
def test_any_log_gives_themes_that_hold_together_and_changes_nothing_that_it_was_given(made: list[Decision]) -> None:
    topics = copy.deepcopy(TOPICS)
    found = replay(made, topics, ANSWERS, ORGANISATIONS)
    assert topics == TOPICS and found == replay(made, topics, ANSWERS, ORGANISATIONS)
    rows = {row["topic_id"]: row for row in found.themes.rows}
    for row in rows.values():
        assert row["parent_id"] is None or rows[row["parent_id"]]["parent_id"] is None
        assert row["parent_id"] is None or rows[row["parent_id"]]["question_id"] == row["question_id"]
    assert all(new is None or new in rows for new in found.themes.moves.values())
    assert rows.keys().isdisjoint(found.themes.moves)
    given_to = [key for verdicts in found.answers.verdicts.values() for one in verdicts for key in one.topic_ids]
    assert set(given_to) <= rows.keys()
    assert {one.decision.decision_id for one in found.troubles} <= {one.decision_id for one in made}
    assert settled_from_json(found.settled.to_json()) == found.settled


@settings(max_examples=100, deadline=None)
@given(logs())
def test_undoing_all_of_a_log_gives_back_what_the_machine_found(made: list[Decision]) -> None:
    kept = [one for one in made if one.undoes is None]
    undone = [
        decide(100 + number, "note", "t-a", undoes=one.decision_id, author="Cléo") for number, one in enumerate(kept)
    ]
    assert replay([*kept, *undone], TOPICS, ANSWERS, ORGANISATIONS) == replay([], TOPICS, ANSWERS)


@settings(max_examples=50, deadline=None)
@given(logs())
def test_a_log_that_holds_every_line_twice_says_what_it_says_once(made: list[Decision]) -> None:
    content = "".join(f"{one.line()}\n" for one in made).encode("utf-8")
    once, twice = log.parse(content, Path("log")), log.parse(content * 2, Path("log"))
    assert once.decisions == twice.decisions and len(twice.problems) == len(made)


def test_an_undo_that_is_undone_lets_the_decision_count_again() -> None:
    rename = decide(1, "rename", "t-a", before="Thème t-a", after="Santé")
    undo = decide(2, "note", "t-a", undoes="d-1")
    assert labels(run(rename, undo))["t-a"] == "Thème t-a"
    assert labels(run(rename, undo, decide(3, "note", "t-a", undoes="d-2")))["t-a"] == "Santé"


def test_what_undoes_nothing_is_told() -> None:
    (trouble,) = run(decide(1, "note", "t-a", undoes="d-77")).troubles
    assert trouble.why == "lost" and "d-77" in trouble.detail


def test_a_name_given_without_having_seen_that_of_another_person_is_a_conflict() -> None:
    first = decide(1, "rename", "t-a", before="Thème t-a", after="Santé")
    blind = decide(2, "rename", "t-a", before="Thème t-a", after="Soins", author="Bob")
    seen = decide(3, "rename", "t-a", before="Santé", after="Soins", author="Bob")
    same = decide(4, "rename", "t-a", before="Thème t-a", after="Santé", author="Bob")
    found = run(first, blind)
    assert labels(found)["t-a"] == "Santé"
    assert [(one.why, one.decision, one.other) for one in found.troubles] == [("conflict", blind, first)]
    assert labels(run(first, seen))["t-a"] == "Soins" and not run(first, seen).troubles
    assert not run(first, same).troubles
    # One person may think again, having seen what they said or not.
    again = decide(5, "rename", "t-a", before="Thème t-a", after="Médecins")
    assert labels(run(first, again))["t-a"] == "Médecins"


@pytest.mark.parametrize(
    ("decision", "detail"),
    [
        (decide(1, "rename", "t-none", after="X"), "there is no theme t-none"),
        (decide(1, "rename", "t-a", after=" "), "no label"),
        (decide(1, "merge", "t-a", after="t-a"), "itself"),
        (decide(1, "merge", "t-a", after="t-other"), "different questions"),
        (decide(1, "merge", "t-a", after="t-a1"), "sub-theme of t-a"),
        (decide(1, "reparent", "t-a", after="t-b"), "two levels"),
        (decide(1, "reparent", "t-b1", after="t-a1"), "no theme that could have sub-themes"),
        (decide(1, "create", "t-a", after={"label": "X", "question_id": "q-1"}), "already"),
        (decide(1, "create", "t-new", after={"label": "X"}), "question_id"),
        (decide(1, "split", "t-a", after=None), "into what"),
        (decide(1, "assign", whole("a-none"), after=["t-a"]), "there is no answer a-none"),
        (decide(1, "assign", whole("a-4"), after=["t-a"]), "a-4 is empty"),
        (decide(1, "assign", whole("a-1"), after=["t-none"]), "there is no theme t-none"),
        (decide(1, "assign", whole("a-1"), after=["t-other"]), "not one of question q-1"),
        (decide(1, "assign", whole("a-1") | {"quote": TEXT.lower()}, after=["t-a"]), "does not say"),
        (decide(1, "link", part("a-1", 38, 41, "mention"), after="o-none"), "there is no organisation o-none"),
        (decide(1, "alias", {"kind": "organisation", "id": "o-none"}, after="X"), "there is no organisation o-none"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(decision: Decision, detail: str) -> None:
    found = run(decision)
    (trouble,) = found.troubles
    assert trouble.why == "lost" and detail in trouble.detail
    assert (found.themes.rows, found.settled) == (run().themes.rows, run().settled)


def test_what_is_merged_takes_its_sub_themes_along_and_later_decisions_follow() -> None:
    merge = decide(1, "merge", "t-b", after="t-a")
    given = decide(2, "assign", whole("a-3"), before=[], after=["t-b", "t-b1"])
    found = run(merge, given)
    rows = {row["topic_id"]: row for row in found.themes.rows}
    assert "t-b" not in rows and rows["t-b1"]["parent_id"] == "t-a" and rows["t-a"]["status"] == "reviewed"
    assert dict(found.themes.moves) == {"t-b": "t-a"} and themes_of(found, "a-3") == [("t-a", "t-b1")]
    into_part = run(decide(1, "merge", "t-b", after="t-a1"))
    assert dict(into_part.themes.moves) == {"t-b": "t-a1", "t-b1": "t-a1"}


def test_merges_follow_each_other_and_two_people_who_say_the_same_agree() -> None:
    found = run(decide(1, "merge", "t-b", after="t-a"), decide(2, "merge", "t-b", after="t-a", author="Bob"))
    assert not found.troubles
    chain = run(decide(1, "merge", "t-a1", after="t-a2"), decide(2, "merge", "t-a2", after="t-b"))
    assert dict(chain.themes.moves) == {"t-a1": "t-b", "t-a2": "t-b"}
    other = run(decide(1, "merge", "t-a1", after="t-a2"), decide(2, "merge", "t-a1", after="t-b", author="Bob"))
    assert [one.why for one in other.troubles] == ["conflict"] and dict(other.themes.moves) == {"t-a1": "t-a2"}


def test_a_theme_is_split_by_sub_themes_and_by_answers_with_their_copies() -> None:
    into = [{"topic_id": "t-new", "label": "Trains", "subtopics": ["t-a2"], "answers": ["a-2"]}]
    found = run(decide(1, "split", "t-a", after={"into": into}))
    rows = {row["topic_id"]: row for row in found.themes.rows}
    assert rows["t-a2"]["parent_id"] == "t-new" and rows["t-new"]["label"] == "Trains"
    assert {root: dict(moved) for root, moved in found.themes.parts.items()} == {
        "a-1": {"t-a": "t-new", "t-a1": "t-new", "t-a2": "t-new"}
    }
    assert named_answers([decide(1, "split", "t-a", after={"into": into})]) == {"a-2"}


def test_copies_of_one_text_may_leave_different_themes() -> None:
    trains = decide(1, "split", "t-a", after={"into": [{"topic_id": "t-new", "label": "Trains", "answers": ["a-2"]}]})
    poste = decide(2, "split", "t-b", after={"into": [{"topic_id": "t-neu", "label": "Poste", "answers": ["a-1"]}]})
    assert run(trains, poste).themes.parts["a-1"] == {
        **dict.fromkeys(("t-a", "t-a1", "t-a2"), "t-new"),
        **dict.fromkeys(("t-b", "t-b1"), "t-neu"),
    }


def test_a_verdict_holds_for_the_answer_that_others_are_copies_of_and_the_last_word_counts() -> None:
    first = decide(1, "assign", whole("a-2"), before=["t-a1"], after=["t-a1", "t-b"])
    found = run(first)
    assert found.answers.verdicts == {"a-1": (Verdict(("t-a1", "t-b"), "d-1", "Ana"),)}
    assert themes_of(run(first, decide(2, "unassign", whole("a-1"), before=["t-a1", "t-b"], after=[]))) == [()]
    silent = run(first, decide(2, "uninformative", whole("a-1"), before=["t-a1", "t-b"]))
    assert silent.answers.verdicts["a-1"][0].uninformative


def test_short_forms_written_by_hand_add_take_away_or_confirm() -> None:
    assert themes_of(run(decide(1, "assign", whole("a-1"), after="t-a2"))) == [("t-a1", "t-b", "t-a2")]
    assert themes_of(run(decide(1, "unassign", whole("a-1"), before="t-b"))) == [("t-a1",)]
    assert themes_of(run(decide(1, "confirm", whole("a-1")))) == [("t-a1", "t-b")]
    assert themes_of(run(decide(1, "confirm", {"kind": "answer", "id": "a-1"}))) == [("t-a1", "t-b")]


def test_a_part_has_a_verdict_of_its_own_until_one_on_the_whole_that_saw_it() -> None:
    of_part = decide(1, "assign", part("a-1", 0, 17), before=["t-a1"], after=["t-a2"])
    (verdict,) = run(of_part).answers.verdicts["a-1"]
    assert (verdict.start, verdict.end, verdict.text, verdict.topic_ids) == (0, 17, TEXT, ("t-a2",))
    seen = decide(2, "assign", whole("a-1"), before=["t-a2", "t-b"], after=["t-b"], author="Bob")
    assert themes_of(run(of_part, seen)) == [("t-b",)]
    blind = decide(2, "assign", whole("a-1"), before=["t-a1", "t-b"], after=["t-b"], author="Bob")
    found = run(of_part, blind)
    assert themes_of(found) == [("t-a2",)] and [one.why for one in found.troubles] == ["conflict"]


def test_two_people_who_code_one_answer_blindly_agree_or_are_in_conflict() -> None:
    ana = decide(1, "assign", whole("a-1"), before=["t-a1", "t-b"], after=["t-b"])
    bob = {"before": ["t-a1", "t-b"], "author": "Bob"}
    assert not run(ana, decide(2, "assign", whole("a-1"), after=["t-b"], **bob)).troubles
    found = run(ana, decide(2, "confirm", whole("a-1"), after=["t-a1", "t-b"], **bob))
    assert [one.why for one in found.troubles] == ["conflict"] and themes_of(found) == [("t-b",)]


def test_an_answer_given_to_a_theme_that_is_retired_is_told_of_and_left_to_the_machine() -> None:
    found = run(decide(1, "assign", whole("a-3"), before=[], after=["t-b"]), decide(2, "retire", "t-b"))
    assert themes_of(found, "a-3") == [] and "retired" in found.troubles[0].detail
    assert dict(found.themes.moves) == {"t-b": None, "t-b1": None}


def test_mentions_are_corrected_where_they_are_now() -> None:
    add = decide(1, "mention_add", part("a-1", 33, 41, "mention"), after={"label": "ORG", "start": 33, "end": 41})
    before = {"label": "ORG", "start": 33, "end": 41}
    edit = decide(
        2,
        "mention_edit",
        part("a-1", 33, 41, "mention"),
        before=before,
        after={"label": "ORG", "start": 38, "end": 41, "quote": "CAF"},
    )
    link = decide(3, "link", part("a-1", 38, 41, "mention"), after={"organisation_id": "o-caf"})
    (found,) = run(add, edit, link).mentions.edits["a-1"]
    assert (found.start, found.end, found.new_start, found.new_end) == (33, 41, 38, 41)
    assert (found.label, found.organisation_id) == ("ORG", "o-caf")
    (gone,) = run(decide(1, "mention_delete", part("a-1", 38, 41, "mention"), before=before)).mentions.edits["a-1"]
    assert gone.label is None


def test_an_alias_is_one_spelling_of_one_organisation() -> None:
    caf = {"kind": "organisation", "id": "o-caf"}
    found = run(decide(1, "alias", caf, after="Caisse d'Allocations"))
    assert list(found.mentions.spellings.items()) == [("o-caf", ("Caisse d'Allocations",))]
    taken = decide(2, "alias", {"kind": "organisation", "id": "o-edf"}, after="CAISSE D'ALLOCATIONS", author="Bob")
    both = run(decide(1, "alias", caf, after="caisse d'allocations"), taken)
    assert [one.why for one in both.troubles] == ["conflict"] and set(both.mentions.aliases.values()) == {"o-caf"}
    seen = decide(2, "alias", taken.target.model_dump(), before="o-caf", after=taken.after, author="Bob")
    over = run(decide(1, "alias", caf, after="caisse d'allocations"), seen)
    assert not over.troubles and set(over.mentions.aliases.values()) == {"o-edf"}


def test_a_split_of_which_a_part_cannot_be_made_is_not_made_at_all() -> None:
    into = [{"topic_id": "t-new", "label": "Trains"}, {"topic_id": "t-b", "label": "Poste"}]
    found = run(decide(1, "split", "t-a", after={"into": into}))
    assert "t-b already" in found.troubles[0].detail and found.themes.rows == run().themes.rows


def test_the_state_is_read_back_as_it_was_written() -> None:
    found = run(
        decide(1, "assign", part("a-1", 0, 17), before=["t-a1"], after=["t-a2"]), decide(2, "merge", "t-b", after="t-a")
    )
    assert settled_from_json(found.settled.to_json()) == found.settled
    assert json.loads(found.settled.to_json())["moves"] == {"t-b": "t-a"}
