"""Typography, wording and the cut of verbatims."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.method import method
from pipeline.report.verbatims import similarity, varied, window
from pipeline.report.wording import origin, reasons
from pipeline.theme_figures import QuestionThemes
from pipeline.typography import date, number, percent, plural, shown


def test_numbers_are_written_as_in_french() -> None:
    assert number(1240) == "1\u202f240"
    assert number(1234567) == "1\u202f234\u202f567"
    assert percent(1, 8) == "12,5\u00a0%"
    assert percent(0, 0) == "–"
    assert percent(1, 100_000) == "<\u202f0,1\u00a0%"
    assert plural(1, "réponse") == "1\u00a0réponse"
    assert plural(0, "réponse") == "0\u00a0réponse"
    assert plural(1240, "texte unique", "textes uniques") == "1\u202f240\u00a0textes uniques"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime(2019, 2, 3), "3\u00a0février 2019"),
        (datetime(2019, 8, 1), "1er\u00a0août 2019"),
        (None, "date inconnue"),
    ],
)
def test_dates_are_written_as_in_french(day: datetime | None, expected: str) -> None:
    assert date(day) == expected


@given(st.text())
def test_control_characters_never_reach_the_page(text: str) -> None:
    found = shown(text)
    assert all(c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f") for c in found)


@given(st.text(min_size=1), st.data())
def test_the_window_holds_the_segment_and_not_much_more(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    room = data.draw(st.integers(0, 50))
    first, last = window(text, start, end, room)
    assert 0 <= first <= start < end <= last <= len(text)
    assert last - first <= end - start + room


def test_a_window_is_cut_between_words() -> None:
    text = "un deux trois quatre cinq six"
    start = text.index("quatre")
    first, last = window(text, start, start + 6, 20)
    assert text[first:last] == "trois quatre cinq six"


@pytest.mark.parametrize(
    ("models", "parameters", "expected"),
    [
        ((("local/abc", True),), {"topics": "auto"}, "elle en compte assez"),
        ((("local/abc", True),), {"topics": 5}, "5\u00a0thèmes par question, comme demandé"),
        ((("local/abc", True),), {"method": "reinert"}, "cette question, par la classification de Reinert"),
        ((("local/abc", True),), {"codebook": "5f1c…"}, "Thèmes du plan de codage"),
        ((("grand-debat-2019/1", True),), {"model": "auto"}, "trop peu nombreuses pour y trouver des thèmes propres"),
        ((("grand-debat-2019/1", True),), {"model": "named"}, "c’est le modèle demandé"),
        ((("grand-debat-2019/1", False),), {}, "communs à toutes les questions du questionnaire"),
        ((), {}, "Aucun thème ne convient"),
    ],
)
def test_the_origin_of_themes_is_said_in_plain_words(
    models: tuple[tuple[str, bool], ...], parameters: dict[str, object], expected: str
) -> None:
    assert expected in origin(QuestionThemes("q-1", models=models), parameters)


def without_tags(text: str) -> str:
    return re.sub("<[^>]*>", "", text)


def test_a_reason_that_is_no_name_stays_text() -> None:
    assert "<b>" not in reasons("off_language", {"not_french:<b>": 1})


def test_reasons_are_counted_with_their_names() -> None:
    counts = {"no_theme_fits": 12, "too_few_answers": 1, "not_french:en": 2, "not_french:xx": 3}
    found = reasons("unassigned", counts)
    assert without_tags(found) == (
        " (aucun thème ne convient assez bien\u00a0: 12\u202f; trop peu de réponses pour trouver des thèmes\u00a0: 1)"
    )
    assert '<span data-figure="reason/no_theme_fits">12</span>' in found
    assert without_tags(reasons("off_language", counts)) == " (xx\u00a0: 3\u202f; anglais\u00a0: 2)"
    assert reasons("assigned", counts) == ""


def test_the_command_that_replays_names_files_without_their_folder() -> None:
    topics = {
        "parameters": {
            "topics": 12,
            "model": "named",
            "register": "/home/someone/register.csv",
            "method": "nmf",
            "codebook": "5f1c",
        }
    }
    manifest = {"inputs": [{"name": "mes fichiers/a b.csv", "sha256": "0"}], "stages": {"topics": topics}}
    found = method(manifest, ["local/abc", "grand-debat-2019/1"])
    assert (
        found.command
        == "doleances run 'mes fichiers/a b.csv' --topics 12 --model grand-debat-2019 --method nmf --codebook …"
    )
    assert "/home" not in str(found)


def test_verbatims_that_say_the_same_in_the_same_words_come_last() -> None:
    quotes = ["La santé, l'éducation", "l'éducation et la santé !", "Les trains du soir", "La santé et l'éducation"]
    rows = [{"contribution_id": f"c-{n}", "quote": quote} for n, quote in enumerate(quotes)]
    assert [row["quote"] for row in varied(rows, 2)] == [quotes[0], quotes[2]]
    assert [row["quote"] for row in varied(rows, 4)] == [quotes[0], quotes[2]]
    rows[2]["contribution_id"] = "c-0"
    assert [row["quote"] for row in varied(rows, 2)] == [quotes[0]]
    assert similarity("oui", "non") == 0


def test_the_command_that_replays_names_the_columns_that_were_named() -> None:
    columns = {"text_column": ["Votre avis", "pourquoi"], "id_column": None, "weight_column": "poids"}
    manifest = {
        "inputs": [{"name": "mairie.csv", "sha256": "0" * 64}],
        "stages": {"ingest": {"parameters": columns}},
    }
    options = "--text-column 'Votre avis' --text-column pourquoi --weight-column poids"
    assert method(manifest, []).command == f"doleances run mairie.csv {options}"
