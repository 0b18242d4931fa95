"""What every page of every report must be: alone, safe, whole for a screen reader, in French, the same every time."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline import report
from pipeline.report.page import TEMPLATES
from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.report.consultations import bare, hostile, rich
from tests.report.pages import CONFIG, Page, Pages, make, read
from tests.workspaces import HOSTILE, small

OUR_TAGS = {"html", "head", "meta", "title", "link", "style", "script", "body", "header", "main", "footer", "section"}
OUR_TAGS |= {"nav", "h1", "h2", "h3", "p", "ul", "ol", "li", "dl", "dt", "dd", "a", "bdi", "strong", "span", "small"}
OUR_TAGS |= {"sup", "br", "mark", "code", "pre", "figure", "figcaption", "blockquote", "details", "summary", "svg"}
OUR_TAGS |= {"rect", "table", "caption", "thead", "tbody", "tr", "th", "td", "div", "fieldset", "legend", "label"}
OUR_TAGS |= {"input", "button", "output", "form", "select", "option", "aside", "g", "text", "path", "defs", "pattern"}


@pytest.fixture(scope="module", params=[small, campaign, rich, hostile, bare], ids=lambda build: build.__name__)
def workspace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    build: Callable[[Path], Workspace] = request.param
    return build(tmp_path_factory.mktemp(build.__name__))


@pytest.fixture(scope="module")
def pages(workspace: Workspace) -> Pages:
    return make(workspace)


@pytest.fixture(scope="module")
def parsed(pages: Pages) -> dict[str, Page]:
    return pages.all()


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_content_policy_allows_only_the_style_and_the_script_of_the_page(parsed: dict[str, Page]) -> None:
    for page in parsed.values():
        (style,) = re.findall(r"<style[^>]*>(.*?)</style>", page.source, re.DOTALL)
        (script,) = [
            text for attributes, text in page.scripts if attributes != {"type": "application/json", "id": "textes"}
        ]
        assert [attributes for attributes, text in page.scripts if text == script] == [{}]
        (policy,) = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
        assert policy == (
            f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        )
        for _, attributes in page.elements:
            assert "style" not in attributes and not any(name.startswith("on") for name in attributes)


def test_nothing_is_fetched_and_links_lead_to_places_of_this_or_another_page(parsed: dict[str, Page]) -> None:
    reached = set()
    for name, page in parsed.items():
        for tag, attributes in page.elements:
            assert not {"src", "srcset", "action", "data", "poster"} & attributes.keys()
            if "href" in attributes and tag != "a":
                assert attributes["href"] == "data:,"
        for link in page.links:
            path, _, place = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert target in parsed, f"{name} leads to {link}"
            assert not place or place in parsed[target].ids, f"{name} leads to {link}"
            reached.add(target)
    assert len(parsed) == 1 or reached == parsed.keys()  # index leads to each page, and each page to index


def test_ids_are_unique_and_what_names_one_finds_it(parsed: dict[str, Page]) -> None:
    for page in parsed.values():
        assert len(page.ids) == len(set(page.ids))
        for _, attributes in page.elements:
            for name in ("aria-labelledby", "for", "data-concordance"):
                assert attributes.get(name, page.ids[0]) in page.ids
            for name in ("data-search", "data-count", "data-export", "data-expand-all"):
                assert str(attributes.get(name, f"#{page.ids[0]}"))[1:] in page.ids


def test_pages_are_built_for_screen_readers(parsed: dict[str, Page]) -> None:
    for page in parsed.values():
        assert ("html", {"lang": "fr"}) in page.elements
        levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert page.tags.count("table") == page.tags.count("caption")
        assert all("scope" in a for tag, a in page.elements if tag == "th")
        pictures = [
            a for tag, a in page.elements if tag == "svg" and "x" not in a
        ]  # those with a place are parts of one
        assert all("aria-hidden" in a or (a.get("role") in ("img", "group") and a["aria-label"]) for a in pictures)
        assert all(a.get("aria-label") for tag, a in page.elements if a.get("role") == "region")
        assert next(a for tag, a in page.elements if tag == "a") == {"class": "skip", "href": "#contenu"}
        assert "contenu" in page.ids and '<ul class="essentials">\n</ul>' not in page.source


def test_the_switch_chooses_one_denominator_and_contributions_at_first(parsed: dict[str, Page]) -> None:
    for page in parsed.values():
        radios = [a for tag, a in page.elements if a.get("type") == "radio" and a["name"] != "carte"]
        assert [a["value"] for a in radios] == ["respondents", "contributions", "unique_texts"]
        assert {a["name"] for a in radios} == {"denominator"}
        assert [a["value"] for a in radios if "checked" in a] == ["contributions"]
        classes = [
            re.findall(r"\bd-(\w+)", a.get("class") or "")
            for _, a in page.elements
            if "d" in (a.get("class") or "").split()
        ]
        found = [name for names in classes for name in names]
        assert len(classes) == len(found)
        assert found.count("respondents") == found.count("contributions") == found.count("unique_texts")


def test_texts_that_came_in_stay_texts_and_are_kept_apart(parsed: dict[str, Page]) -> None:
    for name, page in parsed.items():
        assert set(page.tags) <= OUR_TAGS, name
        assert page.loose == [], name


def test_the_texts_that_a_page_holds_are_data_and_end_no_element(workspace: Workspace, parsed: dict[str, Page]) -> None:
    for name, page in parsed.items():
        held = [text for attributes, text in page.scripts if attributes.get("id") == "textes"]
        assert len(held) <= ("textes" in page.ids)
        for text in held:
            assert not re.search("[<>&']", text)
            for answer_id, content, topics, source in json.loads(text):
                assert re.fullmatch(r"a-\w+-\d+", answer_id) and content and isinstance(topics, list)
                assert isinstance(source, str)
            if workspace.path.name.startswith("hostile") and name == "questions/q-2.html":
                assert any(HOSTILE in content for _, content, _, _ in json.loads(text))


def test_figures_and_words_are_all_filled_in(parsed: dict[str, Page]) -> None:
    for page in parsed.values():
        assert not re.search(r"\b(None|True|False|nan|Undefined)\b|%\(|\{\{|\}\}", page.ours)
        assert "%%" not in page.ours and "cluster" not in page.ours.lower()


def test_french_typography_has_no_break_before_punctuation(parsed: dict[str, Page]) -> None:
    for name, page in parsed.items():
        assert re.findall(r".{0,20}\S [:;!?%»].{0,9}|.{0,20}« .{0,9}", page.ours) == [], name


def test_names_and_folders_stay_out_of_the_pages(workspace: Workspace, pages: Pages) -> None:
    for private in ("Jeanne", "jeanne.martin", "06 12 34", str(workspace.path), "seconds"):
        assert private not in pages.whole


def test_a_second_run_does_nothing_and_a_forced_one_gives_the_same_bytes(workspace: Workspace, pages: Pages) -> None:
    assert report.run(workspace, CONFIG).skipped
    assert not report.run(workspace, CONFIG, force=True).skipped
    assert read(workspace.path) == pages


def test_every_text_of_the_templates_can_take_its_values() -> None:
    texts = [
        text
        for path in sorted(TEMPLATES.glob("*.j2"))
        for text in re.findall(r'\b_\("((?:[^"\\]|\\.)*)"', path.read_text("utf-8"))
    ]
    assert len(texts) > 100
    for text in texts:
        names = re.findall(r"%\((\w+)\)s", text)
        assert "%" not in text % dict.fromkeys(names, "") or "%%" in text
