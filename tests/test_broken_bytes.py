"""Sound files with random bytes changed: whatever they become, ingest ends plainly, adds up, and keeps what is whole.

`DOLEANCES_FUZZ=2000 pytest tests/test_broken_bytes.py` tries as many changes of each layout, other ones each time.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import ingest, ledger
from pipeline.config import Config
from pipeline.errors import DoleancesError
from pipeline.workspace import Workspace
from tests.broken.make_broken import HEAD, PLAIN, dumped, form, line, own, paper, row, text

TRIED = int(os.environ.get("DOLEANCES_FUZZ", "0"))
FORMS = range(1, 7)
TEXTS = {number: (text(number, 1), text(number, 2)) for number in FORMS}
SOUND: dict[str, tuple[bytes, Callable[[int], bytes], tuple[int, ...]]] = {
    # the file, the bytes that end a form, and which of its answers the layout holds
    "official.csv": (
        (HEAD + "".join(line(row(number)) for number in FORMS)).encode(),
        lambda number: line(row(number)).encode(),
        (0, 1),
    ),
    "official.json": (
        dumped(*map(form, FORMS)).encode(),
        lambda number: dumped(form(number)).strip("[]\n").encode(),
        (0, 1),
    ),
    "form.txt": ("\n".join(map(paper, FORMS)).encode(), lambda number: paper(number).encode(), (0, 1)),
    "table.csv": (
        (PLAIN + "".join(line(own(number), ";") for number in FORMS)).encode(),
        lambda number: line(own(number), ";").encode(),
        (0,),
    ),
}


@st.composite
def changes(draw: st.DrawFn, size: int) -> list[tuple[str, int, int, bytes]]:
    """Draw up to four changes: what to do, where, how far, and new bytes."""
    piece = st.binary(min_size=1, max_size=4) | st.sampled_from(
        [b'"', b'""', b",", b";", b"\r", b"\n", b"\r\n", b"\0", b"\\", b"{", b"}", b"[", b"]", b"\xef\xbb\xbf", b"\x1a"]
    )
    one = st.tuples(
        st.sampled_from(["delete", "insert", "flip", "repeat", "cut"]),
        st.integers(0, size - 1),
        st.integers(1, 400),
        piece,
    )
    return draw(st.lists(one, min_size=1, max_size=4))


def changed(content: bytes, wanted: list[tuple[str, int, int, bytes]]) -> tuple[bytes, int]:
    """Return the content with changes, the last place first, and how many of its first bytes are as they were."""
    result = bytearray(content)
    for what, place, length, piece in sorted(wanted, key=lambda change: -change[1]):
        if what == "delete":
            del result[place : place + length]
        elif what == "insert":
            result[place:place] = piece
        elif what == "flip":
            result[place : place + 1] = bytes(byte ^ (piece[0] or 1) for byte in result[place : place + 1])
        elif what == "repeat":
            result[place:place] = result[place : place + length]
        else:
            del result[place:]
    return bytes(result), min(change[1] for change in wanted)


def read(folder: Path, path: Path) -> tuple[list[str], dict[str, bytes]]:
    """Read a file, check that the ledger adds up, and return the answers and the bytes of all tables."""
    workspace = Workspace(folder)
    ingest.run(workspace, Config().with_values("execution", workers=1), [path])
    covered = ledger.coverage(workspace)
    assert covered.received == sum(covered.states.values()) == workspace.read("answers").num_rows
    assert covered.contributions == workspace.read("contributions").num_rows
    tables = {found.relative_to(folder).as_posix(): found.read_bytes() for found in folder.glob("tables/*/*")}
    return workspace.read("answers", ["text"])["text"].to_pylist(), tables


@pytest.mark.parametrize("name", SOUND)
def test_changed_bytes_cost_no_more_than_the_forms_they_are_in(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content, ends, held = SOUND[name]
    monkeypatch.setattr(os, "fsync", lambda _: None)

    @settings(max_examples=TRIED or 25, deadline=None, derandomize=not TRIED, database=None)
    @given(changes(len(content)))
    def tried(wanted: list[tuple[str, int, int, bytes]]) -> None:
        broken, intact = changed(content, wanted)
        whole = [number for number in FORMS if 0 <= content.index(ends(number)) <= intact - len(ends(number))]
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / name
            path.write_bytes(broken)
            try:
                found, tables = read(Path(place) / "w", path)
            except DoleancesError as error:
                assert error.problem.code == "E112" and error.details and not whole
                assert all(line[0] in "EN" and line.isprintable() for line in error.details)
                return
            kept = [TEXTS[number][at] for number in whole for at in held]
            if name == "form.txt":
                kept = kept[:-1]  # its last answer ends where the next form begins
            assert set(kept) <= set(found)
            assert read(Path(place) / "again", path)[1] == tables

    tried()
