"""The official export as JSON: an array of forms, each with ``responses``: [{questionId, questionTitle, value, …}].

The file is streamed: one form at a time is in memory. A form that is broken is left out with a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection
from pipeline.ingest.json_items import items
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Heading, Message, Record, given, is_true, official_id, storable, timestamp

_FIRST_FORM: Final = re.compile(r"\s*\[\s*\{")
_EMPTY: Final = re.compile(r"\s*\[\s*\]\s*")
_KEY: Final = re.compile(r'"(responses|reference|authorId|authorZipCode|trashedStatus|questionTitle)"\s*:')


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether a file begins with an array of forms."""
    return bool(_EMPTY.fullmatch(sample.head) or (_FIRST_FORM.match(sample.head) and _KEY.search(sample.head)))


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Record | Message]:
    """Yield the forms of an export in order; what is broken in it is a message."""
    headings: dict[tuple[tuple[str, str], ...], tuple[Heading, ...]] = {}
    number = 0
    for line, item in items(file, inspection):
        if isinstance(item, Message):
            yield item
            continue
        number += 1
        responses = item.get("responses") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(responses, (list, type(None))):
            yield Message("E110", line, {"detail": f"record {number} is not a form with responses"})
            continue
        sound = [response for response in responses or [] if isinstance(response, dict)]
        if len(sound) != len(responses or []):
            yield Message("E110", line, {"detail": f"a response of record {number} is not an object"})
        key = tuple((str(found.get("questionId") or ""), str(found.get("questionTitle") or "")) for found in sound)
        if key not in headings:
            headings[key] = tuple(
                Heading(storable(title.strip()), official_id(identifier)) for identifier, title in key
            )
        try:
            texts = [_text(found) for found in sound]
        except RecursionError:
            yield Message("E110", line, {"detail": f"record {number} is nested too deeply"})
            continue
        yield Record(
            row=number,
            headings=headings[key],
            texts=texts,
            reference=given(item.get("reference")) or given(item.get("id")),
            title=given(item.get("title")),
            published_at=timestamp(given(item.get("publishedAt"))),
            author=given(item.get("authorId")),
            author_type=given(item.get("authorType")),
            postcode=given(item.get("authorZipCode")),
            trashed=is_true(item.get("trashed")),
        )


def _text(response: dict[str, Any]) -> str | None:
    found = response.get("formattedValue")
    if found is None:
        found = response.get("value")
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, (int, Decimal)) and not isinstance(found, bool):
        return str(found)  # as it is written: 12.50, not 12.5
    return json.dumps(found, ensure_ascii=False, default=float)
