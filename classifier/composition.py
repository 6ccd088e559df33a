"""What the written part of the labelled set is made of, and which of its sentences are too alike. Knows counting, judges nothing.

Two sentences are near-duplicates if the sets of their character 5-grams, in lower case, have a Jaccard similarity of 0.55 or more
and they do not stand in one family. The search is exact; it compares only pairs that share rare grams (prefix filtering:
Bayardo, Ma and Srikant 2007).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classifier.codebook import Codebook, Framing
from classifier.labelled_set import LabelledSentence

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

GRAM = 5
TOO_ALIKE = 0.55
_AT_ONCE = 500


class NearDuplicate(NamedTuple):
    """Two sentences outside one family that are too alike."""

    first: LabelledSentence
    second: LabelledSentence
    similarity: float


@dataclass(frozen=True, slots=True)
class FramingCounts:
    """What the set holds for one framing. `minimal_pairs`: families with both a positive and a hard negative near it."""

    positives: int
    without_keywords: int
    hard_negatives: int
    minimal_pairs: int


@dataclass(frozen=True)
class Composition:
    """What the written sentences are made of; `several_framings` is the share of sentences with two framings or more."""

    sentences: int
    framings: dict[str, FramingCounts]
    kinds: dict[str, int]
    genres: dict[str, int]
    decades: dict[str, int]
    nations: dict[str, int]
    several_framings: float
    words: dict[str, int]


def composition(rows: Sequence[LabelledSentence], codebook: Codebook) -> Composition:
    """Count what `rows` hold."""
    return Composition(
        sentences=len(rows),
        framings={framing.id: _framing_counts(rows, framing) for framing in codebook.framings},
        kinds=_counted(row.kind for row in rows),
        genres=_counted(row.genre for row in rows),
        decades=dict(sorted(_counted(f"{row.year // 10 * 10}s" for row in rows if row.year).items())),
        nations=_counted(row.nation for row in rows),
        several_framings=sum(len(row.labels) > 1 for row in rows) / max(len(rows), 1),
        words=_quantiles([len(row.text.split()) for row in rows]),
    )


def _counted(names: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _quantiles(lengths: Sequence[int]) -> dict[str, int]:
    shares = {"shortest": 0.0, "10 %": 0.1, "25 %": 0.25, "median": 0.5, "75 %": 0.75, "90 %": 0.9, "longest": 1.0}
    return {name: round(float(np.quantile(lengths, share))) for name, share in shares.items()} if lengths else {}


def _framing_counts(rows: Sequence[LabelledSentence], framing: Framing) -> FramingCounts:
    positives = [row for row in rows if framing.id in row.labels]
    near = [row for row in rows if row.kind == "hard_negative" and framing.id in row.near]
    families = {row.family for row in positives} & {row.family for row in near} - {""}
    without = sum(not has_keyword(row.text, framing) for row in positives)
    return FramingCounts(len(positives), without, len(near), len(families))


def has_keyword(text: str, framing: Framing) -> bool:
    """Return whether `text` holds one of the framing's obvious words, even inside a longer word ("disincentive")."""
    plain = text.lower().replace("\u2019", "'").replace("\u2011", "-")
    return any(keyword.lower() in plain for keyword in framing.keywords)


def near_duplicates(rows: Sequence[LabelledSentence], threshold: float = TOO_ALIKE) -> list[NearDuplicate]:
    """Return every pair of `rows` outside one family that is too alike, the most alike first."""
    found = [
        NearDuplicate(rows[i], rows[j], similarity)
        for i, j, similarity in similar_pairs([row.text for row in rows], threshold)
        if not rows[i].family or rows[i].family != rows[j].family
    ]
    return sorted(found, key=lambda pair: (-pair.similarity, pair.first.id, pair.second.id))


def similar_pairs(texts: Sequence[str], threshold: float) -> Iterator[tuple[int, int, float]]:
    """Yield (i, j, similarity), i < j, for every pair of `texts` whose Jaccard similarity reaches `threshold` (above 0)."""
    from scipy import sparse

    grams = _gram_matrix(texts)
    sizes = np.diff(grams.indptr)
    rest = np.ceil(threshold * sizes - 1e-9).astype(np.int64) - 1  # what the grams after the prefix can still share
    prefixes = _prefixes(grams, sizes - rest)
    last = prefixes.indices[prefixes.indptr[1:] - 1] if len(texts) else sizes
    for first in range(0, len(texts), _AT_ONCE):
        shared = sparse.triu(prefixes[first : first + _AT_ONCE] @ prefixes.T, k=first + 1).tocoo()
        i, j = shared.row.astype(np.int64) + first, shared.col.astype(np.int64)
        most = shared.data + np.where(last[i] <= last[j], rest[i], rest[j])
        kept = most >= threshold / (1 + threshold) * (sizes[i] + sizes[j]) - 1e-9
        yield from _reaching(grams, i[kept], j[kept], threshold)


def _reaching(
    grams: "sparse.csr_matrix", i: "NDArray[np.int64]", j: "NDArray[np.int64]", threshold: float
) -> Iterator[tuple[int, int, float]]:
    both = np.asarray(grams[i].multiply(grams[j]).sum(axis=1)).ravel() if len(i) else np.zeros(0)
    sizes = np.diff(grams.indptr)
    similarity = both / (sizes[i] + sizes[j] - both)
    for at in np.flatnonzero(similarity >= threshold - 1e-12):
        yield int(i[at]), int(j[at]), float(similarity[at])


def _gram_matrix(texts: Sequence[str]) -> "sparse.csr_matrix":
    """Return which text holds which gram, 0 or 1, the columns from the rarest gram to the commonest."""
    from scipy import sparse

    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    rows = [[numbers[gram] for gram in grams_of(text)] for text in texts]
    columns = np.array([number for row in rows for number in row], dtype=np.int64)
    rank = np.empty(len(numbers), dtype=np.int64)
    rank[np.argsort(np.bincount(columns, minlength=len(numbers)), kind="stable")] = np.arange(len(numbers))
    starts = np.cumsum([0, *map(len, rows)])
    matrix = sparse.csr_matrix((np.ones(len(columns), np.int32), rank[columns], starts), (len(texts), len(numbers)))
    matrix.sort_indices()
    return matrix


def grams_of(text: str) -> set[str]:
    """Return the character 5-grams of a text in lower case with single spaces; of a shorter text, the text itself.

    >>> sorted(grams_of("Fit  notes"))
    [' note', 'fit n', 'it no', 'notes', 't not']
    """
    plain = " ".join(text.lower().split())
    return {plain[at : at + GRAM] for at in range(max(1, len(plain) - GRAM + 1))}


def _prefixes(grams: "sparse.csr_matrix", lengths: "NDArray[np.int64]") -> "sparse.csr_matrix":
    """Return the first `lengths[i]` grams of each row, the rarest ones."""
    from scipy import sparse

    place = np.arange(grams.nnz) - np.repeat(grams.indptr[:-1], np.diff(grams.indptr))
    kept = place < np.repeat(lengths, np.diff(grams.indptr))
    return sparse.csr_matrix((grams.data[kept], grams.indices[kept], np.cumsum([0, *lengths])), grams.shape)


def composition_table(found: Composition) -> str:
    """Return the composition as Markdown tables."""
    lines = [
        f"{found.sentences:,} sentences, {found.several_framings:.1%} with two framings or more.",
        "",
        "| framing | positives | without key words | hard negatives | minimal pairs |",
        "|---|---|---|---|---|",
    ]
    for name, row in found.framings.items():
        lines.append(
            f"| {name} | {row.positives} | {row.without_keywords} | {row.hard_negatives} | {row.minimal_pairs} |"
        )
    for title in ("kinds", "genres", "decades", "nations", "words"):
        counts: dict[str, Any] = getattr(found, title)
        lines += ["", f"{title}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items())]
    return "\n".join(lines) + "\n"
