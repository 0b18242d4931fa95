"""Archives: what is in them is read, and no harm comes of them."""

import gzip
import io
import stat
import struct
import zipfile

import openpyxl
import pytest

from pipeline.ingest.archives import expand
from pipeline.ingest.discovery import InputFile

GOOD = b"id;avis\n1;bonjour\n"
LIMIT = 2**30


def unpack(path, *, limit=LIMIT, also=()):
    files = [InputFile(path, path.name, f"in/{path.name}"), *also]
    return expand(files, path.parent / "scratch", limit)


def zipped(path, members, **options):
    """Write a zip of (name or ZipInfo, content)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as made:
        for name, content in members:
            made.writestr(name, content)
    return path


def contents(files):
    return {file.label: file.path.read_bytes() for file in files}


def details(problems):
    return {file.label: (message.code, message.fields["detail"]) for file, message in problems}


def test_members_become_files_under_numbers_with_labels_of_the_archive(tmp_path):
    members = [
        ("a.csv", GOOD),
        ("dossier/é.txt", b"x"),
        ("__MACOSX/._a.csv", b"y"),
        (".DS_Store", b"z"),
        ("dossier/", b""),
    ]
    files, problems = unpack(zipped(tmp_path / "export.zip", members))
    assert contents(files) == {"export.zip/a.csv": GOOD, "export.zip/dossier/é.txt": b"x"}
    assert [file.shown for file in files] == ["in/export.zip/a.csv", "in/export.zip/dossier/é.txt"]
    assert [file.path.name for file in files] == ["000000.csv", "000001.txt"]
    assert not problems


def test_an_archive_is_known_by_its_content_and_other_files_stay_in_their_place(tmp_path):
    (tmp_path / "b.zip").write_bytes(GOOD)
    (tmp_path / "c.csv").write_bytes(gzip.compress(GOOD))
    book = openpyxl.Workbook()
    book.save(tmp_path / "d.zip")
    also = [InputFile(tmp_path / name, name, name) for name in ("b.zip", "c.csv", "d.zip", "missing")]
    files, problems = unpack(zipped(tmp_path / "a.dat", [("1.csv", GOOD)]), also=also)
    assert [file.label for file in files] == ["a.dat/1.csv", "b.zip", "c.csv/c.csv", "d.zip", "missing"]
    assert files[2].path.read_bytes() == GOOD
    assert not problems


def test_members_of_one_name_get_labels_of_their_own(tmp_path):
    with pytest.warns(UserWarning):
        path = zipped(tmp_path / "a.zip", [("x.csv", b"1"), ("x.csv", b"2")])
    files, _ = unpack(path)
    assert contents(files) == {"a.zip/x.csv": b"1", "a.zip/x.csv (2)": b"2"}


def test_a_workbook_in_an_archive_is_a_file_and_an_archive_in_it_is_told(tmp_path):
    book, inner = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(book)
    zipped(inner, [("x.csv", GOOD)])
    members = [
        ("b.xlsx", book.getvalue()),
        ("c.zip", inner.getvalue()),
        ("d.csv.gz", gzip.compress(GOOD)),
        ("e.csv", GOOD),
    ]
    files, problems = unpack(zipped(tmp_path / "a.zip", members))
    assert [file.label for file in files] == ["a.zip/b.xlsx", "a.zip/e.csv"]
    assert details(problems) == {
        "a.zip/c.zip": ("E133", "it is an archive in an archive"),
        "a.zip/d.csv.gz": ("E133", "it is an archive in an archive"),
    }
    assert len(list((tmp_path / "scratch").iterdir())) == 2


@pytest.mark.parametrize(
    "name",
    ["../x.csv", "a/../../x.csv", "/etc/x.csv", "C:/x.csv", "c:x.csv", "..\\x.csv", "a\\b.csv", "\\\\host\\x.csv"],
)
def test_names_that_lead_out_are_refused_and_not_shown(tmp_path, name):
    files, problems = unpack(zipped(tmp_path / "a.zip", [(name, b"bad"), ("good.csv", GOOD)]))
    assert contents(files) == {"a.zip/good.csv": GOOD}
    assert details(problems) == {"a.zip/entry 1": ("E133", "its name leads out of the archive")}
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["000000.csv", "a.zip", "scratch"]


def test_links_are_refused(tmp_path):
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    files, problems = unpack(zipped(tmp_path / "a.zip", [(link, "/etc/passwd"), ("good.csv", GOOD)]))
    assert [file.label for file in files] == ["a.zip/good.csv"]
    assert details(problems)["a.zip/link.csv"][1].startswith("it is a link")


def patched(path, name, offset, value):
    """Change a field of the entry of `name` in the list of members, and in front of it when it is there too."""
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    while not content[place + 46 :].startswith(name.encode()):
        place = content.index(b"PK\x01\x02", place + 1)
    content[place + offset : place + offset + len(value)] = value
    path.write_bytes(content)
    return path


def test_a_member_with_a_password_is_told_and_the_others_are_read(tmp_path):
    path = zipped(tmp_path / "a.zip", [("secret.csv", GOOD), ("good.csv", GOOD)])
    files, problems = unpack(patched(path, "secret.csv", 8, b"\x01\x00"))
    assert [file.label for file in files] == ["a.zip/good.csv"]
    assert details(problems) == {"a.zip/secret.csv": ("E133", "it needs a password")}


def test_a_member_with_a_wrong_sum_is_told_and_the_others_are_read(tmp_path):
    path = zipped(tmp_path / "a.zip", [("bad.csv", GOOD), ("good.csv", GOOD)])
    files, problems = unpack(patched(path, "bad.csv", 16, b"\x00\x00\x00\x00"))
    assert contents(files) == {"a.zip/good.csv": GOOD}
    assert details(problems)["a.zip/bad.csv"][1] == "it is cut off or damaged in the archive"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_cannot_be_unpacked_in_bounded_memory_are_told(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as made:
        made.writestr("a.csv", GOOD)
    assert details(unpack(tmp_path / "a.zip")[1]) == {
        "a.zip/a.csv": ("E133", "it is packed in a way that is not known")
    }


def test_a_bomb_is_refused_unopened(tmp_path):
    path = zipped(tmp_path / "a.zip", [("a.csv", bytes(150 * 2**20)), ("good.csv", GOOD)])
    files, problems = unpack(path)
    assert not files
    assert details(problems)["a.zip"][0] == "E132"
    assert not (tmp_path / "scratch").exists()


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path):
    path = zipped(tmp_path / "a.zip", [("bad.csv", bytes(150 * 2**20)), ("good.csv", GOOD)])
    files, problems = unpack(patched(path, "bad.csv", 24, struct.pack("<L", 1000)))
    assert contents(files) == {"a.zip/good.csv": GOOD}
    assert details(problems)["a.zip/bad.csv"][0] == "E133"


def test_a_bomb_in_gz_is_stopped_and_leaves_nothing(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(bytes(150 * 2**20)))
    files, problems = unpack(tmp_path / "a.csv.gz")
    assert not files and details(problems)["a.csv.gz"][0] == "E132"
    assert not list((tmp_path / "scratch").iterdir())


def test_more_bytes_than_the_limit_are_refused(tmp_path):
    members = [(f"{n}.csv", bytes(range(256)) * 40) for n in range(10)]
    assert details(unpack(zipped(tmp_path / "a.zip", members), limit=50_000)[1])["a.zip"][0] == "E132"
    assert len(unpack(tmp_path / "a.zip", limit=200_000)[0]) == 10
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"abc" * 30_000))
    assert details(unpack(tmp_path / "b.gz", limit=50_000)[1])["b.gz"][0] == "E132"


def test_too_many_members_are_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", [(f"{n}.csv", b"") for n in range(10_001)])
    files, problems = unpack(path)
    assert not files and "10,000 members" in details(problems)["a.zip"][1]


def test_a_list_of_members_that_claims_too_much_is_not_read(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", [("a.csv", GOOD)])
    content = bytearray(path.read_bytes())
    content[-10:-6] = struct.pack("<L", 2**30)
    path.write_bytes(content)
    monkeypatch.setattr("zipfile.ZipFile.__init__", lambda *_: pytest.fail("opened"))
    assert details(unpack(path)[1])["a.zip"][0] == "E132"


@pytest.mark.parametrize("keep", [4, 30, 100, -30, -5])
def test_archives_that_are_cut_off_are_told(tmp_path, keep):
    whole = zipped(tmp_path / "a.zip", [("a.csv", GOOD * 50), ("b.csv", GOOD)]).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[:keep])
    files, problems = unpack(tmp_path / "a.zip")
    assert not files and details(problems)["a.zip"] == ("E133", "the archive is cut off or damaged")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(bytes(range(256)) * 100)[: 100 if keep > 0 else keep])
    files, problems = unpack(tmp_path / "b.csv.gz")
    assert not files and details(problems)["b.csv.gz"] == ("E133", "the archive is cut off or damaged")


def test_an_archive_without_files_is_told(tmp_path):
    assert details(unpack(zipped(tmp_path / "a.zip", []))[1]) == {"a.zip": ("E133", "it holds no file")}


def test_names_in_utf8_without_the_mark_are_read_as_such(tmp_path):
    path = zipped(tmp_path / "a.zip", [("e0e1.csv", GOOD)])
    path.write_bytes(path.read_bytes().replace(b"e0e1.csv", "éà.csv".encode()))
    assert [file.label for file in unpack(path)[0]] == ["a.zip/éà.csv"]
    zipped(tmp_path / "b.zip", [("e0.csv", GOOD)])
    (tmp_path / "b.zip").write_bytes((tmp_path / "b.zip").read_bytes().replace(b"e0.csv", b"\x82\x85.csv"))
    assert [file.label for file in unpack(tmp_path / "b.zip")[0]] == ["b.zip/éà.csv"]
