"""The questionnaires that ship."""

from collections import Counter

import pytest

from pipeline.errors import DoleancesError
from pipeline.ingest.questionnaires import load, shipped


def test_the_four_questionnaires_hold_the_97_official_questions():
    assert {found.key: len(found.questions) for found in shipped()} == {
        "democratie": 37,
        "transition": 18,
        "fiscalite": 9,
        "organisation": 33,
    }
    identifiers = [question.official_id for found in shipped() for question in found.questions]
    assert len(set(identifiers)) == 97


def test_conditions_say_what_the_wording_says():
    for found in shipped():
        for question in found.questions:
            start = question.wording.casefold()[:7]
            if question.shown_if is not None or start in ("si oui,", "si non,"):
                assert question.shown_if == {"si oui,": "Oui", "si non,": "Non"}[start], question.wording
                parent = next(other for other in found.questions if other.official_id == question.depends_on)
                assert parent.number < question.number
                assert parent.kind == "closed"


def test_kinds_are_open_closed_or_choice():
    kinds = Counter(question.kind for found in shipped() for question in found.questions)
    assert kinds == {"open": 75, "closed": 19, "choice": 3}
    assert {q.official_id for found in shipped() for q in found.questions if q.kind == "choice"} == {
        "1160",
        "1206",
        "1207",
    }


@pytest.mark.parametrize(
    "content",
    [
        "key = 1",
        'key = "x"\ndebate = 1\ntitle = "t"\n[[question]]\nnumber = 2\nofficial_id = "1"\nwording = "w"\nkind = "open"',
        'key = "x"\ndebate = 1\ntitle = "t"\nsurprise = 1\nquestion = []',
        "not toml",
    ],
)
def test_a_broken_questionnaire_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "x.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DoleancesError) as caught:
        load(path)
    assert caught.value.problem.code == "E120"
    assert "\n" not in str(caught.value)
