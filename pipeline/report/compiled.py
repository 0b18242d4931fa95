"""The code of the templates, kept for the next report of the same process: to compile them is half of a small one."""

from __future__ import annotations

from functools import cache
from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache

from pipeline.report.languages import Code


class _Compiled(BytecodeCache):
    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        source, code = self._kept.get(bucket.key, ("", None))
        bucket.code = code if source == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.checksum, bucket.code


@cache
def compiled(language: Code) -> BytecodeCache:
    """Return what was compiled for reports in a language; texts that are the same on every page are part of it."""
    return _Compiled()
