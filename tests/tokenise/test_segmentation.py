"""Segments: exact offsets, every word in exactly one, lists and lines cut, however hostile the text is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.tokenise.analysis import segment_texts

HOSTILE = [
    "",
    "   ",
    "\n\n\n",
    "?",
    "1.",
    "- - -",
    "😀😀 👩‍👩‍👧‍👦 🇫🇷 !",
    "e\u0301te\u0301 \u0301\u0301\u0301 n\u0303",
    "\u202eesrever\u202c \u200b\u200d\ufeff caché",
    "a\u00a0b\u202fc\u2009d\u3000e",
    "\r\n\r\nUne ligne\r\rune autre\u2028et\u2029une autre\x0bencore\x0c",
    "\x01\x02\x1b[31mrouge\x1b[0m",
    "=CMD|' /C calc'!A0 <script>alert('x')</script> {{ 7*7 }}",
    "a" * 3000,
    "é" * 25_000,
    ")" * 300,
    "....................... ?!?!?! ///// ",
    "Oui!Non!Peut-être...Je ne sais pas;voir/plus:bas",
]


def segments(text: str) -> list[dict[str, Any]]:
    [found] = segment_texts([text])
    return found


def quotes(text: str) -> list[str]:
    return [text[segment["start"] : segment["end"]] for segment in segments(text)]


def holds(text: str, found: list[dict[str, Any]]) -> None:
    """Check what must be true of the segments of any text."""
    position = 0
    for segment in found:
        assert position <= segment["start"] < segment["end"] <= len(text)
        assert segment["tokens"]
        assert segment["start"] == segment["tokens"][0]["start"] and segment["end"] == segment["tokens"][-1]["end"]
        for token in segment["tokens"]:
            assert position <= token["start"] < token["end"]
            assert text[token["start"] : token["end"]] == token["text"]
            assert not text[position : token["start"]].strip(), "what no token holds is white space"
            assert token["lemma"] and token["pos"]
            position = token["end"]
    assert not text[position:].strip()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_every_word_of_a_hostile_text_is_in_exactly_one_segment(text: str) -> None:
    holds(text, segments(text))


ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=120)
LIKE_AN_ANSWER = st.lists(
    st.sampled_from(
        [
            "la Poste",
            "L’État",
            "1.",
            "2)",
            "-",
            "•",
            "\n",
            "\r\n",
            " ",
            ". ",
            " ; ",
            "😀",
            "e\u0301",
            "«",
            "\u202e",
            "etc...",
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(ANY_TEXT, LIKE_AN_ANSWER))
@example("\u200d\u0301 a")
def test_every_word_of_any_text_is_in_exactly_one_segment(text: str) -> None:
    holds(text, segments(text))


def test_an_answer_of_a_megabyte_keeps_its_offsets() -> None:
    text = "Il faut plus de médecins à la campagne.\n" * 500 + "mot " * 5_000 + " \n" * 30_000 + "x" * 900_000
    assert len(text) == 1_000_000
    holds(text, segments(text))


def test_sentences_are_segments() -> None:
    assert quotes("Il faut plus de médecins. Les trains sont en retard !") == [
        "Il faut plus de médecins.",
        "Les trains sont en retard !",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", " \n ", "\n\u00a0\n"])
def test_lines_of_a_list_are_segments(end: str) -> None:
    items = ["- la poste", "- la gare", "- l'hôpital"]
    assert quotes(end.join(items)) == items


def test_a_number_or_a_dash_opens_the_line_that_follows() -> None:
    assert quotes("1. La poste\n2. La gare\n3) L'hôpital") == ["1. La poste", "2. La gare", "3) L'hôpital"]
    assert quotes("1.\nLa poste") == ["1.\nLa poste"]


def test_closing_marks_stay_with_what_they_close() -> None:
    assert quotes("Il faut agir\n!!!") == ["Il faut agir\n!!!"]


def test_a_text_without_a_letter_is_one_segment() -> None:
    assert len(segments("1. 2. 3.")) == 1
    assert len(segments("!!! ??? ...")) == 1


def test_blank_texts_have_no_segment() -> None:
    assert list(segment_texts(["", "  \n ", "\u00a0"])) == [[], [], []]


def test_no_text_gives_nothing() -> None:
    assert list(segment_texts([])) == []


def test_texts_analysed_together_give_what_each_gives_alone() -> None:
    texts = [*HOSTILE, "Une phrase. Une autre.", "", "Rendez l'ISF ! " * 2_000, "fin"]
    together = list(segment_texts(texts))
    assert len(together) == len(texts)
    for text, found in zip(texts, together, strict=True):
        assert found == segments(text)


def test_a_segment_does_not_run_over_a_line_break_before_a_word() -> None:
    text = "les impôts\nla santé\nl'école\n"
    for quote in quotes(text):
        assert not re.search(r"\n\s*\w", quote)
