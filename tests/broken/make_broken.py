"""Make the corpus of broken files again, byte for byte: `python tests/broken/make_broken.py`.

What each file must give is in cases.toml. Archives and workbooks are stored, not deflated, and Parquet is kept as
base64, so that the bytes do not depend on the version of a library.
"""

from __future__ import annotations

import base64
import json
import struct
import warnings
import zlib
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

FILES = Path(__file__).parent / "files"

MADE: dict[str, tuple[str, bytes]] = {}
"""What is wrong with each file, and its content, by its name."""


def add(name: str, wrong: str, content: str | bytes, encoding: str = "utf-8") -> None:
    """Put a file into the corpus."""
    assert name not in MADE, name
    MADE[name] = wrong, content if isinstance(content, bytes) else content.encode(encoding)


def text(form: int, question: int) -> str:
    """Return an answer that no other form gives; Windows-1252 and UTF-8 write it differently."""
    return f"Réponse {form}.{question} : l'été à Orléans"


# -- official CSV --------------------------------------------------------------------------------------------------

METADATA = ("reference", "publishedAt", "trashed", "authorId", "authorType", "authorZipCode")
ASKED = (
    "QUXVlc3Rpb246MTY5 - Que pensez-vous de l'organisation de l'Etat et des administrations en France ? "
    "De quelle manière cette organisation devrait-elle évoluer ?",
    "QUXVlc3Rpb246MTc0 - Quels nouveaux services ou quelles démarches souhaitez-vous voir développées "
    "sur Internet en priorité ?",
)
HEADER = (*METADATA, *ASKED)


def about(form: int, **fields: str) -> list[str]:
    """Return the metadata of a form."""
    own = dict(
        zip(METADATA, (f"4-{form}", "2019-02-03 10:11:12", "false", f"VXNlcjo{form}", "Citoyen", "69008"), strict=True)
    )
    return list((own | fields).values())


def row(form: int, *cells: str, **fields: str) -> list[str]:
    """Return the cells of a form; its answers are `text` unless they are given."""
    return [*about(form, **fields), *(cells or (text(form, 1), text(form, 2)))]


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(char in cell for char in ',;\t"\r\n') else cell


def line(cells: Iterable[str], separator: str = ",", end: str = "\r\n") -> str:
    return separator.join(map(quoted, cells)) + end


def table(*rows: Iterable[str], header: Iterable[str] = HEADER, separator: str = ",", end: str = "\r\n") -> str:
    """Return a file with separators."""
    return "".join(line(cells, separator, end) for cells in (header, *rows))


HEAD = line(HEADER)
R1, R2, R3, R4 = (line(row(form)) for form in (1, 2, 3, 4))
FOUR = HEAD + R1 + R2 + R3 + R4
LONG = " et ainsi de suite" * 40
"""Enough of sound text for a file not to be taken for a binary one."""

CONTROLS = "\x1b[31mrouge\x1b[0m \x1b]0;titre\x07 retour\x08 \x9b2J fin"


def official_csv() -> None:
    add("csv-empty.csv", "an empty file", "")
    add("csv-blank.csv", "blanks and line ends only", " \r\n\t\r\n   \n\n")
    add("csv-header-only.csv", "a header without a row", HEAD)
    add("csv-header-only-bom.csv", "a header without a row, after a byte-order mark", "\ufeff" + HEAD)
    add("csv-header-no-line-end.csv", "a header without a line end", HEAD.rstrip())
    add("csv-bom-only.csv", "a byte-order mark and nothing else", "\ufeff")
    add(
        "csv-cut-in-cell.csv",
        "cut off in a quoted cell of the last row",
        HEAD + R1 + R2 + R3[:-2].rpartition(",")[0] + ',"Une réponse cou',
    )
    add("csv-cut-in-metadata.csv", "cut off in the metadata of the last row", HEAD + R1 + R2 + R3[:20])
    add("csv-cut-in-header.csv", "cut off in the header", HEAD[:110])
    add(
        "csv-cut-in-character.csv",
        "cut off in the middle of a character",
        (HEAD + R1 + R2 + "4-3,,false,u,,69008,oui,été").encode()[:-1],
    )
    add("csv-nul-in-cells.csv", "NUL bytes in cells", HEAD + line(row(1, "avant\0après", "\0début")) + R2)
    add(
        "csv-nul-between-rows.csv",
        "a block of NUL bytes between rows, as a disk that failed leaves it",
        HEAD + R1 + "\0" * 64 + "\r\n" + R2,
    )
    add("csv-nul-at-end.csv", "NUL bytes after the last row", HEAD + R1 + R2 + "\0" * 64)
    add("csv-all-nul.csv", "nothing but NUL bytes", b"\0" * 512)
    add(
        "csv-mixed-line-ends.csv",
        "line ends of three kinds",
        HEAD + R1.replace("\r\n", "\n") + R2.replace("\r\n", "\r") + R3,
    )
    add("csv-lone-cr.csv", "line ends of CR alone", FOUR.replace("\r\n", "\r"))
    add("csv-lone-cr-in-cell.csv", "CR alone within a quoted cell", HEAD + line(row(1, "haut\rbas", text(1, 2))) + R2)
    add(
        "csv-lone-cr-unquoted.csv",
        "CR alone within a cell without quotes",
        HEAD + R1.replace("Réponse 1.2", "Réponse\r1.2") + R2,
    )
    add(
        "csv-unclosed-quote-first.csv",
        "a quote that is never closed in the first row",
        HEAD + R1.replace("Réponse 1.1", '"Réponse 1.1') + R2 + R3 + R4,
    )
    add(
        "csv-unclosed-quote-middle.csv",
        "a quote that is never closed in a middle row",
        HEAD + R1 + R2.replace("Réponse 2.1", '"Réponse 2.1') + R3 + R4,
    )
    add(
        "csv-unclosed-quote-last-cell.csv",
        "a quote that is never closed in the last cell of a middle row",
        HEAD + R1 + R2.replace("Réponse 2.2", '"Réponse 2.2') + R3 + R4,
    )
    add(
        "csv-unclosed-quote-then-quotes.csv",
        "a quote that is closed by the one that opens a cell two rows below",
        HEAD + R1.replace("Réponse 1.2", '"Réponse 1.2') + R2 + line(row(3, "Oui, et non", text(3, 2))) + R4,
    )
    add(
        "csv-unclosed-quote-last.csv",
        "a quote that is never closed in the last cell of the last row",
        HEAD + R1 + R2 + R3 + R4.replace("Réponse 4.2", '"Réponse 4.2'),
    )
    add(
        "csv-unclosed-quote-header.csv",
        "a quote that is never closed in the header",
        HEAD.replace("QUXVlc3Rpb246MTc0", '"QUXVlc3Rpb246MTc0', 1) + R1 + R2,
    )
    add(
        "csv-quotes-inside-quotes.csv",
        "quotes inside quotes that are not doubled",
        HEAD + R1.replace("Réponse 1.1 :", '"Il a dit "oui" hier').replace("Orléans,", 'Orléans",', 1) + R2,
    )
    add(
        "csv-quotes-unquoted.csv",
        "quotes within cells without quotes",
        HEAD + R1.replace("Réponse 1.1", 'Le "oui" 1.1').replace("Réponse 1.2", '2" de pluie') + R2,
    )
    add("csv-one-quote.csv", "a single quote character", '"')
    add("csv-quotes-only.csv", "nothing but quotes", '"""""""\r\n"""\r\n')
    add("csv-row-short.csv", "a row with too few columns", HEAD + R1 + ",".join(row(2)[:-1]) + "\r\n" + R3)
    add("csv-row-very-short.csv", "a row with one column", HEAD + R1 + "4-2\r\n" + R3)
    add(
        "csv-row-long.csv", "a row with a separator too many", HEAD + R1 + R2.replace("l'été", "l'été, dit-on,", 1) + R3
    )
    add(
        "csv-row-very-long.csv",
        "a row with 5,000 columns too many",
        HEAD + R1 + R2.rstrip() + ",x" * 5000 + "\r\n" + R3,
    )
    add(
        "csv-rows-end-in-separators.csv",
        "separators after each row, as a spreadsheet adds them",
        HEAD + "".join(found.rstrip() + ",,,\r\n" for found in (R1, R2, R3)),
    )
    add("csv-row-of-separators.csv", "a row of separators and nothing else", HEAD + R1 + ",,,,,,,\r\n" + R3)
    add(
        "csv-header-twice.csv",
        "two exports put end to end, with the second header and its byte-order mark in the middle",
        "\ufeff" + HEAD + R1 + "\ufeff" + HEAD + R2,
    )
    add(
        "csv-question-twice.csv",
        "two columns for one question",
        table([*row(1), "Troisième réponse 1"], [*row(2), ""], header=[*HEADER, ASKED[0]]),
    )
    add(
        "csv-metadata-twice.csv",
        "two columns of the same name",
        table([*row(1), "4-999"], [*row(2), "4-999"], header=[*HEADER, "reference"]),
    )
    add(
        "csv-question-500-times.csv",
        "a header that has one question 500 times",
        table(
            *([*row(form), *(f"{form}.{column}" for column in range(500))] for form in (1, 2)),
            header=[*HEADER, *["Q174 - Internet ?"] * 500],
        ),
    )
    add(
        "csv-header-cells-empty.csv",
        "columns without a name",
        table([*row(1), "perdu 1", ""], [*row(2), "", ""], header=[*HEADER, "", " "]),
    )
    add("csv-no-header.csv", "rows without a header", R1 + R2 + R3 + R4)
    add("csv-header-semicolons.csv", "a header with semicolons over rows with commas", line(HEADER, ";") + R1 + R2)
    add("csv-utf16-le-bom.csv", "UTF-16, low byte first, with its mark", b"\xff\xfe" + FOUR.encode("utf-16-le"))
    add("csv-utf16-be-bom.csv", "UTF-16, high byte first, with its mark", b"\xfe\xff" + FOUR.encode("utf-16-be"))
    add("csv-utf16-le.csv", "UTF-16, low byte first, without its mark", FOUR, "utf-16-le")
    add("csv-utf16-be.csv", "UTF-16, high byte first, without its mark", FOUR, "utf-16-be")
    add(
        "csv-utf16-odd.csv",
        "UTF-16 that is cut at an odd byte",
        b"\xff\xfe" + (HEAD + R1 + R2.rstrip()).encode("utf-16-le")[:-1],
    )
    add(
        "csv-utf16-half-pair.csv",
        "UTF-16 with half a surrogate pair",
        b"\xff\xfe"
        + HEAD.encode("utf-16-le")
        + line(row(1, "moitié @ là", text(1, 2))).encode("utf-16-le").replace(b"@\0", b"\x3d\xd8")
        + R2.encode("utf-16-le"),
    )
    add("csv-utf32.csv", "UTF-32", FOUR, "utf-32-le")
    add("csv-utf16-mark-on-utf8.csv", "the mark of UTF-16 before UTF-8", b"\xff\xfe" + (HEAD + R1).encode())
    add("csv-latin1.csv", "ISO-8859-1", FOUR, "latin-1")
    add(
        "csv-cp1252.csv",
        "Windows-1252 with its signs of its own",
        HEAD + line(row(1, "« L’euro : 3 € – cœur… »", text(1, 2))) + R2,
        "cp1252",
    )
    add("csv-mac-roman.csv", "Mac Roman", FOUR, "mac_roman")
    add(
        "csv-mixed-encodings.csv",
        "UTF-8 and ISO-8859-1, row by row",
        HEAD.encode() + R1.encode() + R2.encode("latin-1") + R3.encode() + R4.encode("latin-1"),
    )
    add(
        "csv-stray-byte.csv",
        "one byte that is no UTF-8",
        (HEAD + R1 + R2).encode()
        + line(row(3, "prix : @ 5 euros à Orléans", text(3, 2))).encode().replace(b"@", b"\x80")
        + R4.encode(),
    )
    add("csv-mojibake.csv", "UTF-8 that was decoded as Windows-1252 (« Ã© »)", HEAD + R1.encode().decode("cp1252") + R2)
    add(
        "csv-mojibake-twice.csv",
        "UTF-8 that was decoded as Windows-1252 twice",
        HEAD + R1.encode().decode("cp1252").encode().decode("latin-1") + R2,
    )
    add(
        "csv-bom-in-cells.csv",
        "byte-order marks within cells",
        HEAD + line(row(1, "\ufeffun\ufeffdeux", text(1, 2))) + R2,
    )
    add(
        "csv-line-separators.csv",
        "line separators that are no line ends, without quotes",
        HEAD + line(row(1, "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg\x1dh\x1ei", text(1, 2))) + R2,
    )
    add(
        "csv-direction-override.csv",
        "signs that turn the direction of writing, and of no width",
        HEAD + line(row(1, "\u202egpj.exe\u202c a\u200bb\u2066c\u2069", text(1, 2))) + R2,
    )
    add(
        "csv-control-characters.csv",
        "commands for a terminal in every field and in a header",
        table(
            row(
                1,
                f"{CONTROLS} 1{LONG}",
                f"{CONTROLS} 2",
                publishedAt=CONTROLS,
                authorId=CONTROLS,
                authorType=CONTROLS,
                authorZipCode=CONTROLS,
                trashed=CONTROLS,
            ),
            row(2, reference=f"4-2{CONTROLS}"),
            header=[*METADATA, ASKED[0], f"Question {CONTROLS} ?"],
        ),
    )
    add(
        "csv-control-characters-unused.csv",
        "commands for a terminal in the name of a column that is not used",
        table([*row(1), ""], header=[*HEADER, CONTROLS.replace(" ", "")]),
    )
    add(
        "csv-control-characters-in-broken-row.csv",
        "commands for a terminal in a row that is rejected",
        HEAD + R1 + f"{CONTROLS},{CONTROLS}\r\n" + R3,
    )
    add(
        "csv-formulas.csv",
        "formulas of a spreadsheet",
        HEAD
        + line(row(1, "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0"))
        + line(row(2, "+1+1", "-2+3", reference="=1+1")),
    )
    add(
        "csv-html.csv",
        "HTML and scripts in cells and in a header",
        table(
            row(1, "<script>alert(1)</script>", '<img src=x onerror="alert(2)">'),
            row(2, "[red]gras[/red] {{7*7}} ${7*7} %s %n", "'; DROP TABLE answers; --"),
            header=[*METADATA, ASKED[0], "Votre avis </title><script>alert(3)</script> ?"],
        ),
    )
    add(
        "csv-dates.csv",
        "dates out of range",
        table(
            *(
                row(form, publishedAt=date)
                for form, date in enumerate(
                    (
                        "0000-00-00 00:00:00",
                        "9999-12-31 23:59:59",
                        "32/13/2019",
                        "2019-02-30",
                        "-1",
                        "1e9",
                        "0001-01-01T00:00:00+14:00",
                        "hier",
                    ),
                    1,
                )
            )
        ),
    )
    add(
        "csv-postcodes.csv",
        "postcodes that are none, or nearly",
        table(
            *(
                row(form, authorZipCode=code)
                for form, code in enumerate(
                    ("2A 004", "F-69001", "1000", "00000", "99999999999", "SW1A 1AA", "٦٩٠٠٨", "-1", "6900８"), 1
                )
            )
        ),
    )
    add(
        "csv-flags.csv",
        "marks of moderation that are neither true nor false",
        table(*(row(form, trashed=flag) for form, flag in enumerate(("TRUE", "peut-être", "", "0", "2", "faux"), 1))),
    )
    add(
        "csv-references.csv",
        "references that are empty, the same, or very long",
        table(row(1, reference=""), row(2, reference="x"), row(3, reference="x"), row(4, reference="r" * 3000)),
    )
    add("csv-blank-lines.csv", "blank lines between rows", HEAD + "\r\n\r\n" + R1 + "\r\n   \r\n" + R2 + "\r\n" * 50)
    add("csv-control-z.csv", "the end-of-file character of DOS", HEAD + R1 + R2 + "\x1a")
    add(
        "csv-separator-line.csv",
        "the line « sep= » of a spreadsheet before the header",
        "sep=;\r\n" + line(HEADER, ";") + line(row(1), ";") + line(row(2), ";"),
    )
    add(
        "csv-long-cell.csv",
        "a cell of 12,000 characters with line ends",
        HEAD + line(row(1, "Ligne à lire.\n" * 850, text(1, 2))) + R2,
    )
    add(
        "csv-every-row-broken.csv", "a header over rows that all have another number of columns", HEAD + "a,b,c\r\n" * 5
    )
    add(
        "csv-one-question-only.csv",
        "a header of one question and nothing else",
        ASKED[0] + "\r\n" + text(1, 1) + "\r\n",
    )


# -- official JSON -------------------------------------------------------------------------------------------------


def form(number: int, *answers: object, **fields: object) -> dict[str, object]:
    """Return a form as the official JSON has it."""
    asked = (("UXVlc3Rpb246MTY5", ASKED[0][20:]), ("UXVlc3Rpb246MTc0", ASKED[1][20:]))
    given = answers or (text(number, 1), text(number, 2))
    responses = [
        {"questionId": key, "questionTitle": title, "value": answer}
        for (key, title), answer in zip(asked, given, strict=False)
    ]
    own: dict[str, object] = {"reference": f"4-{number}", "authorId": f"u{number}", "authorZipCode": "69008"}
    return own | {"publishedAt": "2019-03-07 10:00:00"} | fields | {"responses": responses}


def dumped(*forms: object) -> str:
    return "[" + ",\n".join(json.dumps(found, ensure_ascii=False) for found in forms) + "]\n"


F1, F2, F3, F4, F5 = (json.dumps(form(number), ensure_ascii=False) for number in range(1, 6))


def official_json() -> None:
    add("json-empty.json", "an empty file", "")
    add("json-empty-array.json", "an array without a form", "[]")
    add("json-cut-in-form.json", "cut off in the second form", f"[{F1},\n{F2[:150]}")
    add("json-cut-in-first-form.json", "cut off in the first form", f"[{F1[:150]}")
    add("json-cut-after-comma.json", "cut off after a comma", f"[{F1},\n{F2},\n")
    add("json-not-closed.json", "an array that is not closed", f"[{F1},\n{F2}")
    add("json-trailing-comma.json", "a comma after the last form", f"[{F1},\n{F2},]")
    add("json-trailing-garbage.json", "text after the array", f"[{F1},\n{F2}]\nFin de l'export")
    add("json-two-arrays.json", "two exports put end to end", f"[{F1},\n{F2}]\n[{F3}]\n")
    add("json-single-quotes.json", "single quotes, as a program prints its objects", f"[{F1},\n{form(2)!r}]")
    add("json-comment.json", "a comment", f"[{F1}, // première\n{F2}]")
    add("json-scalars.json", "an array of scalars", '[1, "deux", null, true]')
    add("json-scalars-among-forms.json", "scalars among forms", f'[{F1}, 1, "deux", null, [], {F2}]')
    add("json-object.json", "an object with the forms in it", f'{{"contributions": [{F1}, {F2}]}}')
    add("json-one-form.json", "one form without an array", F1)
    add(
        "json-error-page.json",
        "the answer of a server instead of an export",
        '{"error": "Unauthorized", "status": 401}',
    )
    add(
        "json-html.json",
        "an HTML page instead of an export",
        "<!DOCTYPE html>\n<html><body>Se connecter</body></html>\n",
    )
    nan = F2.replace(json.dumps(text(2, 1), ensure_ascii=False), "NaN")
    add("json-nan.json", "NaN and Infinity", f"[{F1},\n{nan.replace('69008', '-Infinity')},\n{F3}]")
    add(
        "json-huge-numbers.json",
        "numbers that are too large",
        dumped(form(1, 0, 1))
        .replace('"value": 0', '"value": 1e999')
        .replace('"value": 1}', '"value": ' + "9" * 6000 + "}"),
    )
    add(
        "json-values.json",
        "values that are no text",
        dumped(form(1, {"labels": ["Oui"], "other": None}, ["a", "b"]), form(2, 12.50, True), form(3, None, "")),
    )
    add(
        "json-lone-surrogates.json",
        "half surrogate pairs",
        dumped(form(1, "@", "#"), form(2)).replace('"@"', '"moitié \\ud83d là"').replace('"#"', '"\\udc00"'),
    )
    add(
        "json-lone-surrogates-title.json",
        "half a surrogate pair in the wording of a question, and in metadata",
        dumped(form(1, authorId="@", title="@", reference="4-1@"), form(2))
        .replace("Quels nouveaux", "\\ud83d Quels")
        .replace("@", "\\udc00"),
    )
    add(
        "json-broken-in-the-middle.json",
        "a form without its end, and one with a quote too many, between others",
        f"[{F1},\n{F2[:-3]},\n{F3},\n{F4.replace('Réponse 4.1', 'Réponse' + chr(34) + '4.1')},\n{F5}]",
    )
    add(
        "json-escapes.json",
        "escaped NUL and control characters",
        dumped(form(1, "@", "#", reference="4-1\x1b[31m"), form(2))
        .replace('"@"', '"a\\u0000b\\u001b[31mc\\u009b"')
        .replace('"#"', '"\\ud83d\\ude00 \\u202e"'),
    )
    add(
        "json-invalid-utf8.json",
        "bytes that are no UTF-8",
        dumped(form(1), form(2, "prix : @ 5 euros à Orléans", "fin")).encode().replace(b"@", b"\x80"),
    )
    add("json-latin1.json", "ISO-8859-1", dumped(form(1), form(2)), "latin-1")
    add("json-utf16.json", "UTF-16 with its mark", dumped(form(1), form(2)), "utf-16-le")
    add("json-bom.json", "a byte-order mark", "\ufeff" + dumped(form(1), form(2)))
    add("json-bom-inside.json", "a byte-order mark between forms", f"[{F1},\n\ufeff{F2}]")
    add(
        "json-line-end-in-string.json",
        "a line end within a string, not escaped",
        f"[{F1},\n" + F2.replace("Réponse 2.1", "Réponse\n2.1") + f",\n{F3}]",
    )
    add("json-nul.json", "NUL bytes between forms", f"[{F1},\n\0\0\0{F2}]")
    add(
        "json-deep-value.json",
        "a value nested 3,000 levels deep",
        f'[{F1},\n{{"reference": "4-2", "responses": [{{"questionId": "UXVlc3Rpb246MTY5", "value": '
        + "[" * 3000
        + "]" * 3000
        + f"}}]}},\n{F3}]",
    )
    add(
        "json-deep-field.json",
        "a field nested 9,000 levels deep",
        f'[{F1},\n{{"reference": ' + "[" * 9000 + "]" * 9000 + f"}},\n{F2}]",
    )
    add("json-deep-array.json", "an array nested 9,000 levels deep, and not closed", "[" * 9000)
    add("json-deep-objects.json", "objects nested 2,000 levels deep, and not closed", '[{"responses":' * 1000)
    add("json-keys-twice.json", "keys that come twice in a form", f'[{F1[:-1]}, "reference": "4-9"}}, {F2}]')
    add(
        "json-responses-null.json",
        "forms without responses",
        dumped(form(1), {"reference": "4-2", "responses": None}, {"reference": "4-3"}, form(4)),
    )
    add(
        "json-responses-wrong.json",
        "responses that are no array of objects",
        dumped(
            form(1),
            {"reference": "4-2", "responses": "aucune"},
            {"reference": "4-3", "responses": {"a": 1}},
            {"reference": "4-4", "responses": [1, None, "x"]},
            form(5),
        ),
    )
    add(
        "json-response-keys.json",
        "responses whose question is no text",
        dumped(
            form(1),
            {
                "reference": "4-2",
                "responses": [
                    {"questionId": 169, "questionTitle": None, "value": "a"},
                    {"questionId": ["x"], "questionTitle": {"y": 1}, "value": "b"},
                    {"value": "c"},
                ],
            },
        ),
    )
    add(
        "json-fields-wrong.json",
        "metadata that are no text",
        dumped(
            form(1, reference={"a": 1}, authorId=[1], authorZipCode=69008, publishedAt=20190307, trashed=1),
            form(2, reference=None, authorZipCode=True, publishedAt={}),
        ),
    )
    add("json-named-csv.csv", "JSON that is called CSV", dumped(form(1), form(2)))
    add("csv-named-json.json", "CSV that is called JSON", HEAD + R1 + R2)


# -- text form -----------------------------------------------------------------------------------------------------

TITLE = "Grand débat - organisation de l'Etat et des services publics"
WORDINGS = {1: ASKED[0][20:], 6: ASKED[1][20:]}


def paper(
    number: int,
    answers: Mapping[int, str] | None = None,
    *,
    date: str = "2019-03-07",
    title: str = TITLE,
    postcode: str = "69008",
) -> str:
    """Return a text form that has two of the questions."""
    lines = [f"Date de publication : {date}", f"Code postal : {postcode}", "", title]
    for place, (question, wording) in enumerate(WORDINGS.items(), 1):
        lines += ["", f"{question}. {wording}", "", (answers or {}).get(question, text(number, place))]
    return "\n".join(lines) + "\n"


def text_form() -> None:
    add("text-header-only.txt", "a text form that ends after its title", "\n".join(paper(1).split("\n")[:4]))
    add("text-date-only.txt", "a text form that ends after its date", "Date de publication : 2019-03-07\n")
    add("text-cut-in-question.txt", "cut off in a question", paper(1).rpartition("souhaitez")[0])
    add("text-cut-in-answer.txt", "cut off in the last answer", paper(1)[:-12])
    add("text-no-title.txt", "a text form without a title", paper(1).replace(TITLE, ""))
    add("text-other-title.txt", "a questionnaire that is not known", paper(1, title="Grand débat - la pêche à pied"))
    add(
        "text-no-question.txt",
        "a title and an answer, but no question",
        "\n".join([*paper(1).split("\n")[:4], "", "Mon avis."]),
    )
    add("text-reworded.txt", "a question that is worded otherwise", paper(1).replace(WORDINGS[6], "Et sur Internet ?"))
    add("text-number-wrong.txt", "a question with the number of another", paper(1).replace("6. Quels", "7. Quels"))
    add(
        "text-question-twice.txt",
        "a question that stands there twice",
        paper(1) + f"\n6. {WORDINGS[6]}\n\nEncore une réponse.\n",
    )
    add(
        "text-out-of-order.txt",
        "questions in another order",
        "\n".join(paper(1).split("\n")[:4])
        + f"\n\n6. {WORDINGS[6]}\n\n{text(1, 2)}\n\n1. {WORDINGS[1]}\n\n{text(1, 1)}\n",
    )
    add("text-lone-cr.txt", "line ends of CR alone", paper(1).replace("\n", "\r"))
    add(
        "text-mixed-line-ends.txt",
        "line ends of three kinds",
        paper(1).replace("\n", "\r\n", 3).replace("\n\n", "\r\r"),
    )
    add("text-utf16.txt", "UTF-16 without its mark", paper(1), "utf-16-le")
    add("text-latin1.txt", "ISO-8859-1", paper(1), "latin-1")
    add("text-mojibake.txt", "UTF-8 that was decoded as Windows-1252", paper(1).encode().decode("cp1252", "replace"))
    add(
        "text-nul.txt",
        "NUL bytes in an answer and between lines",
        paper(1, {1: "avant\0après"}).replace("\n\n6.", "\n\0\n6."),
    )
    add(
        "text-control-characters.txt",
        "commands for a terminal in every field",
        paper(1, {1: CONTROLS}, date=f"2019-03-07 {CONTROLS}", postcode=CONTROLS),
    )
    add(
        "text-control-characters-title.txt",
        "commands for a terminal in a title that is not known",
        paper(1, title=f"Grand débat - {CONTROLS.replace('31', '').replace('0', '').replace('2', '')}"),
    )
    add("text-dates.txt", "a date out of range", paper(1, date="9999-99-99"))
    add(
        "text-glued.txt",
        "three forms put end to end, the last answers without a line end",
        (paper(1).rstrip() + paper(2).rstrip() + paper(3)),
    )
    add(
        "text-second-form-broken.txt",
        "a form without a question between two others",
        paper(1) + "\n" + "\n".join(paper(2).split("\n")[:4]) + "\n\nRien.\n\n" + paper(3),
    )
    add(
        "text-binary-inside.txt",
        "bytes of another file in an answer",
        paper(1, {1: "début @ fin"}).encode().replace(b"@", bytes(range(128, 256))),
    )
    add(
        "text-questions-quoted.txt",
        "an answer that quotes a question",
        paper(1, {1: f"Vous demandez\n6. {WORDINGS[6]}\nmais je réponds : non."}),
    )


# -- any table -----------------------------------------------------------------------------------------------------


def plain(*rows: Iterable[str], separator: str = ";") -> str:
    """Return a table of our own making: a reference, an opinion, a weight."""
    return table(*rows, header=("reference", "verbatim", "poids"), separator=separator)


def own(number: int, answer: str | None = None, weight: str = "1") -> list[str]:
    return [f"p-{number}", text(number, 1) if answer is None else answer, weight]


P1, P2, P3 = (line(own(number), ";") for number in (1, 2, 3))
PLAIN = line(("reference", "verbatim", "poids"), ";")


def plain_csv() -> None:
    add("table-header-only.csv", "a header without a row", PLAIN)
    add("table-row-short.csv", "a row with too few columns", PLAIN + P1 + "p-2;Une réponse\r\n" + P3)
    add("table-row-long.csv", "a row with a separator too many", PLAIN + P1 + "p-2;Une réponse;ou deux;1\r\n" + P3)
    add("table-unclosed-quote.csv", "a quote that is never closed", PLAIN + P1 + P2.replace("Réponse", '"Réponse') + P3)
    add(
        "table-names-twice.csv",
        "two columns of the same name",
        table(
            [*own(1), "suite 1"], [*own(2), ""], header=("reference", "verbatim", "poids", "verbatim"), separator=";"
        ),
    )
    add(
        "table-names-empty.csv",
        "columns without a name",
        table(
            [*own(1), "sans nom", ""],
            [*own(2), "", ""],
            header=("reference", "verbatim", "poids", "", ""),
            separator=";",
        ),
    )
    add("table-no-header.csv", "rows without a header", P1 + P2 + P3)
    add("table-no-name-at-all.csv", "a header of empty cells", ";;\r\n" + P1 + P2)
    add(
        "table-weights.csv",
        "weights that are no numbers",
        plain(
            *(
                own(number, None, weight)
                for number, weight in enumerate(("beaucoup", "0,85", "1 000", "-2", "1e400", "NaN", "inf", "", "٢"), 1)
            )
        ),
    )
    add(
        "table-one-column.csv",
        "one column of prose, with commas",
        "verbatim\r\nBonjour, ça va, merci.\r\nOui, non, peut-être ; voilà.\r\n",
    )
    add(
        "table-prose.txt",
        "a letter",
        "Monsieur le Président,\n\nJe vous écris, en ce jour de mars, pour dire que, moi,\nrien ne va.\n\nMerci.\n",
    )
    add("table-other.csv", "a table of quite other things", "nom,prix\npomme,1\npoire,2\n")
    add("table-tabs-called-csv.csv", "tabs in a file called CSV", plain(own(1), own(2), separator="\t"))
    add("table-bars.csv", "bars between columns", plain(own(1), own(2), separator="|"))
    add(
        "table-nul.csv",
        "NUL bytes in cells and names",
        PLAIN.replace("poids", "poi\0ds") + P1 + line(own(2, "a\0b"), ";"),
    )
    add("table-utf16.csv", "UTF-16 with its mark", b"\xff\xfe" + (PLAIN + P1 + P2).encode("utf-16-le"))
    add(
        "table-mixed-encodings.csv",
        "UTF-8 and ISO-8859-1, row by row",
        PLAIN.encode() + P1.encode() + P2.encode("latin-1") + P3.encode(),
    )
    add(
        "table-control-characters.csv",
        "commands for a terminal in names and cells",
        table(
            [CONTROLS, CONTROLS + " 1"],
            [CONTROLS, CONTROLS + " 2"],
            header=(f"verbatim{CONTROLS}", f"avis {CONTROLS}"),
            separator=";",
        ),
    )
    add(
        "table-html.csv",
        "HTML in names and cells",
        table(
            ["<b>un</b> avis", "x"],
            ["un autre <i>avis</i>", "y"],
            header=("<script>alert(1)</script>", "verbatim"),
            separator=";",
        ),
    )
    add(
        "table-titles-above.csv",
        "titles and blank lines above the header",
        "Consultation 2019\r\n\r\nExport du 7 mars\r\n" + PLAIN + P1 + P2,
    )
    add(
        "table-dates.csv",
        "dates out of range",
        table(
            *(
                [f"p-{number}", text(number, 1), date]
                for number, date in enumerate(("00/00/0000", "31/12/9999", "32/13/2019", "07/03/2019"), 1)
            ),
            header=("reference", "verbatim", "date"),
            separator=";",
        ),
    )
    add(
        "table-long.tsv",
        "a row an answer, and rows without a reference or a question",
        table(
            ["p-1", "Q ?", text(1, 1)],
            ["", "Q ?", text(2, 1)],
            ["p-1", "", text(1, 2)],
            ["p-1", "Q ?", "encore"],
            header=("reference", "question", "reponse"),
            separator="\t",
        ),
    )
    add(
        "table-pdf.csv",
        "a PDF that is called CSV",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n",
    )
    add(
        "table-png.json",
        "a PNG that is called JSON",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\0\0\0\0IEND\xaeB`\x82",
    )
    add(
        "table-program.exe",
        "a program",
        b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8"
        + b"\0" * 40
        + b"\x0e\x1f\xba\x0e\0\xb4\t\xcd!\xb8\x01L\xcd!This program cannot be run in DOS mode.\r\r\n$"
        + bytes(range(256)),
    )
    add("table-elf.txt", "a program that is called a text", b"\x7fELF\x02\x01\x01" + b"\0" * 9 + bytes(range(256)) * 2)
    add(
        "table-html-page.csv",
        "an HTML page instead of an export",
        "<!DOCTYPE html>\n<html><head><title>Connexion</title></head>\n<body>Nom, mot de passe, etc.</body></html>\n",
    )
    add(
        "table-xml.csv",
        "XML that is called CSV",
        '<?xml version="1.0"?>\n<contributions><c id="1">Un, deux, trois</c></contributions>\n',
    )
    add(
        "table-random.csv",
        "bytes without any meaning",
        bytes((place * place * 7 + place * 131) % 256 for place in range(2000)),
    )
    add(
        "table-sqlite.csv",
        "a database that is called CSV",
        b"SQLite format 3\0\x10\0\x01\x01\0@  \0\0\0\x02" + b"\0" * 80,
    )


def jsonl() -> None:
    def written(number: int, **more: object) -> str:
        return json.dumps({"reference": f"p-{number}", "verbatim": text(number, 1)} | more, ensure_ascii=False) + "\n"

    one, two, three = (written(number) for number in (1, 2, 3))
    add("jsonl-cut.jsonl", "cut off in the last line", one + two + three[:30])
    add("jsonl-blank-lines.jsonl", "blank lines", "\n\n" + one + "  \n\n" + two + "\n")
    add("jsonl-scalars.jsonl", "lines that are no object", one + '1\n"deux"\n[]\nnull\n' + two)
    add("jsonl-garbage.jsonl", "lines that are no JSON", one + "Traceback (most recent call last):\n" + two + "}{\n")
    add(
        "jsonl-lone-surrogates.jsonl",
        "half surrogate pairs",
        one
        + written(2, verbatim="@").replace('"@"', '"moitié \\ud83d là"')
        + written(3, suite="#").replace('"#"', '"\\udc00"'),
    )
    add(
        "jsonl-lone-surrogate-name.jsonl",
        "half a surrogate pair in a key",
        one + written(2, clef="x").replace('"clef"', '"\\ud800 clef"'),
    )
    add(
        "jsonl-nan.jsonl",
        "NaN and Infinity",
        one + written(2, note="@").replace('"@"', "NaN") + written(3, note="@").replace('"@"', "-Infinity"),
    )
    add(
        "jsonl-huge-numbers.jsonl",
        "numbers that are too large",
        written(1, note="@").replace('"@"', "9" * 6000) + written(2, note="@").replace('"@"', "1e999") + three,
    )
    add(
        "jsonl-keys-twice.jsonl",
        "a key that comes twice",
        one + '{"reference": "p-2", "verbatim": "un avis", "verbatim": "un autre avis"}\n',
    )
    add(
        "jsonl-deep.jsonl",
        "a value nested 9,000 levels deep",
        one + '{"reference": "p-2", "verbatim": ' + "[" * 9000 + "]" * 9000 + "}\n" + three,
    )
    add("jsonl-bom-inside.jsonl", "byte-order marks before lines", "\ufeff" + one + "\ufeff" + two)
    add("jsonl-utf16.jsonl", "UTF-16 without its mark", one + two, "utf-16-le")
    add(
        "jsonl-mixed-encodings.jsonl",
        "UTF-8 and ISO-8859-1, line by line",
        one.encode() + two.encode("latin-1") + three.encode(),
    )
    add(
        "jsonl-nul.jsonl",
        "NUL bytes between lines and escaped ones in a value",
        one + "\0\0\n" + written(2, verbatim="a\0b"),
    )
    add("jsonl-lone-cr.jsonl", "line ends of CR alone", (one + two + three).replace("\n", "\r"))
    add(
        "jsonl-other-keys.jsonl",
        "other keys in each line",
        one + '{"autre": "x"}\n{"verbatim": "sans référence"}\n{}\n',
    )
    add(
        "jsonl-control-characters.jsonl",
        "commands for a terminal in keys and values",
        json.dumps({"reference": CONTROLS, "verbatim": CONTROLS, f"avis {CONTROLS}": CONTROLS}, ensure_ascii=False)
        + "\n"
        + two,
    )
    add(
        "jsonl-one-object.json",
        "a plain array that is cut off",
        "[" + one.strip() + ",\n" + two.strip() + ",\n" + three[:25],
    )
    add("jsonl-array-of-arrays.json", "an array of rows", '[["reference", "verbatim"], ["p-1", "un avis"]]')


# -- workbooks -----------------------------------------------------------------------------------------------------


def packed(members: Iterable[tuple[str | ZipInfo, bytes]]) -> bytes:
    """Return an archive whose members are stored as they are."""
    out = BytesIO()
    with warnings.catch_warnings(), ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")  # two members of one name
        for name, content in members:
            archive.writestr(ZipInfo(name) if isinstance(name, str) else name, content)
    return out.getvalue()


TYPES = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def cells(*rows: Iterable[str]) -> str:
    """Return rows of a sheet; a cell that begins with « < » is XML of its own."""
    out = ""
    for number, found in enumerate(rows, 1):
        out += f'<row r="{number}">'
        for letter, cell in zip("ABCDEFGH", found, strict=False):
            inner = f'<c r="{letter}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            out += cell.replace("@", f"{letter}{number}") if cell.startswith("<") else inner
        out += "</row>"
    return out


def workbook(sheets: Mapping[str, str], after: str = "", before: str = "") -> bytes:
    """Return a workbook: name and rows of each sheet."""
    names = [f'<sheet name="{name}" sheetId="{place}" r:id="rId{place}"/>' for place, name in enumerate(sheets, 1)]
    links = [
        f'<Relationship Id="rId{place}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in range(1, len(sheets) + 1)
    ]
    links_to = f'<Relationships xmlns="{PACKAGE}/relationships">'
    book = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    members = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{TYPES}</Types>',
        "_rels/.rels": f"{links_to}{book}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>{"".join(names)}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{links_to}{''.join(links)}</Relationships>",
    }
    for place, rows in enumerate(sheets.values(), 1):
        members[f"xl/worksheets/sheet{place}.xml"] = (
            f'{before}<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData>{after}</worksheet>'
        )
    return packed([(name, content.encode()) for name, content in members.items()])


BOOK = workbook({"Feuille 1": cells(("reference", "verbatim"), ("p-1", text(1, 1)), ("p-2", text(2, 1)))})
RELATIVE = b"xl/worksheets/sheet1.xml"


def xlsx() -> None:
    named = ("reference", "verbatim")
    one, two = ("p-1", text(1, 1)), ("p-2", text(2, 1))
    add("xlsx-text.xlsx", "a table that is called a workbook", PLAIN + P1 + P2)
    add("xlsx-binary.xlsx", "bytes that are no workbook", b"PK\x03\x04" + bytes(range(256)) * 3)
    add("xlsx-cut.xlsx", "a workbook that is cut off", BOOK[: len(BOOK) // 2])
    add(
        "xlsx-sum-wrong.xlsx",
        "a workbook with a wrong sum",
        BOOK.replace("Réponse 1".encode(), "Réponse 9".encode(), 1),
    )
    add(
        "xlsx-sheet-missing.xlsx",
        "a workbook whose sheet is not there",
        BOOK.replace(RELATIVE, b"xl/worksheets/sheet9.xml"),
    )
    add("xlsx-no-sheet.xlsx", "a workbook without a sheet", workbook({}))
    add("xlsx-sheet-empty.xlsx", "a workbook with an empty sheet", workbook({"Feuille 1": ""}))
    add("xlsx-header-only.xlsx", "a workbook with a header and no row", workbook({"Feuille 1": cells(named)}))
    add(
        "xlsx-formulas.xlsx",
        "formulas, with and without their values",
        workbook(
            {
                "Feuille 1": cells(
                    named,
                    ("p-1", '<c r="@" t="str"><f>A2&amp;"x"</f><v>valeur gardée</v></c>'),
                    ("p-2", '<c r="@"><f>cmd|" /C calc"!A0</f></c>'),
                    ("p-3", "=1+1 en texte"),
                )
            }
        ),
    )
    add(
        "xlsx-merged.xlsx",
        "merged cells",
        workbook(
            {"Feuille 1": cells(named, one, ("p-2",), two[:0], ("p-4", "dernière réponse"))},
            '<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>',
        ),
    )
    add(
        "xlsx-errors.xlsx",
        "cells with errors",
        workbook(
            {
                "Feuille 1": cells(
                    named,
                    ("p-1", '<c r="@" t="e"><v>#REF!</v></c>'),
                    ("p-2", '<c r="@" t="e"><v>#N/A</v></c>'),
                    ("p-3", text(3, 1)),
                )
            }
        ),
    )
    add(
        "xlsx-string-missing.xlsx",
        "a cell that refers to a text that is not there",
        workbook({"Feuille 1": cells(named, one, ("p-2", '<c r="@" t="s"><v>99</v></c>'))}),
    )
    add(
        "xlsx-xml-broken.xlsx",
        "a sheet that is no XML",
        workbook({"Feuille 1": cells(named, one, two)[:-20] + "</nothing"}),
    )
    add(
        "xlsx-vast.xlsx",
        "two cells that span a billion",
        workbook(
            {
                "Feuille 1": cells(named)
                + '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>loin</t></is></c></row>'
            }
        ),
    )
    doubling = "".join(f'<!ENTITY e{depth} "&e{depth - 1};&e{depth - 1};">' for depth in range(1, 40))
    entities = f'<!DOCTYPE worksheet [<!ENTITY e0 "ha">{doubling}]>'
    add(
        "xlsx-entities.xlsx",
        "entities that double forty times",
        workbook({"Feuille 1": cells(named, one, ("p-2", "&e39;"))}, before=entities),
    )
    add(
        "xlsx-control-characters.xlsx",
        "commands for a terminal, escaped, in names and cells",
        workbook(
            {
                "Feuille_x001B_[31m": cells(("reference", "verbatim _x001B_[31m"), ("p-1", "a_x001B_[31mb\u009b"), two),
                "B\u202e": cells(("x",)),
            }
        ),
    )
    add(
        "xlsx-dates.xlsx",
        "dates out of range",
        workbook(
            {
                "Feuille 1": cells(
                    (*named, "date"),
                    (*one, '<c r="@"><v>-5</v></c>'),
                    (*two, '<c r="@"><v>99999999999</v></c>'),
                    ("p-3", text(3, 1), '<c r="@" t="d"><v>2019-13-45</v></c>'),
                )
            }
        ),
    )
    add("xlsx-old.xls", "an old workbook, or one with a password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    add(
        "xlsx-sheets-alike.xlsx",
        "two sheets with the same table",
        workbook({"Un": cells(named, one), "Deux": cells(named, two)}),
    )
    add("xlsx-called-csv.csv", "a workbook that is called CSV", BOOK)


# -- Parquet -------------------------------------------------------------------------------------------------------

PARQUET = base64.b64decode(
    "UEFSMRUAFTYVNiwVBhUAFQYVBhwAAAACAAAABgEDAAAAcC0xAwAAAHAtMgMAAABwLTMVABXwARXwASwVBhUAFQYVBhwAAAACAAAA"
    "BgEiAAAAUsOpcG9uc2UgMS4xIDogbCfDqXTDqSDDoCBPcmzDqWFucyIAAABSw6lwb25zZSAyLjEgOiBsJ8OpdMOpIMOgIE9ybMOp"
    "YW5zIgAAAFLDqXBvbnNlIDMuMSA6IGwnw6l0w6kgw6AgT3Jsw6lhbnMVABU8FTwsFQYVABUGFQYcAAAAAgAAAAYBAAAAAAAA8D8A"
    "AAAAAADgPwAAAAAAAABAFQQZTDUAGAZzY2hlbWEVBgAVDCUCGAlyZWZlcmVuY2UlAEwcAAAAFQwlAhgIdmVyYmF0aW0lAEwcAAAA"
    "FQolAhgFcG9pZHMAFgYZHBk8JgAcFQwZJQYAGRgJcmVmZXJlbmNlFQAWBhZcFlwmCEkcFQAVABUCADwWEhkGGSYABgAAACYAHBUM"
    "GSUGABkYCHZlcmJhdGltFQAWBhaaAhaaAiZkSRwVABUAFQIAPBbMARkGGSYABgAAACYAHBUKGSUGABkYBXBvaWRzFQAWBhZiFmIm"
    "/gJJHBUAFQAVAgA8KQYZJgAGAAAAFtgDFgYmCBbYAwAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGTwcAAAcAAAc"
    "AAAAIAEAAFBBUjE="
)
NO_COLUMN = base64.b64decode(
    "UEFSMRUEGRw1ABgGc2NoZW1hFQAAFgAZHBkMFgAWACYAFgAAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRkMAEUAAABQQVIx"
)
NO_ROW = base64.b64decode(
    "UEFSMRUEGUw1ABgGc2NoZW1hFQYAFQwlAhgJcmVmZXJlbmNlJQBMHAAAABUMJQIYCHZlcmJhdGltJQBMHAAAABUKJQIYBXBvaWRz"
    "ABYAGRwZPCYAHBUMGRUGGRgJcmVmZXJlbmNlFQAWABYAFgAmAEkMAAAmABwVDBkVBhkYCHZlcmJhdGltFQAWABYAFgAmAEkMAAAm"
    "ABwVChkVBhkYBXBvaWRzFQAWABYAFgAmAEkMAAAWABYAJgAWAAAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGTwc"
    "AAAcAAAcAAAA5gAAAFBBUjE="
)
NAMES_TWICE = base64.b64decode(
    "UEFSMRUAFSgVKCwVBBUAFQYVBhwAAAACAAAABAEDAAAAcC0xAwAAAHAtMhUAFTwVPCwVBBUAFQYVBhwAAAACAAAABAEHAAAAdW4g"
    "YXZpcwkAAABkZXV4IGF2aXMVABVGFUYsFQQVABUGFQYcAAAAAgAAAAQBCgAAAHRyb2lzIGF2aXMLAAAAcXVhdHJlIGF2aXMVBBlM"
    "NQAYBnNjaGVtYRUGABUMJQIYCXJlZmVyZW5jZSUATBwAAAAVDCUCGAh2ZXJiYXRpbSUATBwAAAAVDCUCGAh2ZXJiYXRpbSUATBwA"
    "AAAWBBkcGTwmABwVDBklBgAZGAlyZWZlcmVuY2UVABYEFk4WTiYISRwVABUAFQIAPBYMGQYZJgAEAAAAJgAcFQwZJQYAGRgIdmVy"
    "YmF0aW0VABYEFmIWYiZWSRwVABUAFQIAPBYgGQYZJgAEAAAAJgAcFQwZJQYAGRgIdmVyYmF0aW0VABYEFmwWbCa4AUkcFQAVABUC"
    "ADwWKhkGGSYABAAAABacAhYEJggWnAIAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRk8HAAAHAAAHAAAACsBAABQ"
    "QVIx"
)


def parquet() -> None:
    add("parquet-cut.parquet", "cut off", PARQUET[: len(PARQUET) // 2])
    add("parquet-cut-at-end.parquet", "without its last byte", PARQUET[:-1])
    add("parquet-mark-only.parquet", "its mark and nothing else", b"PAR1")
    add("parquet-marks-only.parquet", "its two marks and nothing between", b"PAR1PAR1")
    add(
        "parquet-footer-long.parquet",
        "a footer that claims two gigabytes",
        PARQUET[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1",
    )
    add(
        "parquet-footer-spoilt.parquet",
        "a footer with other bytes in it",
        PARQUET[:-200] + b"\xff" * 60 + PARQUET[-140:],
    )
    add("parquet-page-spoilt.parquet", "a page with other bytes in it", PARQUET[:70] + b"\xff\x7f" * 10 + PARQUET[90:])
    add(
        "parquet-not-utf8.parquet",
        "texts that are no UTF-8",
        PARQUET.replace("Réponse 2".encode(), b"R\xff\xfeponse 2"),
    )
    add("parquet-no-column.parquet", "no column", NO_COLUMN)
    add("parquet-no-row.parquet", "no row", NO_ROW)
    add("parquet-names-twice.parquet", "two columns of the same name", NAMES_TWICE)
    add("parquet-text.parquet", "a table that is called Parquet", PLAIN + P1)


# -- IRaMuTeQ, Decidim ---------------------------------------------------------------------------------------------


def iramuteq() -> None:
    one = f"**** *ref_1 *age_25\n{text(1, 1)}\n\n"
    two = f"**** *ref_2 *age_60\n{text(2, 1)}\nsur deux lignes\n\n"
    add("iramuteq-star-line-only.txt", "a line of stars without a text", "**** *ref_1 *age_25\n")
    add("iramuteq-text-before.txt", "text before the first line of stars", "Un titre perdu\n\n" + one + two)
    add("iramuteq-no-variables.txt", "lines of stars without a variable", f"****\n{text(1, 1)}\n\n****\n{text(2, 1)}\n")
    add(
        "iramuteq-variables-wrong.txt",
        "variables that are none",
        f"**** *ref_1 * *_ **x *âge_25 sans étoile\n{text(1, 1)}\n\n" + two,
    )
    add("iramuteq-cut.txt", "cut off in a line of stars", one + two + "**** *ref")
    add("iramuteq-latin1.txt", "ISO-8859-1", one + two, "latin-1")
    add("iramuteq-lone-cr.txt", "line ends of CR alone", (one + two).replace("\n", "\r"))
    add("iramuteq-nul.txt", "NUL bytes in a text", one + two.replace("deux", "de\0ux"))
    add(
        "iramuteq-themes.txt",
        "themes within a text",
        f"**** *ref_1\n-*theme_a\n{text(1, 1)}\n-*theme_b\n{text(1, 2)}\n",
    )
    add(
        "iramuteq-control-characters.txt",
        "commands for a terminal in variables and texts",
        f"**** *ref_1 *a_{CONTROLS.replace(' ', '')}\n{CONTROLS} 1{LONG}\n\n" + two,
    )


DECIDIM = ("id", "reference", "title/fr", "body/fr", "author/name", "state", "published_at", "votes", "url")


def decidim() -> None:
    def proposal(number: int, **more: str) -> list[str]:
        own = {
            "id": str(number),
            "reference": f"DEC-PROP-2019-03-{number}",
            "title/fr": f"Proposition {number}",
            "body/fr": text(number, 1),
            "author/name": f"Anne Onyme {number}",
            "state": "accepted",
            "published_at": "2019-03-07 10:00:00 +0100",
            "votes": "12",
            "url": f"https://decidim.example/p/{number}",
        }
        return list((own | more).values())

    head = line(DECIDIM, ";")
    one, two, three = (line(proposal(number), ";") for number in (1, 2, 3))
    add("decidim-header-only.csv", "a header without a proposal", head)
    add(
        "decidim-unclosed-quote.csv",
        "a quote that is never closed",
        head + one + two.replace("Réponse", '"Réponse') + three,
    )
    add("decidim-row-short.csv", "a row with too few columns", head + one + "2;DEC-2;Titre\r\n" + three)
    add("decidim-cut.csv", "cut off in the last row", head + one + two + three[:60])
    add(
        "decidim-html.csv",
        "HTML in a body",
        head + line(proposal(1, **{"body/fr": "<p>Un <b>avis</b></p><script>alert(1)</script>"}), ";") + two,
    )
    add(
        "decidim-states.csv",
        "states that are none, and dates out of range",
        head
        + line(proposal(1, state="withdrawn", published_at="9999-99-99"), ";")
        + line(proposal(2, state=CONTROLS, votes="beaucoup"), ";"),
    )


# -- archives ------------------------------------------------------------------------------------------------------


def zipped() -> None:
    good, other = (HEAD + R1 + R2).encode(), (HEAD + R3).encode()
    link = ZipInfo("lien.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    add(
        "zip-traversal.zip",
        "a member whose name leads out of the archive",
        packed([("../../evil.csv", good), ("a.csv", other)]),
    )
    add(
        "zip-traversal-only.zip",
        "nothing but a member whose name leads out of the archive",
        packed([("../../evil.csv", good)]),
    )
    add("zip-absolute.zip", "a member with an absolute path", packed([("/tmp/evil.csv", good), ("a.csv", other)]))
    add(
        "zip-backslash.zip",
        "members with backslashes in their names",
        packed([("dossier\\a.csv", other), ("..\\..\\evil.csv", good)]),
    )
    add("zip-drive.zip", "a member on a drive", packed([("C:\\evil.csv", good), ("a.csv", other)]))
    add("zip-symlink.zip", "a symbolic link", packed([(link, b"/etc/passwd"), ("a.csv", other)]))
    locked = bytearray(packed([("secret.csv", good), ("a.csv", other)]))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    add("zip-encrypted.zip", "a member with a password", bytes(locked))
    add(
        "zip-nested.zip",
        "an archive in an archive",
        packed([("inner.zip", packed([("b.csv", good)])), ("a.csv", other)]),
    )
    deep = packed([("b.csv", good)])
    for depth in range(12):
        deep = packed([(f"{depth}.zip", deep)])
    add("zip-nested-12.zip", "archives nested twelve levels deep", deep)
    add(
        "zip-sum-wrong.zip",
        "a member with a wrong sum",
        packed([("b.csv", good), ("a.csv", other)]).replace("Réponse 1".encode(), "Réponse 9".encode(), 1),
    )
    whole = packed([("b.csv", good), ("a.csv", other)])
    add("zip-cut.zip", "cut off", whole[: len(whole) // 2])
    add("zip-cut-at-end.zip", "without its last bytes", whole[:-10])
    add("zip-garbage-before.zip", "other bytes before it", b"#!/bin/sh\n" + whole)
    add("zip-empty.zip", "no member", packed([]))
    add("zip-zero-bytes.zip", "an empty file", b"")
    add("zip-member-empty.zip", "a member of no bytes", packed([("vide.csv", b""), ("a.csv", other)]))
    add("zip-only-folders.zip", "folders and nothing in them", packed([("dossier/", b""), ("dossier/autre/", b"")]))
    add(
        "zip-names-cp437.zip",
        "a member's name in the code page of DOS",
        packed([("XtX.csv", good)]).replace(b"XtX", b"\x82t\x82"),
    )
    add("zip-names-twice.zip", "two members of one name", packed([("a.csv", good), ("a.csv", other)]))
    add(
        "zip-names-hostile.zip",
        "commands for a terminal in names of members",
        packed([("a\x1b[31m\n\u202e.csv", other), ("b\x07.pdf", b"%PDF-1.4\n")]),
    )
    add("zip-names-long.zip", "a member with a very long name", packed([("x" * 5000 + ".csv", other)]))
    add(
        "zip-method-unknown.zip",
        "a member that is packed in a way nobody knows",
        packed([("b.csv", good)])
        .replace(b"PK\x03\x04\x14\0\0\0\0\0", b"PK\x03\x04\x14\0\0\0\x63\0")
        .replace(b"PK\x01\x02\x14\x03\x14\0\0\0\0\0", b"PK\x01\x02\x14\x03\x14\0\0\0\x63\0"),
    )
    add("zip-size-false.zip", "a member that claims to be of four gigabytes", sized(packed([("b.csv", good)])))
    add(
        "zip-others-inside.zip",
        "files that are no contributions beside some",
        packed(
            [
                ("__MACOSX/._a.csv", b"\0\x05\x16\x07"),
                (".DS_Store", b"\0\0\0\1Bud1"),
                ("lisez-moi.pdf", b"%PDF-1.4\n"),
                ("a.csv", other),
            ]
        ),
    )
    add("zip-called-csv.csv", "an archive that is called CSV", whole)
    gz = gzipped(good)
    add("gz-cut.csv.gz", "cut off", gz[: len(gz) // 2])
    add("gz-cut-at-end.csv.gz", "without its last bytes", gz[:-4])
    add("gz-sum-wrong.csv.gz", "a wrong sum", gz[:-8] + b"\0\0\0\0" + gz[-4:])
    add("gz-twice.csv.gz.gz", "packed twice", gzipped(gz))
    add("gz-garbage-after.csv.gz", "other bytes after it", gz + b"ajoutes apres coup")
    add("gz-nul-after.csv.gz", "NUL bytes after it", gz + b"\0" * 100)
    add(
        "gz-two-members.csv.gz", "two parts put end to end", gzipped(HEAD.encode() + R1.encode()) + gzipped(R2.encode())
    )
    add("gz-empty.csv.gz", "nothing in it", gzipped(b""))
    add("gz-mark-only.csv.gz", "its mark and nothing else", b"\x1f\x8b\x08")
    add("gz-name-hostile.gz", "a name within that leads out", gzipped(good, b"../../evil.csv\0"))


def gzipped(content: bytes, name: bytes = b"") -> bytes:
    """Return `content` as gzip, stored as it is."""
    out = b"\x1f\x8b\x08" + (b"\x08" if name else b"\0") + b"\0\0\0\0\0\xff" + name
    out += b"\x01" + struct.pack("<HH", len(content), len(content) ^ 0xFFFF) + content
    return out + struct.pack("<II", zlib.crc32(content), len(content))


def sized(archive: bytes) -> bytes:
    """Return an archive whose first member claims to be larger than it is."""
    spoilt = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = spoilt.index(mark) + offset
        spoilt[place : place + 4] = struct.pack("<I", 0xFFFFFFF0)
    return bytes(spoilt)


def everything() -> dict[str, tuple[str, bytes]]:
    """Return what is wrong with each file, and its content, by its name."""
    if not MADE:
        for make in (
            official_csv,
            official_json,
            text_form,
            plain_csv,
            jsonl,
            xlsx,
            parquet,
            iramuteq,
            decidim,
            zipped,
        ):
            make()
    return MADE


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for name, (_, content) in everything().items():
        (FILES / name).write_bytes(content)
