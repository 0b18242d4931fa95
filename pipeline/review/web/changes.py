"""Changes of themes whose effect is shown before they are written: the form → the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from pipeline.review.decisions import Decision
from pipeline.review.web.deciding import new_topic_id, on_topic
from pipeline.review.web.requests import Form, wrong
from pipeline.review.web.site import Site


def change(site: Site, author: str, theme: Mapping[str, Any], form: Form) -> Decision:
    """Return the decision that a form asks for.

    Raises
    ------
    HTTPException
        When it does not say enough.
    """
    topic_id, kind = theme["topic_id"], form.get("geste")
    if kind == "renommer":
        label = " ".join(form.get("label").split())
        if not label:
            raise wrong("Donnez un nom au thème.")
        return on_topic(author, "rename", topic_id, form.get("avant", theme["label"]), label)
    if kind == "reunir":
        other = form.get("avec")
        if other not in site.state.rows or other == topic_id:
            raise wrong("Choisissez le thème avec lequel réunir celui-ci.")
        return on_topic(author, "merge", topic_id, theme["label"], other)
    if kind == "retirer":
        return on_topic(author, "retire", topic_id, theme["label"], None)
    if kind == "placer":
        parent = form.get("sous") or None
        if parent is not None and (parent not in site.state.rows or parent == topic_id):
            raise wrong("Choisissez le thème sous lequel placer celui-ci.")
        return on_topic(author, "reparent", topic_id, form.get("avant") or None, parent)
    if kind == "diviser":
        return _split(site, author, theme, form)
    raise wrong("Ce geste n’est pas connu.")


def _split(site: Site, author: str, theme: Mapping[str, Any], form: Form) -> Decision:
    label = " ".join(form.get("label").split())
    if not label:
        raise wrong("Donnez un nom au nouveau thème.")
    subtopics = [key for key in form.all("sous-theme") if key in site.state.rows]
    answers = [key for key in form.all("extrait") if key in site.corpus.row_of]
    if not subtopics and not answers:
        raise wrong("Cochez les réponses, ou les sous-thèmes, qui vont au nouveau thème.")
    new = form.get("nouveau")
    part: dict[str, JsonValue] = {
        "topic_id": new if _is_id(new) else new_topic_id(),
        "label": label,
        "definition": form.get("definition"),
        "subtopics": list(subtopics),
        "answers": list(answers),
    }
    return on_topic(author, "split", theme["topic_id"], theme["label"], {"into": [part]})


def _is_id(text: str) -> bool:
    return len(text) == 14 and text.startswith("t-") and all(c in "0123456789abcdef" for c in text[2:])


def parts(decision: Decision) -> list[dict[str, Any]]:
    """Return the themes that a split makes."""
    given = decision.after.get("into") if decision.action == "split" and isinstance(decision.after, dict) else None
    return [part for part in given if isinstance(part, dict)] if isinstance(given, list) else []
