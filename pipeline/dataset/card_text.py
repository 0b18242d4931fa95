"""How the dataset card writes names and texts: without markup that came with the data."""

from __future__ import annotations


def inline(text: str) -> str:
    """Return a text on one line of Markdown, with nothing in it that a browser would take for a tag."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()).replace("<", "&lt;")


def in_cell(text: str) -> str:
    """Return a text for a cell of a table of Markdown."""
    return inline(text).replace("|", "¦")


def code(text: str) -> str:
    """Return a name or a value as code, for a cell of a table of Markdown."""
    return "`" + in_cell(text).replace("`", "'").replace("&lt;", "<") + "`"
