from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.learning.files import ARRAYS, WORDS, read_reviewed, write_reviewed
from tests.learning.campaign import CORPUS, VECTORS, answers, fit

ASSIGNER = fit(CORPUS[:30])
HELD = [one.document for one in answers(20, seed=4)]


def rewritten(folder, **arrays):
    with np.load(folder / ARRAYS) as old:
        content = {**{name: old[name] for name in old.files}, **arrays}
    np.savez(folder / ARRAYS, **content)


def test_what_is_read_gives_the_same_themes_and_the_same_bytes_again(tmp_path):
    write_reviewed(ASSIGNER, tmp_path)
    again = read_reviewed(tmp_path, VECTORS.n_dimensions)
    assert np.array_equal(again.probabilities(HELD, VECTORS), ASSIGNER.probabilities(HELD, VECTORS))
    assert again.predict(HELD, VECTORS) == ASSIGNER.predict(HELD, VECTORS)
    before = [(tmp_path / name).read_bytes() for name in (ARRAYS, WORDS)]
    write_reviewed(again, tmp_path)
    assert [(tmp_path / name).read_bytes() for name in (ARRAYS, WORDS)] == before


@pytest.mark.parametrize(
    "arrays",
    [
        {"coefficients": np.zeros((3, 2), np.float32)},
        {"coefficients": np.zeros(ASSIGNER.coefficients.shape)},
        {"intercepts": np.full(3, np.nan, np.float32)},
        {"columns": np.asarray([0, 1, 3])},
        {"columns": np.asarray([-2, 0, 1])},
        {"current_intercepts": np.zeros(2, np.float32)},
        {"names": np.asarray([object()] * 3)},
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, arrays):
    write_reviewed(ASSIGNER, tmp_path)
    rewritten(tmp_path, **arrays)
    with pytest.raises(ValueError):
        read_reviewed(tmp_path, VECTORS.n_dimensions)


@pytest.mark.parametrize(
    "changed",
    [
        {"rule": [1]},
        {"rule": [float("nan"), 0]},
        {"words": "train"},
        {"words": ["train", "train"]},
        {"theme_ids": []},
        {"allow_none": 1},
        {"n_reviewed": -1},
    ],
)
def test_words_that_do_not_fit_are_refused(tmp_path, changed):
    write_reviewed(ASSIGNER, tmp_path)
    content = json.loads((tmp_path / WORDS).read_text(encoding="utf-8"))
    (tmp_path / WORDS).write_text(json.dumps(content | changed), encoding="utf-8")
    with pytest.raises(ValueError):
        read_reviewed(tmp_path, VECTORS.n_dimensions)
