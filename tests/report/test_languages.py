"""Reports in French and English: no text without its English, no French left in an English page, quotes marked."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import dataset, report, vocabulary
from pipeline.config import Config
from pipeline.report import quoting, wording
from pipeline.report.charts.departements import shapes
from pipeline.report.languages import ENGLISH, FRENCH, language
from pipeline.typography import FIRM, NARROW
from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.report.messages import messages
from tests.workspaces import HOSTILE, Builder, small

SPOKEN = language("en")
VOID = {"meta", "link", "br", "img", "hr", "rect", "input"}
FRENCH_WORDS = set(
    re.findall(
        r"\w+",
        "au aucun aucune aux avec dans de des du elle est et la le les leur ne ou par pas pour qui sans ses sont sur "
        "un une effectif inconnu masqué mot réponse réponses thème thèmes texte textes janvier février mars",
    )
)
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")


def catalogue() -> dict[str, str]:
    found: dict[str, str] = json.loads(ENGLISH.read_text("utf-8"))
    return found


def wide(path: Path) -> Workspace:
    """Forms enough for cross-tabulations, a map, weeks, planes and trees: three themes of eight words each."""
    build = Builder(path)
    asked = build.question(1, "Êtes-vous pour la gratuité des transports ?", "closed")
    why = build.question(2, "Pourquoi ?")
    words = {
        "t-rail": "train gare rail quai billet wagon retard horaire",
        "t-care": "soin lit docteur urgence attente nuit garde clinique",
        "t-tax": "impôt taxe revenu niche fraude taux part seuil",
    }
    for topic_id, label in (("t-rail", "Le train de nuit"), ("t-care", "La santé"), ("t-tax", "Les impôts")):
        build.topic(topic_id, label, why, "grand-debat-2019/1")
    build.topic("t-late", "Les retards", why, "grand-debat-2019/1", parent_id="t-rail", status="reviewed")
    for number in range(48):
        form = build.contribution(
            number + 1,
            author_type=None if number % 9 == 8 else ("Citoyen / Citoyenne", "Élu / élue")[number % 2],
            departement=("69", "75", "2A")[number % 3],
            region=("Auvergne-Rhône-Alpes", "Île-de-France", None)[number % 3],
            published_at=datetime(2019, 1, 21) + timedelta(days=number),
        )
        topic_id = list(words)[(number % 3 + (number % 5 == 0)) % 3]
        own = words[topic_id].split()
        text = " ".join([own[(number + step) % 8] for step in range(5)] + ["village", ("hiver", "été")[number % 2]])
        build.answer(form, asked, ("Oui", "Non", "Oui")[number % 3] if number % 7 else "", "closed")
        build.answer(form, why, f"{text} {number}", themes=["t-late" if number % 12 == 0 else topic_id])
    return build.write()


class Text(HTMLParser):
    """What a page says itself, apart from what it marks as French: texts, and titles and names of elements."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.ours: list[str] = []
        self.quoted: list[str] = []
        self.unmarked: list[str] = []
        self.page_language: str | None = None
        self._open: list[tuple[str, str | None]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "html":
            self.page_language = named.get("lang")
        if tag == "bdi" and "lang" not in named:
            self.unmarked.append(self.get_starttag_text() or "")
        if tag not in VOID:
            self._open.append((tag, named.get("lang")))
        for name in ("aria-label", "title", "placeholder"):
            self._say(named.get(name) or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "code"} & {tag for tag, _ in self._open}:
            self._say(data)

    def _say(self, text: str) -> None:
        marked = next((lang for _, lang in reversed(self._open) if lang), None)
        if text.strip():
            (self.quoted if marked == "fr" else self.ours).append(text)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Return the pages of three workspaces in both languages, by the code of the language and the name of the page."""
    config = Config().with_values("execution", workers=1)
    found: dict[str, dict[str, str]] = {"fr": {}, "en": {}}
    for make in (small, campaign, wide):
        workspace = make(tmp_path_factory.mktemp(make.__name__))
        dataset.run(workspace, config)
        for code, held in found.items():
            report.run(workspace, config.with_values("report", language=code))
            for path in sorted((workspace.path / "report").rglob("*.html")):
                held[f"{make.__name__}/{path.name}"] = path.read_text("utf-8")
    return found


def test_every_text_has_its_english_and_no_english_is_left_over() -> None:
    assert sorted(messages().keys() - catalogue().keys()) == []
    assert sorted(catalogue().keys() - messages().keys()) == []


def test_french_and_english_have_the_same_places_for_values() -> None:
    for french, english in catalogue().items():
        assert sorted(PLACEHOLDER.findall(english)) == sorted(PLACEHOLDER.findall(french)), french
        assert "%" not in PLACEHOLDER.sub("", french + english), french  # every message may be formatted
        assert english.strip() and not re.search(f"[{FIRM}{NARROW}«»]", english), french


def test_french_texts_hold_plain_spaces_and_get_no_break_spaces() -> None:
    for french in messages():
        assert not re.search(f"[{FIRM}{NARROW}]", french), french
        assert not re.search(r" [;:!?»]| %%(?!\()|« ", FRENCH.translate(french)), french
        assert FRENCH.translate(french).translate({ord(FIRM): " ", ord(NARROW): " "}) == french


def test_the_catalogue_is_sorted_one_text_a_line() -> None:
    lines = ENGLISH.read_text("utf-8").splitlines()
    assert len(lines) == len(catalogue()) + 2
    assert list(catalogue()) == sorted(catalogue())


def test_states_and_ways_to_count_are_known_to_the_catalogue_in_all_tables() -> None:
    assert set(vocabulary.STATES.values()) <= set(wording.words()) <= catalogue().keys()


def test_no_french_word_of_ours_is_in_an_english_page(pages: dict[str, dict[str, str]]) -> None:
    titles = ("Êtes-vous pour la gratuité des transports ?", *shapes()["names"].values())
    shown = re.compile("|".join(map(re.escape, sorted(titles, key=len, reverse=True))))
    telltale = re.compile(rf"(?<![\w’-])(?:{'|'.join(sorted(FRENCH_WORDS))})(?![\w’-])", re.IGNORECASE)
    for name, source in pages["en"].items():
        page = Text(source)
        assert page.page_language == "en"
        for text in page.ours:
            said = re.sub(r"“[^”]*”|\[\w+\]", "“”", shown.sub("", text))
            assert not telltale.search(said), (name, text)
            assert not re.search(rf"[«»{NARROW}]|[\s{FIRM}][:;!?%]|\d,\d(?!\d\d)", said), (name, text)


def test_the_same_telltales_are_all_over_a_french_page(pages: dict[str, dict[str, str]]) -> None:
    for source in pages["fr"].values():
        page = Text(source)
        assert len(FRENCH_WORDS & set(re.findall(r"\w+", " ".join(page.quoted)))) > 10


def test_quotes_labels_and_wordings_are_marked_as_french(pages: dict[str, dict[str, str]]) -> None:
    for name, source in pages["en"].items():
        assert Text(source).unmarked == [], name
    quoted = {text.strip() for source in pages["en"].values() for text in Text(source).quoted}
    for text in ("Pourquoi ?", "Q2 – Pourquoi ?", "Le train de nuit", "Citoyen / Citoyenne", HOSTILE, "Oui"):
        assert text in quoted, text


def test_a_french_page_marks_nothing_again(pages: dict[str, dict[str, str]]) -> None:
    for source in pages["fr"].values():
        assert re.findall(r'<[^>]* lang="fr"', source) == ['<html lang="fr"']


def test_pages_of_both_languages_hold_the_same_figures(pages: dict[str, dict[str, str]]) -> None:
    figures = re.compile(r'data-figure="(?!share/)([^"]+)">([\d\s,]*)')
    for name, source in pages["fr"].items():
        french, english = (
            [(key, re.sub(r"\D", "", n)) for key, n in figures.findall(text)] for text in (source, pages["en"][name])
        )
        assert french == english and french


def test_cross_tabulations_and_pictures_are_in_the_wide_report(pages: dict[str, dict[str, str]]) -> None:
    source = pages["en"]["wide/q-2.html"]
    for part in (
        "chart-map",
        "chart-time",
        "chart-treemap",
        "chart-segments",
        "chart-plane",
        "chart-graph",
        "chart-tree",
    ):
        assert part in source, part
    assert 'class="crossed"' in source and "hidden</td>" in source and "&lt;5</td>" in source
    assert "Week of 21 January 2019" in source and "Not stated" in source
    assert "Axis 1 (" in source and 'role="img" aria-label="Contributions over time"' in source


def test_an_english_report_tells_the_command_that_makes_it_again(pages: dict[str, dict[str, str]]) -> None:
    assert "doleances run formulaires.csv --lang en" in pages["en"]["small/index.html"]
    assert "--lang" not in pages["fr"]["small/index.html"]


@pytest.mark.parametrize(
    ("found", "french", "english"),
    [
        (lambda tongue: tongue.number(1240), f"1{NARROW}240", "1,240"),
        (lambda tongue: tongue.decimal(0.8), "0,80", "0.80"),
        (lambda tongue: tongue.percent(1, 8), f"12,5{FIRM}%", "12.5%"),
        (lambda tongue: tongue.percent(1, 100_000), f"<{NARROW}0,1{FIRM}%", "<0.1%"),
        (lambda tongue: tongue.percent(0, 0), "–", "–"),
        (lambda tongue: tongue.share(0.125), f"12,5{FIRM}%", "12.5%"),
        (lambda tongue: tongue.plural(0, "réponse"), f"0{FIRM}réponse", f"0{FIRM}answers"),
        (lambda tongue: tongue.plural(1, "réponse"), f"1{FIRM}réponse", f"1{FIRM}answer"),
        (lambda tongue: tongue.plural(1240, "réponse"), f"1{NARROW}240{FIRM}réponses", f"1,240{FIRM}answers"),
        (lambda tongue: tongue.date(datetime(2019, 8, 1)), f"1er{FIRM}août 2019", "1 August 2019"),
        (lambda tongue: tongue.date(None), "date inconnue", "unknown date"),
        (lambda tongue: tongue.month(date(2019, 2, 3)), "février 2019", "February 2019"),
        (lambda tongue: tongue.short_day(date(2019, 2, 1)), "1er févr. 2019", "1 Feb 2019"),
        (lambda tongue: tongue.say("%(low)s à %(high)s %%", low=1, high=2), f"1 à 2{FIRM}%", "1 to 2%"),
    ],
)
def test_each_language_writes_figures_and_days_its_own_way(found, french: str, english: str) -> None:  # type: ignore[no-untyped-def]
    assert (found(FRENCH), found(SPOKEN)) == (french, english)


@pytest.mark.parametrize(
    ("rank", "expected"), [(1, "st"), (2, "nd"), (3, "rd"), (4, "th"), (11, "th"), (13, "th"), (21, "st"), (112, "th")]
)
def test_english_ranks_have_their_endings(rank: int, expected: str) -> None:
    assert SPOKEN.ordinal(rank) == expected
    assert FRENCH.ordinal(rank) == ("er" if rank == 1 else "e")


@given(st.integers(0, 10**12))
def test_both_languages_write_the_same_digits(value: int) -> None:
    assert re.sub(r"\D", "", SPOKEN.number(value)) == re.sub(r"\D", "", FRENCH.number(value)) == str(value)


@given(st.text())
def test_what_people_wrote_is_escaped_and_marked_in_a_sentence(text: str) -> None:
    assert str(quoting.apart(text, SPOKEN)) == str(quoting.apart(text, FRENCH)).replace("<bdi>", '<bdi lang="fr">')
    assert quoting.apart(text, FRENCH).count("<") == 2
