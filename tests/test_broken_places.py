"""What no repository can hold: names that hurt, pipes, links in circles, bombs, and files too large to be honest."""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import time
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from pipeline.workspace import Workspace
from tests.broken.harness import Done, Ingest, in_plain_lines, ingest, process, reconciled, texts
from tests.broken.make_broken import FILES, HEAD, PLAIN, R1, R2, line, row, text

__all__ = ["ingest"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes, links and such names are of POSIX")
CONTENT = (HEAD + R1).encode()
TEXTS = [text(1, 1), text(1, 2)]
BOUNDED = "import resource; resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))"
"""Python that keeps a process from taking more than 3 GB of memory."""


def refused(done: Done, code: str, exit_code: int = 2) -> None:
    in_plain_lines(done)
    assert done.code == exit_code and done.problems() == {code}, done.err


def folder_of(tmp_path: Path) -> Path:
    """Return a folder with a good file in it."""
    place = tmp_path / "in"
    place.mkdir()
    (place / "bon.csv").write_bytes(CONTENT)
    return place


HOSTILE = {
    "a line end": b"a\nb.csv",
    "a command for the terminal": b"a\x1b[31m\x07\x1b]0;x\x07.csv",
    "a sign that turns the direction": "a\u202evsc.exe".encode(),
    "bytes that are no UTF-8": b"\xe9t\xe9\xff.csv",
    "markup": b"[red]a[bold]{0}%s{path}.csv",
    "an option": b"--help",
    "blanks": b"   ",
    "255 bytes": b"x" * 251 + b".csv",
    "a table name": b"files'; DROP TABLE files; --.csv",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_is_read_whatever_its_name_is(tmp_path: Path, ingest: Ingest, kind: str) -> None:
    place = tmp_path / "in"
    place.mkdir()
    Path(os.fsdecode(bytes(place) + b"/" + HOSTILE[kind])).write_bytes(CONTENT + b"4-2\r\n")
    done = ingest(place)
    refused(done, "E109", exit_code=1)
    assert texts(tmp_path / "w") == TEXTS
    (source,) = {form["source_file"] for form in Workspace(tmp_path / "w").read("contributions").to_pylist()}
    name = HOSTILE[kind]
    assert source == ("étéÿ.csv" if name.startswith(b"\xe9") else name.decode())
    again = ingest(place)
    in_plain_lines(again)
    assert again.code == 1 and "up to date" in again.err


@pytest.mark.parametrize("name", ["xlsx-dates.xlsx", "parquet-names-twice.parquet", "json-bom.json", "text-dates.txt"])
def test_any_layout_is_read_from_a_name_that_is_not_utf8(tmp_path: Path, ingest: Ingest, name: str) -> None:
    path = Path(os.fsdecode(bytes(tmp_path) + b"/\xe9t\xe9" + os.fsencode(Path(name).suffix)))
    shutil.copy(FILES / name, path)
    done = ingest(path)
    in_plain_lines(done)
    assert done.code == 0 and texts(tmp_path / "w")


@pytest.mark.parametrize("kind", ["pipe", "device", "link to a device", "link to itself", "dangling link", "memory"])
def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path, ingest: Ingest, kind: str) -> None:
    place = tmp_path / "rien.csv"
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "device":
        place = Path("/dev/zero")
    elif kind == "memory":
        place = Path("/proc/self/mem")
        if not place.exists():
            pytest.skip("there is no /proc here")
    else:
        target = {"link to a device": "/dev/zero", "link to itself": str(place), "dangling link": "nowhere"}[kind]
        place.symlink_to(target)
    code = "E101" if kind in ("link to itself", "dangling link") else "E111"
    refused(ingest(place), code)
    good = folder_of(tmp_path)
    refused(ingest(place, good), code, exit_code=1)
    assert texts(tmp_path / "w") == TEXTS


@pytest.mark.parametrize("kind", ["pipe", "link to a device", "link to itself", "dangling link", "link to its folder"])
def test_what_is_no_file_in_a_folder_does_not_stop_the_others(tmp_path: Path, ingest: Ingest, kind: str) -> None:
    folder = folder_of(tmp_path)
    place = folder / "a.csv"
    if kind == "pipe":
        os.mkfifo(place)
    else:
        targets = {"link to a device": "/dev/zero", "link to itself": "a.csv", "dangling link": "nowhere"}
        place.symlink_to(targets.get(kind, "."))
    done = ingest(folder)
    in_plain_lines(done)
    told = kind in ("link to itself", "dangling link")
    assert done.problems() == ({"E111"} if told else set()) and done.code == int(told), done.err
    assert texts(tmp_path / "w") == TEXTS


def test_a_folder_that_is_called_csv_is_read_as_a_folder(tmp_path: Path, ingest: Ingest) -> None:
    folder = tmp_path / "x.csv"
    folder.mkdir()
    refused(ingest(folder), "E102")
    (folder / "y.json").mkdir()
    (folder / "y.json" / "z").write_bytes(CONTENT)
    assert ingest(folder).code == 0
    assert texts(tmp_path / "w") == TEXTS


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_and_a_folder_that_are_closed_are_told(tmp_path: Path, ingest: Ingest) -> None:
    folder = folder_of(tmp_path)
    (folder / "fermé.csv").write_bytes(CONTENT)
    (folder / "fermé.csv").chmod(0)
    refused(ingest(folder / "fermé.csv"), "E111")
    (folder / "dossier").mkdir()
    (folder / "dossier").chmod(0)
    refused(ingest(folder), "E111", exit_code=1)
    (folder / "dossier").chmod(0o700)
    assert texts(tmp_path / "w") == TEXTS


def test_a_header_of_too_many_columns_is_refused(tmp_path: Path, ingest: Ingest) -> None:
    for number, start in enumerate(("reference,verbatim,", HEAD.rstrip() + ",", "reference;verbatim;")):
        path = tmp_path / f"{number}.csv"
        wide = start[-1] * 30_000 + "\r\n"
        path.write_text(start + wide + "4-1" + start[-1] * start.count(start[-1]) + wide, encoding="utf-8")
        refused(ingest(path), "E117")


WIDE = ["", pytest.param("reference,verbatim", marks=pytest.mark.slow)]
WIDE += [HEAD.rstrip(), pytest.param('"reference', marks=pytest.mark.slow)]


@pytest.mark.parametrize("start", WIDE)
def test_a_header_of_100_million_columns_is_refused_in_seconds_and_bounded_memory(tmp_path: Path, start: str) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(start.encode())
        for _ in range(100):
            file.write(b",x" * 1_000_000)
        file.write(b"\r\n" + R1.encode())
    before = os.times()
    done = process(tmp_path, path, before=BOUNDED, timeout=120)
    after = os.times()
    path.unlink()
    in_plain_lines(done)
    assert done.code == 2 and done.problems() <= {"E117", "E104", "E110"} and done.problems(), done.err
    assert after.children_user + after.children_system - before.children_user - before.children_system < 20


def test_a_million_blank_lines_are_no_rows(tmp_path: Path, ingest: Ingest) -> None:
    path = tmp_path / "blank.csv"
    path.write_bytes((HEAD + R1).encode() + b"\r\n" * 1_000_000 + R2.encode())
    done = ingest(path)
    assert done.code == 0, done.err
    assert reconciled(tmp_path / "w").contributions == 2


@pytest.mark.parametrize("layout", ["official", "table"])
def test_a_cell_of_a_megabyte_arrives_whole(tmp_path: Path, ingest: Ingest, layout: str) -> None:
    long = "Une phrase de plus, avec « des signes » et un\nretour à la ligne. " * 16_000
    path = tmp_path / "long.csv"
    rows = line(row(1, long, "court")) if layout == "official" else line(("p-1", long, "1"), ";")
    path.write_text((HEAD if layout == "official" else PLAIN) + rows, encoding="utf-8", newline="")
    done = ingest(path)
    assert done.code == 0, done.err
    assert long in texts(tmp_path / "w")


def zeros(path: Path, gigabytes: int) -> Path:
    """Write a bomb: an archive of zeros, a thousandth of their size."""
    block = bytes(1 << 24)
    if path.suffix == ".gz":
        with gzip.open(path, "wb", 1) as packed:
            for _ in range(64 * gigabytes):
                packed.write(block)
        return path
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        if path.suffix == ".xlsx":
            archive.writestr("[Content_Types].xml", "")
        with archive.open("xl/worksheets/sheet1.xml" if path.suffix == ".xlsx" else "a.csv", "w") as member:
            for _ in range(64 * gigabytes):
                member.write(block)
    return path


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.csv.gz", "bomb.xlsx"])
def test_a_bomb_is_refused_and_does_not_fill_the_disk(tmp_path: Path, ingest: Ingest, name: str) -> None:
    path = zeros(tmp_path / name, 1)
    free = shutil.disk_usage(tmp_path).free
    began = time.process_time()
    done = ingest(path)
    in_plain_lines(done)
    refused(done, "E132")
    assert time.process_time() - began < 10
    assert free - shutil.disk_usage(tmp_path).free < 300 * 2**20
    assert sum(found.stat().st_size for found in (tmp_path / "w").rglob("*") if found.is_file()) < 2**20


def test_no_member_of_an_archive_leaves_a_file_outside_the_workspace(tmp_path: Path, ingest: Ingest) -> None:
    place = tmp_path / "in" / "deep"
    place.mkdir(parents=True)
    names = ["../a.csv", "../../b.csv", "/tmp/doleances-evil.csv", "..\\c.csv", "x/../../d.csv", "C:e.csv", "good.csv"]
    with ZipFile(place / "evil.zip", "w") as archive:
        for name in names:
            archive.writestr(name, CONTENT)
    before = {path for path in tmp_path.rglob("*") if tmp_path / "w" not in (path, *path.parents)}
    done = ingest(place / "evil.zip")
    refused(done, "E133", exit_code=1)
    assert texts(tmp_path / "w") == TEXTS
    assert {path for path in tmp_path.rglob("*") if tmp_path / "w" not in (path, *path.parents)} == before
    assert not Path("/tmp/doleances-evil.csv").exists()
    assert not [path for path in (tmp_path / "w").rglob("*.csv") if path.is_file()]
