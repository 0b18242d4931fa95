from __future__ import annotations

from typing import Any

import pytest

from pipeline import language


@pytest.fixture(scope="session")
def unaccelerated() -> Any:
    """The installed model as spaCy runs it, with its own tokenizer, tagger, sentence starts and recogniser."""
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    set_current_ops(NumpyOps())
    nlp = spacy.load(language.MODEL, exclude=["parser"])
    nlp.enable_pipe("senter")
    return nlp
