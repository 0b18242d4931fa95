"""Text that was decoded with the wrong codec before it was written (« Ã© »): repaired, but only when certain."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from ftfy import TextFixerConfig, fix_encoding

from pipeline.ingest.records import Heading

_SUSPECT: Final = r"Ã|Â[^A-Za-z\s]|â€|â\x{0080}"
_FRENCH: Final = frozenset("àâäæçéèêëîïôöœùûüÿñÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸÑ«»“”„‘’‚–—…•€£°²³·№½¼×\u00a0\u202f\u2009\u2011")
_CONFIG: Final = TextFixerConfig(explain=False)


def repaired(text: str) -> str | None:
    """Return the text as it was meant, or None when nothing is wrong with it or it is not certain what was meant.

    It is certain when every sign that was wrong becomes one that French uses, and nothing wrong is left.

    >>> repaired("les impÃ´ts dâ€™ici"), repaired("SANTÂ"), repaired("Ãœber allem")
    ("les impôts d’ici", None, None)
    """
    found = fix_encoding(text, _CONFIG)
    if found == text or "\ufffd" in found or not _is_suspect(text):
        return None
    before = set(text)
    new = {char for char in found if char not in before and not char.isascii()}
    return found if new <= _FRENCH and not _is_suspect(found) else None


def _is_suspect(text: str) -> bool:
    return bool(pc.match_substring_regex(pa.scalar(text), _SUSPECT).as_py())


def repair(columns: tuple[pa.Array, ...]) -> tuple[tuple[pa.Array, ...], tuple[pa.Array, ...], int]:
    """Return columns of text repaired, the texts that were changed as they stood (else null), and their number."""
    fixed, originals, total = [], [], 0
    for column in columns:
        wrong = pc.fill_null(pc.match_substring_regex(column, _SUSPECT), False)
        if not pc.any(wrong).as_py():
            fixed.append(column)
            originals.append(pa.nulls(len(column), pa.string()))
            continue
        texts = column.to_pylist()
        kept: list[str | None] = [None] * len(texts)
        for place in pc.indices_nonzero(wrong).to_pylist():
            meant = repaired(texts[place])
            if meant is not None:
                kept[place], texts[place] = texts[place], meant
                total += 1
        fixed.append(pa.array(texts, pa.string()))
        originals.append(pa.array(kept, pa.string()))
    return tuple(fixed), tuple(originals), total


def repair_heading(headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
    """Return headings with their wordings repaired."""
    return tuple(replace(found, wording=repaired(found.wording) or found.wording) for found in headings)
