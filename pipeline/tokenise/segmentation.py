"""Cut a text into segments (unités de sens): sentences, items of lists, and clauses of long sentences.

Rules over characters find sentences and items (`sentences`); a sentence of LONG words or more is cut again where its
parts of speech show a proposal of its own (clauses.py). tests/data/GOLD_SEGMENTS.md says what a segment is, and
tests/benchmarks/bench_language.py how often these rules agree with a reader.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from typing import Final

from pipeline.resources import words

SHORT: Final = 6
"""Words up to which an answer on one line stays whole."""

_WORD: Final = re.compile(r"\S*[^\W_]\S*")
_LETTER: Final = re.compile(r"[^\W\d_]")
_LINES: Final = re.compile(r"[^\S\n\r]*[\n\r\u2028\u2029]\s*")
_MARK: Final = (
    r"(?:[-–—−•·●▪◦■*➢►→‣✓✔>o]+(?=\s)|[-–—•·●▪◦■*➢►→‣✓✔]+(?=[^\W_])"
    r"|\(?\d{1,2}(?:[).°/]|\s?[-–:])\)?(?!\d)|\(?[a-hA-H]\))"
)
_ITEM: Final = re.compile(_MARK)
# Inside a line: « 1) … 2) … », « - … - … », « • … ».
_INLINE_NUMBER: Final = re.compile(
    r"(?<=\s)(?:\(?(\d{1,2})(?:\)|°|\.(?!\d)|\s?-(?=\s)|/(?=\s))|\(?([a-h])\))(?=\s*[^\W\d_])"
)
_INLINE_DASH: Final = re.compile(r"(?<=\s)(?:[-–—−*+](?=\s+[^\W_])|[•●▪◦■➢►→‣✓✔]|-(?=[A-ZÀ-Ý]))")
_END: Final = re.compile(
    r"(?P<stop>[.!?…]+)(?P<close>(?:\s?[»”)\]]|[\"'])*)(?P<smile>\s?(?:[:;]-?[()DPp/]|[\U0001F300-\U0001FAFF\u2600-\u27BF]+))*"
    r"(?P<gap>\s*)"
)
_LOST_LINE: Final = re.compile(r"(?<=[a-zà-ÿ0-9)])[ \u00a0]{2,}(?=[A-ZÀ-Ý][a-zà-ÿ])")
_BRACKETS: Final = re.compile(r"\([^()\n]{0,300}\)")
_SEMICOLON: Final = re.compile(r"\s*;\s*")
_ABBREVIATIONS: Final = words(
    "m mr mm mme mmes mlle dr pr me mgr st ste ex cf art al p pp n env min max dept dpt dép av bd tel tél",
    "vs approx hab nb réf ref chap fig vol éd ed p.ex c.-à-d c.à.d i.e e.g s.v.p svp j.-c resp mds mrd",
    "mio",
)
_BEFORE_STOP: Final = re.compile(r"[^\s(«\"'’,;:!?/]*$")


def segments_of(text: str) -> list[tuple[int, int]]:
    """Return the segments of `text` that its punctuation, lines and lists show.

    Parameters
    ----------
    text : str
        As received.

    Returns
    -------
    list of (int, int)
        Start and end of each, end exclusive, in order; together they hold all that is not white space. Empty for a
        text of white space.
    """
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        return []
    one_line = "\n" not in text and "\r" not in text
    if one_line and len(text) < 200 and len(_WORD.findall(text)) <= SHORT:
        return [(start, end)]
    starts = sorted(
        {
            start,
            *_line_starts(text),
            *_lost_lines(text),
            *_sentence_starts(text),
            *_item_starts(text),
            *_semicolons(text),
        }
    )
    starts = outside_brackets(text, [place for place in starts if start <= place < end])
    bounds = [*starts, end]
    return _join_letterless(text, [_stripped(text, a, b) for a, b in pairwise(bounds)])


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _line_starts(text: str) -> list[int]:
    starts = []
    line_start = 0
    for gap in _LINES.finditer(text):
        line = text[line_start : gap.start()].strip()
        if gap.end() < len(text) and not _wraps(line, text, gap):
            starts.append(gap.end())
        line_start = gap.end()
    return starts


def _lost_lines(text: str) -> list[int]:
    """Return where a line may have started: a capital after two spaces, with some words on either side."""
    return [
        match.end()
        for match in _LOST_LINE.finditer(text)
        if len(_WORD.findall(text, max(0, match.start() - 60), match.start())) >= 3
        and len(_WORD.findall(text, match.end(), match.end() + 60)) >= 3
    ]


def _wraps(line: str, text: str, gap: re.Match[str]) -> bool:
    """Say whether a line break only wraps a sentence: its line is long and open, and the next goes on in mid-phrase."""
    following = text[gap.end()]
    if gap.group().count("\n") > 1 or not following.islower() or _ITEM.match(text, gap.end()):
        return False
    return len(line) >= 50 and line[-1] not in ".!?…;:"


def _sentence_starts(text: str) -> list[int]:
    starts = []
    for match in _END.finditer(text):
        place = match.end()
        if place >= len(text) or _goes_on(text, match):
            continue
        starts.append(place)
    return starts


def _goes_on(text: str, match: re.Match[str]) -> bool:
    """Say whether a full stop does not end its sentence."""
    stop, gap, following = match["stop"], match["gap"], text[match.end()]
    before_match = _BEFORE_STOP.search(text, max(0, match.start() - 30), match.start())
    before = before_match.group() if before_match else ""
    if not following.isalnum() and following not in "«\"“'(-–—•*[¿¡’":
        return True
    if not gap:
        if not following.isalpha() or not before[-2:].isalpha() or len(before) < 2:
            return True
        return (stop == "." and bool(_DOMAIN.match(text, match.end()))) or _inside_address(text, match)
    if stop == ".":
        lower = before.lower()
        if lower in _ABBREVIATIONS or (len(before) == 1 and before.isalpha() and before.isupper()):
            return True
        if before.isdigit() and (not text[: match.start() - len(before)].strip() or _ITEM.fullmatch(before + ".")):
            return _opens_item(text, match.start() - len(before))
        if lower == "etc" and following.islower():
            return True
    if set(stop) <= {".", "…"} and (len(stop) > 1 or stop == "…") and following.islower():
        return True
    return bool(match["close"]) and following.islower() and ")" in match["close"]


_DOMAIN: Final = re.compile(r"(?:fr|com|org|net|eu|gouv|info|be|ch|re|pdf|html?|php)(?![^\W_])", re.IGNORECASE)


def _inside_address(text: str, match: re.Match[str]) -> bool:
    start = max(text.rfind(blank, 0, match.start()) for blank in (" ", "\n", "\t")) + 1
    word = text[start : match.end()]
    return "@" in word or "//" in word or word.startswith("www.")


def _opens_item(text: str, start: int) -> bool:
    return (
        start == 0
        or text[:start].rstrip(" ").endswith(("\n", ":", ".", ";", ","))
        or start == len(text) - len(text.lstrip())
    )


def _item_starts(text: str) -> list[int]:
    """Return where the items of a list inside a line start; one mark alone is no list."""
    marks = list(_INLINE_NUMBER.finditer(text))
    # « 18° » opens no item: the numbers of a list go up from one.
    first = min((int(match[1]) for match in marks if match[1]), default=1)
    numbers = [match.start() for match in marks] if first <= 2 else []
    dashes = [match for match in _INLINE_DASH.finditer(text) if _separates(text, match)]
    found = numbers if len(numbers) > 1 or (numbers and _ITEM.match(text.lstrip())) else []
    opens = bool(_ITEM.match(text.lstrip())) or any(_between_proposals(text, match) for match in dashes)
    if len(dashes) > 1 or opens or any(text[match.start()] not in "-–—−" for match in dashes):
        found = found + [match.start() for match in dashes]
    return found


def _separates(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()].rstrip()
    return bool(before) and not before[-1].isdigit()


def _between_proposals(text: str, match: re.Match[str]) -> bool:
    """Say whether a dash stands between two proposals: a capital after it, some words on either side."""
    after = text[match.end() :].lstrip()
    before = text[: match.start()]
    return after[:1].isupper() and len(_WORD.findall(before[-80:])) >= 3 and len(_WORD.findall(after[:80])) >= 3


def outside_brackets(text: str, places: list[int]) -> list[int]:
    """Return the places, in order, that are not inside brackets that are closed soon: nothing is cut there."""
    if "(" not in text:
        return places
    spans = [match.span() for match in _BRACKETS.finditer(text)]
    opening = [start for start, _ in spans]
    kept = []
    for place in places:
        before = bisect_left(opening, place)
        if not before or place >= spans[before - 1][1]:
            kept.append(place)
    return kept


def _semicolons(text: str) -> list[int]:
    starts = []
    for match in _SEMICOLON.finditer(text):
        before = re.split(r"[.!?…;\n]", text[: match.start()])[-1]
        after = re.split(r"[.!?…;\n]", text[match.end() :], maxsplit=1)[0]
        if len(_WORD.findall(before)) >= 3 and len(_WORD.findall(after)) >= 3:
            starts.append(match.end())
    return starts


def _join_letterless(text: str, segments: list[tuple[int, int]]) -> list[tuple[int, int]]:
    # "1." or "-" opens what follows; "!!!" or ")" closes what comes before.
    joined: list[tuple[int, int]] = []
    opening: int | None = None
    for start, end in segments:
        if opening is not None:
            start, opening = opening, None
        if _LETTER.search(text, start, end):
            joined.append((start, end))
        elif joined and not (_ITEM.match(text, start, end) or text[start].isdigit()):
            joined[-1] = (joined[-1][0], end)
        else:
            opening = start
    if opening is not None:
        if joined:
            joined[-1] = (joined[-1][0], segments[-1][1])
        else:
            joined.append((opening, segments[-1][1]))
    return joined
