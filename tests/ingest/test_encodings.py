"""How the bytes of a file become text: every encoding that people have, and those that they mix."""

import codecs
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_inputs import answers, organisation_csv, rows, run

from pipeline.ingest import encodings
from pipeline.ingest.encodings import STRAY_BYTES, inspect, open_text, open_utf8

SAID = "Déjà l’été : où ça, cœur ?"


def text_of(path):
    with open_text(path, inspect(path).encoding) as file:
        return file.read()


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("cp1252", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
    ],
)
def test_an_export_in_any_encoding_gives_its_words(tmp_path, codec, mark):
    path = tmp_path / "x.csv"
    path.write_bytes(mark + organisation_csv([{1: SAID}]).encode(codec))
    run(tmp_path, path)
    assert [answer["text"] for answer in answers(tmp_path) if answer["text"]] == [SAID]


def test_rows_of_two_encodings_in_one_file_are_each_read_as_they_are(tmp_path):
    header, one, two, three = organisation_csv([{1: SAID}, {1: "SANTÉ» d’abord"}, {1: SAID}]).splitlines(keepends=True)
    path = tmp_path / "x.csv"
    path.write_bytes(header.encode() + one.encode("utf-8") + two.encode("cp1252") + three.encode("cp1252"))
    summary = run(tmp_path, path)
    assert [answer["text"] for answer in answers(tmp_path) if answer["text"]] == [SAID, "SANTÉ» d’abord", SAID]
    assert any("line by line" in note for note in summary.notes)
    assert rows(tmp_path, "files")[0]["encoding"] == "UTF-8 and Windows-1252, line by line"


def test_a_stray_byte_leaves_the_accents_of_its_line(tmp_path):
    path = tmp_path / "x"
    path.write_bytes("déjà été ".encode() + b"\xe9 \x81" + " là\n".encode())
    assert text_of(path) == "déjà été é \x81 là\n"


def test_capitals_before_a_guillemet_in_windows_1252_are_not_taken_for_utf_8(tmp_path):
    path = tmp_path / "x"
    path.write_bytes("« LA SANTÉ»\nça va\n".encode("cp1252"))
    assert text_of(path) == "« LA SANTÉ»\nça va\n"


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_become_text_that_utf_8_can_hold(data):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(data)
        found = inspect(path)
        assert found.size == len(data)
        with open_utf8(path, found.encoding) as file:
            content = file.read().decode("utf-8")
        if found.encoding.codec.startswith("utf-8") and not found.encoding.by_line:
            assert content == data.decode(found.encoding.codec, STRAY_BYTES)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["é", "a", "\n", "’", "😀", "x" * 7]), max_size=40), st.integers(5, 12))
def test_long_lines_are_cut_between_characters(parts, size):
    text = "".join(parts)
    before, encodings._CHUNK = encodings._CHUNK, size  # no file of 1 MiB a line is needed to see it
    try:
        pieces = list(encodings._lines(io.BytesIO(text.encode())))
    finally:
        encodings._CHUNK = before
    assert "".join(piece.decode("utf-8") for piece in pieces) == text


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_line_ends_of_all_kinds_and_nul_bytes_lose_no_row(tmp_path, line_end):
    path = tmp_path / "x.csv"
    content = organisation_csv([{1: "un\0deux"}, {1: "trois\nquatre"}, {1: "cinq"}]).replace("\r\n", line_end)
    path.write_bytes(content.encode())
    run(tmp_path, path)
    assert [answer["text"] for answer in answers(tmp_path) if answer["text"]] == ["un\0deux", "trois\nquatre", "cinq"]
