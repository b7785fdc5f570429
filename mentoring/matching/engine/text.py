"""Free text compared without a language model: character n-grams, so that spelling and word forms matter little.

Only texts in the same writing are compared; a Persian and an English text say nothing for or against each other. A sentence
model (`use`) can take the place of the n-grams; it is asked about all languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

SIZES = (3, 4, 5)
BITS = 20
BUCKETS = 1 << BITS
WORK = 50_000_000
"""Products of two n-grams that one table may cost; the commonest n-grams, which tell least, are left out to keep to it."""
LONGEST = 1_500
"""Letters of one text that are read."""
UNIT = 1000
"""Weights are integers in thousandths of the unit vector, so that sums are exact on every platform."""
STRETCH = 4
"""Short texts about the same thing reach a cosine of about 1/4, which counts as full agreement."""
FULL = 10_000
AT_ONCE = 2_000
"""Texts cut into n-grams together."""
REMEMBERED = 20_000
"""Texts whose sentence vectors are kept, because settings are tried many times on the same people."""

_LETTERS = str.maketrans("يىكةە۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "ییکهه" + "0123456789" * 2)
_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u0640\u200c\u200d]")
_GAPS = re.compile(r"[\W_]+")
_WRITINGS = tuple(map(re.compile, ("[a-z]", "[\u0600-\u06ff]", "[^\\W\\d_a-z\u0600-\u06ff]")))

Model = Callable[[Sequence[str]], ArrayLike]
"""Texts -> one vector per text, as long as the model likes."""
_model: tuple[str, Model] | None = None
_known: dict[str, NDArray[np.float64]] = {}


def use(model: Model | None, name: str = "") -> None:
    """Compare texts by a sentence model from now on in this process, or again by n-grams (None).

    `name` goes into the hash of a run's input, so that runs with different models are told apart.
    """
    global _model
    _model = None if model is None else (name, model)
    _known.clear()


def model_name() -> str:
    """The name of the sentence model in use; empty for n-grams."""
    return _model[0] if _model else ""


@lru_cache(maxsize=4096)
def normalised(text: str) -> str:
    """Lower case, one form of every letter and digit, no half-spaces or marks, single spaces."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _GAPS.sub(" ", plain.lower().translate(_LETTERS)).strip()


def writings(texts: Sequence[str]) -> NDArray[np.uint8]:
    """One bit per text: 1 Latin, 2 Arabic and Persian, 4 anything else, by most of its letters; 0 for a text without any.

    Two texts can be compared when they share a bit. With a sentence model all can.
    """
    counted = np.array([[len(one.findall(normalised(text))) for one in _WRITINGS] for text in texts]).reshape(-1, 3)
    said = counted.any(axis=1)
    bits = 1 if _model else 1 << counted.argmax(axis=1)
    return np.where(said, bits, 0).astype(np.uint8)


def likeness(product: Any) -> Any:
    """0..10,000 from products of two rows of `vectors`."""
    return np.clip(product * STRETCH // (UNIT**2 // FULL), 0, FULL)


def vectors(mentees: Sequence[str], mentors: Sequence[str]) -> tuple[csr_array, csr_array]:
    """Both sides as sparse rows of integers, to be multiplied: TF-IDF over one vocabulary with a norm of about UNIT, without
    the n-grams that only one side has. Rows in different writings share nothing.
    """
    texts, n = [*mentees, *mentors], len(mentees)
    if _model:
        whole = _by_model(*_model, texts)
        return whole[:n], whole[n:]
    counted = list(_counted(texts))
    owner, gram, count = (np.concatenate([part[k] for part in counted] or [np.zeros(0, np.int64)]) for k in range(3))
    left, right = (np.bincount(gram[side], minlength=BUCKETS) for side in (owner < n, owner >= n))
    rarity = np.log((1 + len(texts)) / (1 + (left + right)[gram])) + 1
    weight = np.rint((1 + np.log(count)) * rarity * 1024) * _affordable(left * right)[gram]
    norm = np.sqrt(np.bincount(owner, weight**2, len(texts))).clip(min=1)
    value = np.rint(weight / norm[owner] * UNIT).astype(np.int32)
    kept = (left * right > 0)[gram] & (value > 0)
    whole = csr_array((value[kept], (owner[kept], gram[kept])), shape=(len(texts), BUCKETS), dtype=np.int32)
    return whole[:n], whole[n:]


def _affordable(work: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which n-grams may count: from the cheapest on, until together they cost WORK."""
    if work.sum() <= WORK:
        return np.ones(len(work), np.bool_)
    order = np.argsort(work, kind="stable")
    found = np.zeros(len(work), np.bool_)
    found[order] = np.cumsum(work[order]) <= WORK
    return found


def _counted(texts: Sequence[str]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """(text, n-gram, how often), some texts at a time."""
    writing = writings(texts)
    for start in range(0, len(texts), AT_ONCE):
        padded = [f" {normalised(text)[:LONGEST]} " if text else "" for text in texts[start : start + AT_ONCE]]
        letters = np.frombuffer("".join(padded).encode("utf-32-le"), np.uint32).astype(np.uint64)
        owner = np.repeat(np.arange(len(padded)), [len(text) for text in padded])
        seed = writing[start : start + AT_ONCE][owner].astype(np.uint64)
        found = []
        for size in SIZES:
            whole = max(len(letters) - size + 1, 0)
            code = seed[:whole] * np.uint64(8) + np.uint64(size)
            for offset in range(size):
                code = code * np.uint64(0x100000001B3) + letters[offset : offset + whole]
            code ^= code >> np.uint64(29)
            bucket = (code * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(64 - BITS)
            inside = owner[:whole] == owner[len(owner) - whole :]
            found.append((owner[:whole][inside] << BITS) + bucket[inside].astype(np.int64))
        keys, count = np.unique(np.concatenate(found), return_counts=True)
        yield start + (keys >> BITS), keys & (BUCKETS - 1), count


def _by_model(name: str, model: Model, texts: Sequence[str]) -> csr_array:
    """Unit vectors, shortened so that `likeness` gives their cosine as it is. Raises ValueError for a wrong number of rows."""
    told = [text.strip() for text in texts]
    if new := sorted({text for text in told if text} - _known.keys()):
        if len(_known) + len(new) > REMEMBERED:
            _known.clear()
            new = sorted({text for text in told if text})
        answer = np.asarray(model(new), np.float64)
        if answer.ndim != 2 or len(answer) != len(new) or not np.isfinite(answer).all():
            raise ValueError(f"The text model {name} must answer one vector of numbers per text.")
        length = np.linalg.norm(answer, axis=1, keepdims=True)
        _known.update(zip(new, answer / np.where(length, length, 1), strict=True))
    width = len(next(iter(_known.values()), ()))
    rows = np.array([_known.get(text, np.zeros(width)) for text in told]).reshape(len(texts), width)
    return csr_array(np.rint(rows * UNIT / np.sqrt(STRETCH)).astype(np.int32))
