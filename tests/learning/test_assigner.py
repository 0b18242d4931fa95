from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.learning.assigner import Reviewed, Theme
from pipeline.learning.takeover import answers_f1
from tests.learning.campaign import CORPUS, THEMES, TOPICS, VECTORS, answers, document, fit

HELD = answers(60, seed=9)
DOCUMENTS = [one.document for one in HELD]


def f1(assigner, held=HELD):
    given = assigner.predict([one.document for one in held], VECTORS)
    return float(answers_f1(given, [one.theme_ids for one in held]).mean())


def test_without_reviewed_answers_the_names_of_themes_give_them():
    unreviewed = fit([])
    assert f1(unreviewed) > 0.5
    assert unreviewed.rule == (1.0, 0.0) and not unreviewed.coefficients.any()


def test_reviewed_answers_teach_what_names_do_not_say():
    # Names that lie: each theme is called as another.
    turned = [Theme(theme.theme_id, other.terms) for theme, other in zip(THEMES, THEMES[1:] + THEMES[:1], strict=True)]
    assert f1(fit([], themes=turned)) < 0.4
    assert f1(fit(CORPUS[:60], themes=turned)) > 0.8


def test_more_reviewed_answers_are_followed_more_closely():
    assert f1(fit(CORPUS)) > f1(fit(CORPUS[:10])) > f1(fit([]))
    assert f1(fit(CORPUS)) > 0.9


def test_probabilities_are_of_themes_that_do_not_exclude_each_other():
    shares = fit(CORPUS).probabilities(DOCUMENTS, VECTORS)
    assert shares.dtype == np.float32 and shares.shape == (len(HELD), len(THEMES))
    assert ((shares >= 0) & (shares <= 1)).all()
    two = [i for i, one in enumerate(HELD) if len(one.theme_ids) == 2]
    assert shares[two].sum(axis=1).mean() > 1.4


def test_the_same_decisions_give_the_same_bytes_and_their_order_no_other_themes():
    first, again = fit(CORPUS[:40]), fit(CORPUS[:40])
    assert first.coefficients.tobytes() == again.coefficients.tobytes()
    assert fit(CORPUS[:40][::-1]).predict(DOCUMENTS, VECTORS) == first.predict(DOCUMENTS, VECTORS)


def test_a_theme_that_no_reviewed_answer_has_is_still_given_by_its_name():
    without = [one for one in CORPUS if "t-ecole" not in one.theme_ids][:20]
    shares = fit(without).probabilities([document(("ecole",)), document(("train",))], VECTORS)
    assert shares[0, 2] > shares[1, 2]


def test_answers_get_a_theme_unless_people_gave_some_none():
    nothing = [Reviewed(document(("vie", "pays", "droit", "plus")), frozenset()) for _ in range(20)]
    far = [document(("vie", "pays", "droit"))]
    assert len(fit(CORPUS[:40]).predict(far, VECTORS)[0]) >= 1
    assert fit([*CORPUS[:40], *nothing]).predict(far, VECTORS) == [frozenset()]
    assert set(fit(nothing).predict(far, VECTORS)) == {frozenset()}


def test_one_theme_alone_and_one_reviewed_answer_can_be_learned():
    assert fit(CORPUS[:1]).predict(DOCUMENTS, VECTORS)
    alone = fit([replace(one, theme_ids=frozenset({"t-train"})) for one in CORPUS[:10]], themes=THEMES[:1])
    assert set(alone.predict(DOCUMENTS, VECTORS)) == {frozenset({"t-train"})}


def test_a_theme_that_the_classifier_does_not_know_counts_by_its_name():
    known = fit([], current_ids=("t-train", "t-impot", "t-other"))
    shares = known.probabilities([document(("ecole", "classe")), document(("train", "gare"))], VECTORS)
    assert shares[0, 2] > shares[1, 2]


def test_an_answer_without_a_known_word_gets_finite_probabilities():
    shares = fit(CORPUS[:30]).probabilities([document(()), document(("xyz",))], VECTORS)
    assert np.isfinite(shares).all()
    assert fit(CORPUS[:30]).probabilities([], VECTORS).shape == (0, len(THEMES))


@pytest.mark.parametrize("themes", [(), THEMES[:1] * 2])
def test_no_theme_or_one_twice_is_refused(themes):
    with pytest.raises(ValueError, match="each once"):
        fit([], themes=themes)


def test_ids_of_other_themes_are_passed_over():
    more = [replace(one, theme_ids=one.theme_ids | {"t-gone"}) for one in CORPUS[:30]]
    assert np.array_equal(fit(more).coefficients, fit(CORPUS[:30]).coefficients)
    assert set().union(*fit(more).predict(DOCUMENTS, VECTORS)) <= set(TOPICS)


def test_a_theme_that_most_answers_have_is_likelier_where_nothing_else_is_known():
    often = [replace(one, theme_ids=one.theme_ids | {"t-train"}) for one in CORPUS[:30]]
    shares = fit(often).probabilities([document(("xyz",))], VECTORS)[0]
    assert shares[0] > shares[1:].max() + 0.05
