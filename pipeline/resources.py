"""Where the files that ship with the package are: inside an installed wheel, or at the root of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, for example ``resource("seeds", "organisations")``."""
    installed = _PACKAGE / "_resources"
    root = installed if installed.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)


def lines(*parts: str) -> list[str]:
    """Return the lines of a shipped list that say something; a comment goes from # to the end of the line."""
    found = (line.partition("#")[0].strip() for line in resource(*parts).read_text(encoding="utf-8").splitlines())
    return [line for line in found if line]


def words(*lines: str) -> frozenset[str]:
    """Return the words of some lines, for lists that belong to the code."""
    return frozenset(word for line in lines for word in line.split())


def word_list(*parts: str) -> frozenset[str]:
    """Return the words of a shipped list, one or several a line, for example of ``seeds/stop_words/french.txt``."""
    return frozenset(word for line in lines(*parts) for word in line.split())
