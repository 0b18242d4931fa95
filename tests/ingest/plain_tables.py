"""What the tests of plain tables share: reading one file with one layout, without the rest of ingest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.config import ColumnsConfig
from pipeline.ingest import questionnaires
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.layouts import recognise
from pipeline.ingest.matching import QuestionIndex
from pipeline.ingest.reading import Context
from pipeline.ingest.records import Batch, Message, Record

INDEX = QuestionIndex(questionnaires.shipped())


@dataclass
class Got:
    """What was read of a file: forms as dicts, with their answers by wording; messages by code."""

    layout: str | None
    forms: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    kinds: dict[str, str | None] = field(default_factory=dict)

    def said(self, code: str) -> list[Message]:
        return [message for message in self.messages if message.code == code]

    def lines(self) -> list[str]:
        return [message.about("file") for message in self.messages]

    def answers(self) -> list[dict[str, str | None]]:
        return [form["answers"] for form in self.forms]

    def column(self, name: str) -> list[Any]:
        return [form.get(name) for form in self.forms]


def read(path: Path, content: str | bytes | None = None, **columns: Any) -> Got:
    """Read a file, written first when `content` is given; `columns` are settings of [ingest]."""
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    context = Context(INDEX, ColumnsConfig(**columns), path.parent / "scratch")
    source = recognise(InputFile(path, path.name, str(path)), context)
    if isinstance(source, Message):
        return Got(None, messages=[source])
    got = Got(source.layout.name)
    for found in source.read(context):
        if isinstance(found, Message):
            got.messages.append(found)
        elif isinstance(found, Record):
            _add(got, found)
        else:
            for record in _records(found):
                _add(got, record)
    for message in got.messages:
        assert message.about("file")  # every field of its message is there
    return got


def _records(batch: Batch) -> list[Record]:
    texts = [column.to_pylist() for column in batch.texts]
    fields = {name: column.to_pylist() for name, column in batch.fields.items()}
    return [
        Record(
            row=row,
            headings=batch.headings,
            texts=[text[at] for text in texts],
            unread=frozenset() if batch.certain else frozenset(range(len(texts))),
            **{name: values[at] for name, values in fields.items()},
        )
        for at, row in enumerate(batch.rows)
    ]


def _add(got: Got, record: Record) -> None:
    answers: dict[str, str | None] = {}
    for heading, text in zip(record.headings, record.texts, strict=True):
        assert heading.wording not in answers or text is not None
        answers[heading.wording if heading.wording not in answers else f"{heading.wording} (2)"] = text
        got.kinds[heading.wording] = heading.kind
    about = {name: getattr(record, name) for name in ("row", "reference", "author", "author_type", "postcode")}
    about |= {name: getattr(record, name) for name in ("published_at", "weight", "trashed", "unread")}
    got.forms.append(about | {"answers": answers})
