"""The concordance: every place of a word, exact quotes, orders, bounds, and hostile texts."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.textometry.concordance import Concordance, concordance

TEXTS = (
    "Baisser l’impôt sur le revenu.",
    "IMPÔT et taxes : trop d'impots !",
    "Les impôts, c'est l'impot de tous.",
    "Rien à dire.",
    "Réimposer l'imposition",
)


def matches(found: Concordance) -> list[tuple[int, str]]:
    return [(line.text, line.match) for line in found.lines]


def test_case_and_accents_do_not_count_and_whole_words_do() -> None:
    found = concordance("Impot", TEXTS)
    assert matches(found) == [(0, "impôt"), (1, "IMPÔT"), (2, "impot")]
    assert (found.n_found, found.n_texts) == (3, 3)
    assert found == concordance("IMPÔT", TEXTS)


def test_a_token_is_found_by_its_lemma_and_once_only() -> None:
    plurals = {"impots": "impôt", "impôts": "impôt", "IMPÔT": "impôt"}
    tokens = [
        [(form, plurals.get(form, form), *word.span()) for word in re.finditer(r"\w+", text) for form in [word.group()]]
        for text in TEXTS
    ]
    found = concordance("impôt", TEXTS, tokens)
    assert matches(found) == [(0, "impôt"), (1, "IMPÔT"), (1, "impots"), (2, "impôts"), (2, "impot")]
    assert concordance("impôt", TEXTS, iter(tokens)) == found


def test_several_words_are_found_through_hyphens_apostrophes_and_dots() -> None:
    texts = ["le pouvoir d’achat", "Pouvoir  d'Achat", "pouvoir acheter", "la C.A.F. et la CAF", "rendez-vous"]
    assert matches(concordance("pouvoir d'achat", texts)) == [(0, "pouvoir d’achat"), (1, "Pouvoir  d'Achat")]
    assert matches(concordance("caf", texts)) == [(3, "C.A.F."), (3, "CAF")]
    assert matches(concordance("rendez vous", texts)) == [(4, "rendez-vous")]


def test_left_and_right_are_cut_between_words() -> None:
    (line,) = concordance("impôt", ["il faut baisser encore un impôt trop lourd pour nous"], width=12).lines
    assert (line.left, line.right) == ("encore un ", " trop lourd ")


def test_a_word_longer_than_the_line_is_cut() -> None:
    (line,) = concordance("impôt", ["x" * 99 + " impôt " + "y" * 99], width=12).lines
    assert (line.left, line.right) == ("x" * 11 + " ", " " + "y" * 11)


def test_an_accent_is_never_cut_from_its_letter() -> None:
    accents = unicodedata.normalize("NFD", "é" * 20)
    for width in range(1, 8):
        (line,) = concordance("impôt", [f"{accents} impôt {accents}"], width=width).lines
        assert not unicodedata.combining(line.left[0])
        assert unicodedata.normalize("NFC", line.right).strip() == "é" * ((width - 1) // 2)


def test_lines_are_in_the_order_that_is_asked_for() -> None:
    texts = ["a zoo mot bas", "b ane Mot air", "a ane mot cas"]
    assert [line.text for line in concordance("mot", texts).lines] == [0, 1, 2]
    assert [line.text for line in concordance("mot", texts, order="left").lines] == [2, 1, 0]
    assert [line.text for line in concordance("mot", texts, order="right").lines] == [1, 0, 2]
    assert [line.text for line in concordance("mot", texts, order="word").lines] == [1, 0, 2]


def test_the_first_lines_in_that_order_are_kept_and_all_are_counted() -> None:
    texts = [f"mot {letter}" for letter in "dcba"]
    found = concordance("mot", texts, order="right", most=2)
    assert [line.text for line in found.lines] == [3, 2]
    assert (found.n_found, found.n_texts) == (4, 4)
    assert concordance("mot", texts, most=0) == Concordance((), 4, 4)


@pytest.mark.parametrize("word", ["", "  ", "’", "\u0301"])
def test_a_word_of_nothing_is_nowhere(word: str) -> None:
    assert concordance(word, [*TEXTS, word]) == Concordance((), 0, 0)


@pytest.mark.parametrize("word", ["(", ".*", "[a", "\\", "a|b", "<script>"])
def test_signs_of_patterns_are_words_like_others(word: str) -> None:
    found = concordance(word, [f"un {word} deux", "rien d'autre"])
    assert matches(found) == [(0, word)]


def test_a_text_of_one_word_said_a_great_many_times() -> None:
    found = concordance("ric", ["ric " * 5_000], order="left", most=3)
    assert (found.n_found, len(found.lines)) == (5_000, 3)


HOSTILE = st.lists(
    st.text(st.sampled_from("aàÀe\u0301ôœŒﬁ’'-_. \n\t\u00a0\u200b\u202e😀²½CAF"), max_size=30), min_size=1, max_size=4
)


@settings(deadline=None, max_examples=60)
@given(HOSTILE, st.sampled_from(["a", "caf", "oe", "fi", "e", "à e", "2"]), st.integers(0, 12), st.data())
def test_offsets_give_the_quotes_back(texts: list[str], word: str, width: int, data: st.DataObject) -> None:
    order = data.draw(st.sampled_from(["text", "left", "word", "right"]))
    found = concordance(word, texts, order=order, width=width)
    assert found.n_found == len(found.lines)
    assert found.n_texts == len({line.text for line in found.lines})
    for line in found.lines:
        text = texts[line.text]
        assert text[line.start : line.end] == line.match != ""
        assert text[: line.start].endswith(line.left)
        assert text[line.end :].startswith(line.right)
        assert max(len(line.left), len(line.right)) <= width
    spans = sorted((line.text, line.start, line.end) for line in found.lines)
    assert all(one[0] < other[0] or one[2] <= other[1] for one, other in pairwise(spans))


def test_orders_and_tokens_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="no order"):
        concordance("a", TEXTS, order="date")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="shorter"):
        concordance("a", TEXTS, [])
