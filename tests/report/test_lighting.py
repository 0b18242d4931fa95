"""The words of a theme are lit in its verbatims, which stay as they were written."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.report.lighting import SHORTEST, lit, stem
from tests.workspaces import HOSTILE


@given(st.text(), st.lists(st.text(), max_size=4))
@example("<mark>gares</mark> &amp; &lt;mark&gt; gare", ["gare", "mark"])
@example(HOSTILE, [HOSTILE, "script", "alert"])
@example("E\u0301COLE éCOLE ﬁnance İstanbul", ["école", "finance", "istanbul"])
def test_the_text_is_the_same_when_the_marks_are_taken_away(text: str, terms: list[str]) -> None:
    found = str(lit(text, terms))
    assert html.unescape(re.sub("</?mark>", "", found)) == text
    outside = re.sub("<mark>|</mark>", "", found)
    assert not re.search("[<>\"']", outside)
    assert re.fullmatch("(<mark>[^<]+</mark>|[^<])*", found)


@given(st.lists(st.sampled_from(["gare", "gares", "train", "école", "bus", "et", "la"]), max_size=8))
def test_the_words_of_the_terms_are_lit_and_no_others(words: list[str]) -> None:
    found = re.findall("<mark>(.*?)</mark>", str(lit(" ".join(words), ["gare du train", "bus"])))
    assert found == [word for word in words if word in ("gare", "gares", "train")]  # « bus » is too short to tell


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("médecin", "Des MÉDECINS"),
        ("médecin", "des medecins"),
        ("isolé", "les personnes isolées"),
        ("gare", "la gare, les gares"),
        ("rembourser", "le remboursement"),
        ("hôpital public", "un service public"),
    ],
)
def test_a_word_is_lit_in_another_number_gender_or_spelling(term: str, text: str) -> None:
    assert "<mark>" in lit(text, [term])


@pytest.mark.parametrize(
    ("term", "text"), [("gare", "garantir"), ("les", "les gares"), ("train", "entraînement"), ("", "rien")]
)
def test_other_words_are_not_lit(term: str, text: str) -> None:
    assert lit(text, [term]) == text


@given(st.from_regex("[a-z]{4,12}", fullmatch=True))
def test_what_is_left_of_a_word_are_its_first_letters_four_at_least(word: str) -> None:
    assert word.startswith(stem(word)) and len(stem(word)) >= SHORTEST


@pytest.mark.parametrize("word", ["gare", "taxe", "aide", "train", "impôt", "école", "vélo", "route"])
def test_the_plural_of_a_word_is_that_word(word: str) -> None:
    assert stem(f"{word}s") == stem(word)
