"""A text as the French rules expect it, and of the same length: every offset stays true."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_ELISION: Final = re.compile(r"(?<=[a-zà-ÿ])[’ʼ`´](?=[a-zà-ÿœæ])", re.IGNORECASE)
_SPACES: Final = dict.fromkeys((160, 8239, 8199, 8201), " ")


def plain(text: str) -> str:
    """Return `text` as spaCy's French rules expect it, of the same length.

    « l’État » with a typographic apostrophe must give the same tokens as « l'État », and a no-break space is a space.
    """
    if text.isascii() and "`" not in text:
        return text
    return _ELISION.sub("'", text).translate(_SPACES)


def batches(texts: Iterable[str], size: int = 1_000_000) -> Iterator[list[str]]:
    """Yield the texts in lists of about `size` characters, so that what is computed at once stays small."""
    batch: list[str] = []
    total = 0
    for text in texts:
        batch.append(text)
        total += len(text) + 1
        if total >= size:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch
