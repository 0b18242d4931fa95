"""What audits tell: right on a census, between 0 and 1, and intervals that hold the truth as often as they say."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.audit import AuditFigures, Group, ThemeAudit, evaluate_audit, total_share
from pipeline.evaluation.intervals import Score
from pipeline.review.audit import sampled
from pipeline.review.audit_sample import Text

Truth = dict[str, list[str]]
topics = st.sampled_from(["t-a", "t-b", "t-sub", None])


def text(number: int, theme: str | None, question: str = "q-1", copies: int = 1) -> Text:
    return Text(f"a-{number:05d}", question, theme, (theme,) if theme else (), copies)


def consultation(n: int, seed: int, right: float = 0.75, heavy: float = 0.0) -> tuple[list[Text], Truth]:
    """Two questions of six themes, the rarest 4 %; the machine is wrong at random, or says nothing."""
    random = np.random.default_rng(seed)
    true = random.choice(6, n, p=[0.4, 0.25, 0.15, 0.1, 0.06, 0.04])
    said = np.where(random.random(n) < right, true, random.choice(7, n))
    copies = np.where(random.random(n) < heavy, random.integers(2, 30, n), 1)
    texts = [text(i, None if said[i] == 6 else f"t-{said[i]}", f"q-{i % 2}", int(copies[i])) for i in range(n)]
    return texts, {one.answer_id: [f"t-{true[i]}"] for i, one in enumerate(texts)}


def judged(truth: Truth, answer_ids: list[str], author: str = "Ana") -> dict[str, dict[str, list[str]]]:
    return {answer_id: {author: truth[answer_id]} for answer_id in answer_ids}


def audited(texts: list[Text], truth: Truth, size: int, seed: int = 0, looked: int | None = None) -> AuditFigures:
    audit = sampled(texts, size, seed)
    return evaluate_audit(audit, judged(truth, [one.answer_id for one in audit.answers[:looked]]))


def true_shares(texts: list[Text], truth: Truth) -> dict[tuple[str, str], float]:
    base: dict[str, int] = defaultdict(int)
    found: dict[tuple[str, str], float] = defaultdict(float)
    for one in texts:
        base[one.question_id] += one.copies
        for theme in truth[one.answer_id]:
            found[one.question_id, theme] += one.copies
    return {key: count / base[key[0]] for key, count in found.items()}


def holds(score: Score | None, value: float) -> bool:
    assert score is not None
    return score.low - 1e-4 <= value <= score.high + 1e-4


@pytest.mark.parametrize(("right", "heavy", "size"), [(0.75, 0.0, 150), (0.8, 0.03, 150)])
def test_intervals_hold_the_truth_as_often_as_they_say(right: float, heavy: float, size: int) -> None:
    texts, truth = consultation(1500, 1, right, heavy)
    shares = true_shares(texts, truth)
    whole = sum(one.copies for one in texts)
    error = sum(one.copies for one in texts if [one.theme_id] != truth[one.answer_id]) / whole
    hits, misses, times = [], [], 40
    for seed in range(times):
        found = audited(texts, truth, size, seed)
        rows = {(row.question_id, row.theme_id): row.corrected for row in found.themes}
        hits.append([holds(found.error, error), *(holds(rows[key], share) for key, share in shares.items())])
        misses.append(
            [found.error.value - error if found.error else 0.0, *(_gap(rows[k], v) for k, v in shares.items())]
        )
    assert np.mean(hits) > 0.93
    assert np.mean(hits, axis=0).min() > 0.8  # each of them: 95 % less 4 standard deviations of 40 trials
    assert np.abs(np.mean(misses, axis=0)).max() < 0.03


def _gap(score: Score | None, value: float) -> float:
    assert score is not None
    return score.value - value


def test_a_better_machine_makes_narrower_intervals_than_the_sample_alone() -> None:
    widths = {}
    for right in (0.0, 0.95):
        texts, truth = consultation(1500, 2, right)
        found = audited(texts, truth, 200).themes
        widths[right] = np.mean([row.corrected.high - row.corrected.low for row in found if row.corrected])
    assert widths[0.95] < 0.75 * widths[0.0]


def test_what_the_machine_gets_wrong_is_corrected() -> None:
    # One answer in two of t-a is said to be t-b: the machine has 25 % and 75 %, people 50 % each.
    texts = [text(i, "t-a" if i % 4 == 0 else "t-b") for i in range(2000)]
    truth = {one.answer_id: ["t-a" if i % 4 < 2 else "t-b"] for i, one in enumerate(texts)}
    found = audited(texts, truth, 300)
    rows = {row.theme_id: row for row in found.themes}
    assert rows["t-a"].machine == 0.25 and rows["t-b"].machine == 0.75
    for row in rows.values():
        assert holds(row.corrected, 0.5)
        assert row.corrected is not None and row.corrected.high - row.corrected.low < 0.12
    assert rows["t-a"].precision is not None and rows["t-a"].precision.value == 1.0 > rows["t-a"].precision.low
    assert holds(rows["t-a"].recall, 0.5) and holds(rows["t-b"].precision, 2 / 3)
    assert holds(found.error, 0.25)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(topics, topics, st.sampled_from([1, 1, 3])), min_size=1, max_size=25),
    st.integers(1, 30),
    st.integers(0, 30),
)
def test_figures_are_shares_and_a_census_leaves_no_doubt(
    rows: list[tuple[str | None, str | None, int]], size: int, looked: int
) -> None:
    parents = {"t-sub": "t-a"}
    texts = [text(i, parents.get(said or "", said), copies=copies) for i, (said, _, copies) in enumerate(rows)]
    truth = {f"a-{i:05d}": [true] if true else [] for i, (_, true, _) in enumerate(rows)}
    audit = sampled(texts, size, 0, parents=parents)
    found = evaluate_audit(audit, judged(truth, [one.answer_id for one in audit.answers[:looked]]))
    for score in (found.error, *(s for row in found.themes for s in (row.corrected, row.precision, row.recall))):
        assert score is None or 0 <= score.low <= score.value <= score.high <= 1
    assert found.looked == min(looked, size, len(rows))
    if found.looked == len(rows):
        rolled = {key: [parents.get(one, one) for one in given] for key, given in truth.items()}
        for row in found.themes:
            true = true_shares(texts, rolled).get((row.question_id, row.theme_id), 0.0)
            assert row.corrected is not None and row.corrected.low == row.corrected.high == pytest.approx(
                true, abs=1e-4
            )


def test_an_audit_that_nobody_began_says_nothing() -> None:
    texts, truth = consultation(100, 0)
    found = audited(texts, truth, 20, looked=0)
    assert (found.drawn, found.looked, found.error, found.by) == (20, 0, None, {})
    assert found.themes and all(
        (row.corrected, row.precision, row.recall, row.texts) == (None, None, None, 0) for row in found.themes
    )


def test_the_first_answers_of_an_audit_are_a_sample_with_wider_intervals() -> None:
    texts, truth = consultation(1000, 3)
    few, all_of_them = audited(texts, truth, 200, looked=40), audited(texts, truth, 200)
    assert few.looked == 40 and few.error is not None and all_of_them.error is not None
    assert few.error.high - few.error.low > 1.5 * (all_of_them.error.high - all_of_them.error.low)


def test_a_part_of_which_nothing_was_seen_may_be_anything() -> None:
    seen, unseen = Group(50, 50, [1.0] * 10, [5.0] * 10), Group(50, 50, [], [], guess=0.0)
    found = total_share([seen, unseen])
    assert found is not None and found.value == 0.5 and found.high == 1.0 and found.low < 0.5
    assert total_share([unseen]) is None and total_share([]) is None


def test_the_majority_counts_and_where_there_is_none_one_half() -> None:
    texts = [text(i, "t-a") for i in range(3)]
    audit = sampled(texts, 3, 0)
    said = {
        "a-00000": {"Ana": ["t-a"], "Bo": ["t-a"], "Cy": ["t-b"]},
        "a-00001": {"Ana": ["t-a"], "Bo": ["t-b"]},
        "a-00002": {"Ana": ["t-a"]},
    }
    found = evaluate_audit(audit, said)
    rows: dict[str, ThemeAudit] = {row.theme_id: row for row in found.themes}
    assert rows["t-a"].corrected is not None and rows["t-a"].corrected.value == pytest.approx(2.5 / 3, abs=1e-4)
    assert rows["t-b"].corrected is not None and rows["t-b"].corrected.value == pytest.approx(0.5 / 3, abs=1e-4)
    assert (dict(found.by), found.shared, found.disputed) == ({"Ana": 3, "Bo": 2, "Cy": 1}, 2, 2)


def test_the_main_theme_is_wrong_when_people_do_not_give_it_or_give_one_where_there_is_none() -> None:
    texts = [text(0, "t-a"), text(1, "t-a"), text(2, None), text(3, None)]
    truth = {"a-00000": ["t-b", "t-sub"], "a-00001": [], "a-00002": [], "a-00003": ["t-new"]}
    audit = sampled(texts, 4, 0, parents={"t-sub": "t-a"})
    found = evaluate_audit(audit, judged(truth, list(truth)), labels={"t-new": "Nouveau"})
    assert found.error == Score(0.5, 0.5, 0.5)
    assert {row.theme_id: (row.label, row.machine) for row in found.themes}["t-new"] == ("Nouveau", 0.0)
