"""The model's convolutions over words, computed with NumPy: the numbers of spaCy's own, at a third of the cost.

spaCy embeds every token and copies every window; here each distinct form is embedded once, in double precision (so
that what else was embedded beside it never shows in the result), and windows are products of matrices over blocks of
one size. tests/language/test_encoder.py compares the result with thinc's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_BLOCK: Final = 1024  # rows of one product: its window fits the cache of one core
_EPSILON: Final = 1e-08  # thinc's


class Embedding:
    """One row a form: features of the form → hashed rows, beside its static vector → maxout → layer norm.

    Parameters
    ----------
    model : thinc.api.Model
        The reference "embed" of a spaCy tok2vec model (`spacy.MultiHashEmbed.v2` with static vectors).
    vocab : spacy.vocab.Vocab
        What gives a form its features and its vector.
    """

    def __init__(self, model: Any, vocab: Any) -> None:
        features, mix, _ = model.layers
        extract, hashed = features.layers[0].layers[0], features.layers[0].layers[2].layers[0]
        self._columns: list[int | str] = list(extract.attrs["columns"])
        self._hashed = [layer.layers[1] for layer in hashed.layers]
        self._vocab = vocab
        self._projection = features.layers[1].get_param("W").astype(np.float64)
        maxout, norm = _maxout_and_norm(mix.layers[0])
        pieces = maxout.get_param("W")  # (width, pieces, inputs)
        self._weights = pieces.reshape(-1, pieces.shape[2]).astype(np.float64).T
        self._bias = maxout.get_param("b").astype(np.float64)
        self._scale, self._shift = norm.get_param("G").astype(np.float64), norm.get_param("b").astype(np.float64)

    def rows(self, forms: Sequence[str], followed_by_space: Sequence[bool]) -> Floats:
        """Return the embedding of each form, n_forms × width."""
        found = np.zeros((len(forms), len(self._scale)), dtype=np.float32)
        for start in range(0, len(forms), _BLOCK):
            block = slice(start, start + _BLOCK)
            found[block] = self._rows(list(forms[block]), list(followed_by_space[block]))
        return found

    def _rows(self, forms: list[str], followed_by_space: list[bool]) -> npt.NDArray[np.float64]:
        from spacy.tokens import Doc

        doc = Doc(self._vocab, words=forms, spaces=followed_by_space)
        features = doc.to_array(self._columns)
        parts = [layer.predict(np.ascontiguousarray(features[:, i])) for i, layer in enumerate(self._hashed)]
        places = self._vocab.vectors.find(keys=doc.to_array("ORTH"))
        vectors = self._vocab.vectors.data[places].astype(np.float64) @ self._projection.T
        vectors[places < 0] = 0
        mixed = np.hstack([*(part.astype(np.float64) for part in parts), vectors]) @ self._weights
        best = (mixed.reshape(len(forms), *self._bias.shape) + self._bias).max(axis=2)
        best -= best.mean(axis=1, keepdims=True)
        best /= np.sqrt((best**2).mean(axis=1, keepdims=True) + _EPSILON)
        mixed_rows: npt.NDArray[np.float64] = best * self._scale + self._shift
        return mixed_rows


class Encoder:
    """Rows in, rows out, each seeing four neighbours on either side (`spacy.MaxoutWindowEncoder.v2`).

    Parameters
    ----------
    model : thinc.api.Model
        The reference "encode" of a spaCy tok2vec model, with a window of one.
    """

    def __init__(self, model: Any) -> None:
        self._layers = []
        for residual in model.layers[0].layers:
            maxout, norm = _maxout_and_norm(residual.layers[0].layers[1])
            weights = maxout.get_param("W")  # (width, pieces, window)
            self.width, self._pieces, window = weights.shape
            # Piece by piece, so that the maximum is over whole blocks of columns.
            by_piece = np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(-1, window).T)
            bias = np.ascontiguousarray(maxout.get_param("b").T.reshape(-1))
            self._layers.append((by_piece, bias, norm.get_param("G"), norm.get_param("b")))
        self.reach = len(self._layers)  # rows on either side that a row depends on, and what parts two texts

    def blocks(self, embedded: Floats, rows: Ints, places: Ints) -> Iterator[tuple[slice, Floats]]:
        """Encode a stream of tokens.

        Parameters
        ----------
        embedded : array, n_forms × width
            Row 0 must be zero: it stands between texts.
        rows : array of int
            Row of each token; `reach` zeros before, between and after the texts keep them apart.
        places : array of int
            Where the tokens stand among the rows.

        Yields
        ------
        (slice, array)
            Which tokens, and the encoded row of each, block by block.
        """
        reach, done = self.reach, 0
        for start in range(0, len(rows), _BLOCK):
            after = int(np.searchsorted(places, start + _BLOCK))
            if after > done:
                first, last = max(0, start - reach), min(len(rows), start + _BLOCK + reach)
                yield slice(done, after), self._encode(embedded[rows[first:last]], places[done:after] - first)
            done = after

    def _encode(self, block: Floats, wanted: Ints) -> Floats:
        width, count = self.width, len(block)
        window = np.zeros((count, 3 * width), dtype=np.float32)
        mixed = np.empty((count, self._pieces * width), dtype=np.float32)
        mean = np.full(width, 1 / width, dtype=np.float32)
        for number, (weights, bias, scale, shift) in enumerate(self._layers, 1):
            window[1:, :width] = block[:-1]
            window[:, width : 2 * width] = block
            window[:-1, 2 * width :] = block[1:]
            if number == len(self._layers):  # what stands between texts was needed by their tokens alone
                window, mixed, block = window[wanted], mixed[: len(wanted)], block[wanted]
            np.dot(window, weights, out=mixed)
            mixed += bias
            best = np.maximum(mixed[:, :width], mixed[:, width : 2 * width])
            for piece in range(2, self._pieces):
                np.maximum(best, mixed[:, piece * width : (piece + 1) * width], out=best)
            best -= (best @ mean)[:, None]
            best *= (1 / np.sqrt((best * best) @ mean + np.float32(_EPSILON)))[:, None]
            best *= scale
            best += shift
            block = block + best
        return block


def _maxout_and_norm(model: Any) -> tuple[Any, Any]:
    # maxout>>layernorm>>dropout, nested as thinc nests chains
    by_name = {layer.name: layer for layer in model.walk()}
    return by_name["maxout"], by_name["layernorm"]
