"""Gold files: a JSON object a line, and the line that is wrong when one is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pipeline import errors, storage

Line = TypeVar("Line")


def read_gold_lines(path: Path | str, read: Callable[[int, Any], Line], code: str) -> list[Line]:
    """Return what each line of a gold file says; blank lines are skipped.

    Parameters
    ----------
    path : path
    read : callable
        Makes what is wanted of the number of a line, from 1, and what stands on it; raises ValueError where it cannot.
    code : str
        Of the message that says which line cannot be read: its fields are path, line and detail.

    Raises
    ------
    DoleancesError
        E101 or E111 when there is no file to read, `code` when a line cannot be read or there is none.
    """
    found = []
    for number, line in enumerate(storage.read_given(path).removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            try:
                found.append(read(number, json.loads(line.decode("utf-8"))))
            except (ValueError, RecursionError) as error:
                raise errors.usage(code, path=path, line=number, detail=error) from None
    if not found:
        raise errors.usage(code, path=path, line=1, detail="no answer in the file")
    return found
