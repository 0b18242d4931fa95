"""The organisations that are named with a theme."""

from __future__ import annotations

from pipeline.report.cards import ORGANISATIONS_SHOWN, Named, organisations_named
from tests.report.datasets import answer, dataset_of, themes


def mention(number: int, organisation_id: str | None) -> dict[str, str | None]:
    return {"mention_id": f"m-{number}", "answer_id": f"a-{number:03d}", "organisation_id": organisation_id}


NAMES = [{"organisation_id": f"o-{n}", "name": f"Nom {n}"} for n in range(10)]


def test_contributions_that_name_it_are_counted_not_mentions_by_theme_and_sub_theme() -> None:
    rows = [
        answer(1, topics=themes(("t-a1", "t-a"), ("t-b", "t-b"))),
        answer(2, topics=themes(("t-a", "t-a"))),
        answer(3, state="duplicate", topics=themes(("t-a", "t-a"))),
        answer(4, "q-2", topics=themes(("t-a", "t-a"))),
    ]
    mentions = [
        mention(n, key)
        for n, key in ((1, "o-1"), (1, "o-1"), (2, "o-1"), (2, "o-2"), (2, None), (3, "o-3"), (4, "o-4"))
    ]
    assert organisations_named(dataset_of(answers=rows, mentions=mentions, organisations=NAMES)) == {
        ("q-1", "t-a"): (Named("o-1", "Nom 1", 2), Named("o-2", "Nom 2", 1)),
        ("q-1", "t-a1"): (Named("o-1", "Nom 1", 1),),
        ("q-1", "t-b"): (Named("o-1", "Nom 1", 1),),
        ("q-2", "t-a"): (Named("o-4", "Nom 4", 1),),
    }


def test_only_those_named_most_are_told_and_equal_ones_by_name() -> None:
    rows = [answer(n, topics=themes(("t-a", "t-a"))) for n in range(11)]
    mentions = [mention(n, f"o-{9 - n}") for n in range(10)] + [mention(10, "o-9")]
    found = organisations_named(dataset_of(answers=rows, mentions=mentions, organisations=NAMES))["q-1", "t-a"]
    assert [one.organisation_id for one in found] == ["o-9", "o-0", "o-1", "o-2", "o-3", "o-4"][:ORGANISATIONS_SHOWN]
