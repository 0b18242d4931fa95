"""Figures counted anew from the tables: every number worked by hand, or by plain Python over the same rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dataset, tables
from pipeline.config import Config
from pipeline.recount import Figure, recount
from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.workspaces import Builder, small, tokens_of

CONFIG = Config().with_values("execution", workers=1)


def nested(path: Path) -> Workspace:
    """Sub-themes, people who answered twice, copies and a condition, in the answers to question 2.

    ====  ======  =====  ============  =================================
    form  author  Q1     theme         beside that
    ====  ======  =====  ============  =================================
    1     p-1     Oui    rail          names the CAF twice
    2     p-1     Oui    rail, road
    3     (none)  Non    rail          a copy of 1, names the CAF once
    4     p-4     Oui    move          a second answer, on care
    5     p-5     (none) (none)        names the CAF once
    ====  ======  =====  ============  =================================
    """
    build = Builder(path)
    asked = build.question(1, "Faut-il plus de services ?", "closed")
    which = build.question(2, "Si oui, lesquels ?", depends_on=asked, shown_if="Oui")
    build.organisation("o-caf", "Caisse d'allocations familiales", "CAF")
    build.topic("t-move", "Transports", which, "local/abc123")
    build.topic("t-rail", "Trains", which, "local/abc123", parent_id="t-move")
    build.topic("t-road", "Routes", which, "local/abc123", parent_id="t-move")
    build.topic("t-care", "Soins", which, "local/abc123")
    told = {
        1: ("p-1", "Oui", "Des trains, dit la CAF et encore la CAF", ["t-rail"]),
        2: ("p-1", "Oui", "Des gares et puis des routes", ["t-rail", "t-road"]),
        3: (None, "Non", "Des trains, dit la CAF et encore la CAF", ["t-rail"]),
        4: ("p-4", "Oui", "Se déplacer autrement", ["t-move"]),
        5: ("p-5", "", "Une autre idée de la CAF", []),
    }
    answers: dict[int, str] = {}
    for number, (author, said, text, themes) in told.items():
        if number == 4:
            build.new_partition()
        form = build.contribution(number, author_id=author)
        build.answer(form, asked, said, "closed" if said else "empty")
        more = {"duplicate_of": answers[1]} if number == 3 else {}
        routed = {"Oui": True, "Non": False}.get(said)
        cuts = [9] if len(themes) == 2 else ()
        answers[number] = build.answer(form, which, text, cuts=cuts, themes=themes, routed=routed, **more)
        if "CAF" in text:
            build.mention(answers[number], "CAF", "ORG", "o-caf")
        if number == 1:
            start = text.rindex("CAF")
            again = {"mention_id": "m-again", "start": start, "end": start + 3}
            build.parts[-1]["mentions"].append(build.parts[-1]["mentions"][-1] | again)
        if number == 4:
            own = build.parts[-1]["answers"][-1] | {"answer_id": "a-own", "text": "Des médecins"}
            build.parts[-1]["answers"].append(own)
            segment = {"segment_id": "s-own", "answer_id": "a-own", "start": 0, "end": 12}
            segment |= {"tokens": tokens_of("Des médecins", 0, 12), "language": "fr"}
            build.parts[-1]["segments"].append(segment)
            build._assign("s-own", "t-care", 0.9)
    return build.write()


def counted(workspace: Workspace, *names: str) -> dict[str, Figure]:
    dataset.run(workspace, CONFIG)
    with recount(workspace) as found:
        return found.of(names)


@pytest.mark.parametrize(
    ("topic_id", "expected"),
    [
        ("t-rail", {"respondents": (2, 4), "contributions": (3, 5), "unique_texts": (2, 5), "asked": (2, 3)}),
        ("t-road", {"respondents": (1, 4), "contributions": (1, 5), "unique_texts": (1, 5), "asked": (1, 3)}),
        # Form 2 speaks of both of its sub-themes and counts once.
        ("t-move", {"respondents": (3, 4), "contributions": (4, 5), "unique_texts": (3, 5), "asked": (3, 3)}),
        ("t-care", {"respondents": (1, 4), "contributions": (1, 5), "unique_texts": (1, 5), "asked": (1, 3)}),
        ("no_theme_fits", {"respondents": (1, 4), "contributions": (1, 5), "unique_texts": (1, 5), "asked": (0, 3)}),
    ],
)
def test_themes_count_their_sub_themes_and_each_person_once(
    divided: Workspace, topic_id: str, expected: dict[str, tuple[int, int]]
) -> None:
    names = {f"theme/q-2/{topic_id}/{kind}": Figure(*numbers) for kind, numbers in expected.items()}
    with recount(divided) as found:
        assert found.of(names) == names


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = nested(tmp_path_factory.mktemp("nested"))
    dataset.run(workspace, CONFIG)
    return workspace


def test_those_who_were_asked_those_who_were_not_and_those_of_whom_it_is_not_known_are_all(divided: Workspace) -> None:
    expected = {
        "base/q-2/contributions": Figure(5),
        "base/q-2/asked": Figure(3),
        "base/q-2/not_asked": Figure(1),
        "base/q-2/unknown": Figure(1),
        "given/q-2": Figure(6),  # answers, of which form 4 has two
        "given/q-2/asked": Figure(4, 6),
        "given/q-2/not_asked": Figure(1, 6),
        "given/q-2/unknown": Figure(1, 6),
        "contradictions": Figure(1),
        "contradictions/q-2": Figure(1),
    }
    with recount(divided) as found:
        assert found.of(expected) == expected


def test_an_organisation_counts_its_mentions_people_forms_and_texts(divided: Workspace) -> None:
    kinds = {"mentions": 4, "respondents": 3, "contributions": 3, "unique_texts": 2}
    expected = {f"organisation/o-caf/{kind}": Figure(number) for kind, number in kinds.items()}
    expected |= {f"organisation/o-caf/q-2/{kind}": Figure(number) for kind, number in kinds.items()}
    with recount(divided) as found:
        assert found.of([*expected, "organisations"]) == expected | {"organisations": Figure(1)}
        assert found.of(["organisation/o-caf/q-1/mentions"]) == {}


def test_a_coordinated_text_counts_once_in_the_second_ranking(tmp_path: Path) -> None:
    expected = {
        "coordinated/texts": 1,
        "coordinated/contributions": 4,
        "coordinated/respondents": 3,
        "coordinated/q-2/texts": 1,
        "copy_group/g-0000000000000001-2/respondents": 3,
        "copy_group/g-0000000000000001-2/texts": 2,
        "copy_group/g-0000000000000001-2/author_type/1": 3,
        "copy_group/g-0000000000000001-2/author_type/2": 1,
        "copies/a-0000000000000002-2": 3,  # 1, 2 and 3, word for word
        "ranked/q-2/t-rail/all": 4,
        "ranked/q-2/t-rail/once": 1,
        "rank/q-2/t-rail/once": 3,
        "rise/q-2/t-rail": -2,
        "rise/q-2/t-bus": 1,
        "moved/q-2": 3,
    }
    assert counted(campaign(tmp_path), *expected) == {name: Figure(value) for name, value in expected.items()}


def test_states_modalities_authors_and_weeks_are_counted_on_each_denominator(tmp_path: Path) -> None:
    expected = {
        "states/all/received/respondents": Figure(9, 9),
        "states/all/empty/contributions": Figure(2, 10),
        "states/q-1/closed/respondents": Figure(8, 9),
        "states/q-1/closed/contributions": Figure(9, 10),
        "closed/q-1/respondents": Figure(8),
        "closed/q-1/0/respondents": Figure(5, 8),  # « Oui », which p-3 said twice
        "closed/q-1/0/contributions": Figure(6, 9),
        "closed/q-1/1/contributions": Figure(3, 9),
        "author/0/contributions": Figure(9, 10),
        "author/1/contributions": Figure(1, 10),
        "once/q-2/t-rail/respondents": Figure(1),
        "once/q-2/t-bus/contributions": Figure(3),
        "week/all/2019-01-28": Figure(3),
        "week/all/2019-02-04": Figure(7),
        "week/q-2/2019-02-04": Figure(6),
        "month/q-3/2019-02-01": Figure(2),
    }
    assert counted(campaign(tmp_path), *expected) == expected


def test_answers_without_a_theme_are_a_share_of_those_that_could_be_given_one(divided: Workspace) -> None:
    expected = {
        "without/q-2/respondents": Figure(1, 4),
        "without/q-2/contributions": Figure(1, 5),
        "without/q-2/unique_texts": Figure(1, 5),
    }
    with recount(divided) as found:
        assert found.of(expected) == expected


def unanswered(path: Path) -> Workspace:
    """A closed question that nobody answered, and one of which both answers hold one modality, spaced otherwise."""
    build = Builder(path)
    nobody, several = build.question(1, "Laquelle ?", "closed"), build.question(2, "Lesquelles ?", "closed")
    for number, text in enumerate(("Oui|Ne sait\u00a0pas", " Ne  sait pas|Ne sait pas"), 1):
        form = build.contribution(number)
        build.answer(form, nobody, "", "empty")
        build.answer(form, several, text, "closed")
    return build.write()


def test_a_closed_question_that_nobody_answered_has_none_and_modalities_are_the_same_however_spaced(
    tmp_path: Path,
) -> None:
    expected = {
        "states/q-1/empty/contributions": Figure(2, 2),
        "closed/q-2/contributions": Figure(2),
        "closed/q-2/0/contributions": Figure(2, 2),
        "closed/q-2/1/contributions": Figure(1, 2),
    }
    none = ["closed/q-1/contributions", "states/q-1/closed/contributions", "closed/q-2/2/contributions"]
    assert counted(unanswered(tmp_path), *expected, *none) == expected


def test_states_and_reasons_are_counted_in_all_by_question_and_by_file(tmp_path: Path) -> None:
    expected = {
        "received": Figure(15, 15),
        "state/assigned": Figure(3, 15),
        "state/empty/q-1": Figure(2),
        "state/empty/q-2": Figure(0),
        "reason/not_french:en": Figure(1),
        "file/1/received": Figure(6),
        "file/2/contributions": Figure(3),
        "file/2/state/trashed": Figure(2),
        "departements": Figure(3),
        "rejected_lines": Figure(1),
        "chosen/q-2": Figure(4),
    }
    assert counted(small(tmp_path), *expected) == expected


def test_a_name_that_is_none_has_no_figure(divided: Workspace) -> None:
    with recount(divided) as found:
        assert found.of(["theme/q-2/t-none/respondents", "'; DROP TABLE figures", ""]) == {}
        assert found.of(["received"]) == {"received": Figure(11, 11)}


@pytest.mark.parametrize("make", [small, campaign, nested])
def test_no_two_figures_have_one_name(make: Callable[[Path], Workspace], tmp_path: Path) -> None:
    workspace = make(tmp_path)
    dataset.run(workspace, CONFIG)
    with recount(workspace) as found:
        rows = found._connection.execute("SELECT name FROM figures").fetchall()
    assert len(rows) == len(set(rows)) > 50


Form = tuple[str | None, bool | None, Sequence[str | None], bool]
FORMS = st.lists(
    st.tuples(
        st.sampled_from([None, "p-1", "p-2"]),
        st.sampled_from([True, False, None]),
        st.lists(st.sampled_from([None, "t-a", "t-a1", "t-b"]), min_size=1, max_size=3),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=8, deadline=None)
@given(FORMS)
def test_themes_of_any_forms_are_counted_as_plain_python_counts_them(forms: list[Form]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        build = Builder(Path(folder))
        build.question(1, "Quoi ?")
        for topic_id, parent_id in (("t-a", None), ("t-a1", "t-a"), ("t-b", None)):
            build.topic(topic_id, topic_id, "q-1", "local/x", parent_id=parent_id)
        outcomes, rows = [], []
        for number, (author, routed, themes, copied) in enumerate(forms, 1):
            form = build.contribution(number, author_id=author)
            more = {"duplicate_of": rows[0]["text"]} if copied and rows else {}
            cuts = [4 * place for place in range(1, len(themes))]
            answer = build.answer(form, "q-1", "mot " * len(themes), cuts=cuts, themes=themes, routed=routed, **more)
            given = {theme for theme in themes if theme} | ({"t-a"} if "t-a1" in themes else set())
            state = "assigned" if given else "unassigned"
            outcomes.append({"answer_id": answer, "state": state, "reason": None if given else "no_theme_fits"})
            text = rows[0]["text"] if more else answer
            rows.append({"person": author or form, "form": form, "text": text, "routed": routed, "themes": given})
        workspace = build.write()
        workspace.write_part("outcomes", 0, tables.from_rows("outcomes", outcomes))
        for name in ("topics", "assignments", "mentions", "organisations"):  # nobody decided on anything
            workspace.write_part(f"reviewed_{name}", 0, workspace.read(name))
        expected = {}
        for topic_id in ("t-a", "t-a1", "t-b"):
            of_theme = [row for row in rows if topic_id in row["themes"]]
            if of_theme:
                for kind, key in (("respondents", "person"), ("contributions", "form"), ("unique_texts", "text")):
                    numbers = [len({row[key] for row in found}) for found in (of_theme, rows)]
                    expected[f"theme/q-1/{topic_id}/{kind}"] = Figure(*numbers)
                numbers = [sum(row["routed"] is True for row in found) for found in (of_theme, rows)]
                expected[f"theme/q-1/{topic_id}/asked"] = Figure(*numbers)
        kinds = ("respondents", "contributions", "unique_texts", "asked")
        with recount(workspace) as found:
            assert found.of(f"theme/q-1/{t}/{kind}" for t in ("t-a", "t-a1", "t-b") for kind in kinds) == expected
