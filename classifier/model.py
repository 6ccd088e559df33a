"""The fitted model as immutable data, and what it says of one sentence: by the book, in plain Python, exactly.

Every term (`features`) has a row of numbers: what it adds to each output (every framing, and last the stance), its idf and
the calibration's slope already in it, and then idf², what it adds to the squared length of a sentence. So

    logit(output) = Σ rows[output] / sqrt(shortness + Σ rows[length]) + intercept[output]

where the sums run over the sentence's terms, each as often as it is counted there: those of one word, which are its distinct
stems with their pieces and themes, and those of two. A framing is then blended with what its loudest clause alone would get
(`clauses`), and the stance hears phrases in quotation marks (`quoted_phrases`).
`Model.account` is this formula word by word. It needs no numpy, so a single sentence is checked before numpy would be there;
for more than a few sentences `scorer` does the same sums over whole blocks of text, and tests hold the two together.
"""

import math
import operator
import struct
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, Any

from classifier.accounts import Account, Output, Span, sigmoid
from classifier.clauses import Blending, Part, SecondLook, blended, clause_edges, clauses_at, loudest_of
from classifier.features import FOLDED, FeatureSettings, Kind, kind_of, pieces, places_of_pairs, scale, stem, word_spans
from classifier.quoted_phrases import quoted_phrases
from classifier.themes import THEME_MARK, met, near

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from classifier.scorer import Scorer
    from classifier.stretches import Stretches

FEW_CHARACTERS = 40_000  # up to here plain Python is done before numpy is loaded
_MARGIN = 1e-4  # what the two ways to add up may differ by, and far more
_MAX_REMEMBERED = 20_000
_ACCOUNTS_AT_A_TIME = 2000  # an account is many times as large as its sentence

Row = tuple[float, ...]


class Model:
    """A fitted classifier, ready to score. Scoring changes nothing but what is remembered of the words met.

    terms: by `features.Kind`, each kind in alphabetical order. rows: a row of little-endian float32 for each.
    """

    def __init__(
        self,
        outputs: Sequence[Output],
        terms: Sequence[str],
        rows: bytes,
        settings: FeatureSettings,
        manifest: Mapping[str, Any],
    ) -> None:
        self.outputs = tuple(outputs)
        self._intercepts = [output.calibrated_intercept for output in self.outputs]
        slopes, offsets = zip(*((output.slope, output.offset) for output in self.outputs), strict=True)
        self.blending = Blending.of(settings.clause_share, settings.clause_gate, slopes, offsets)
        self.terms = terms
        self.rows = rows
        self.settings = settings
        self.manifest = manifest
        self._row = struct.Struct(f"<{len(self.outputs) + 1}f")
        self._stem_rows: dict[str, Row] = {}
        self._one_at_a_time = threading.RLock()  # the scorer learns words as it meets them
        if len(rows) != len(terms) * self._row.size:
            raise ValueError(f"{len(rows):,} bytes of weights are not {len(terms):,} rows of {self._row.size}")

    @cached_property
    def framings(self) -> tuple[str, ...]:
        """The framings' ids, in the order of the first columns of `probabilities`."""
        return tuple(output.name for output in self.outputs[:-1])

    @cached_property
    def contested_share(self) -> float:
        """The share of sentences with a framing that are contested, where the stance's probabilities are right; 0 if unknown."""
        share = self.manifest.get("contested_share")
        return float(share) if isinstance(share, float) and 0 < share < 1 else 0.0

    @cached_property
    def kinds(self) -> tuple[int, ...]:
        """Where each kind of term begins, and where the last one ends."""
        return tuple(bisect_left(self.terms, kind, key=kind_of) for kind in range(len(Kind) + 1))

    def row(self, term: str) -> Row | None:
        """Return the row of a term, or None for one that the model does not know."""
        low, high = self.kinds[kind_of(term) :][:2]
        at = bisect_left(self.terms, term, low, high)
        return self._row.unpack_from(self.rows, at * self._row.size) if at < high and self.terms[at] == term else None

    def stem_row(self, stemmed: str) -> Row:
        """Return what a stem brings with its pieces and its theme, and remember it."""
        row = self._stem_rows.get(stemmed)
        if row is None:
            if len(self._stem_rows) >= _MAX_REMEMBERED:
                self._stem_rows.clear()
            themed = [THEME_MARK + name for name in (self.settings.themes.get(stemmed),) if name]
            known = map(self.row, [stemmed, *pieces(stemmed, self.settings.piece_lengths), *themed])
            row = self._stem_rows[stemmed] = _sum([own for own in known if own], len(self.outputs) + 1)
        return row

    def account(self, sentence: str) -> Account:
        """Return the account of one sentence."""
        spans, whole, look, clauses = self._looked_at(sentence)
        return self._account(sentence, spans, blended(whole, clauses, look) if look else whole)

    def loudest_clause(self, sentence: str, output: int) -> tuple[str | None, float]:
        """Return the clause that one output, by its place, is blended with, and its share; None and 0 if with none."""
        spans, _, look, clauses = self._looked_at(sentence)
        if not look or not look.shares[output]:
            return None, 0.0
        return clauses_at(sentence, spans, look.edges)[loudest_of(clauses, output)], look.shares[output]

    def _looked_at(self, sentence: str) -> tuple[list[Span], Part, SecondLook | None, list[Part]]:
        """Return the words of a sentence and what they bring; how it is looked at again, and what they bring to its clauses."""
        spans = word_spans(sentence)
        stems = [stem(sentence[start:end].translate(FOLDED)) for start, end in spans]
        whole = self._part(stems)
        look = self._second_look(sentence, spans, whole)
        return spans, whole, look, [self._part(stems[i:j]) for i, j in pairwise(look.edges)] if look else []

    def _second_look(self, sentence: str, spans: Sequence[Span], whole: Part) -> SecondLook | None:
        """Return where the clauses of a sentence begin, and their share in each output; None if there is nothing to look at."""
        wanted = self.blending.shares(map(operator.add, whole.sums, self._intercepts))
        edges = clause_edges(sentence, spans) if any(wanted) else []
        return SecondLook(edges, wanted) if len(edges) > 2 else None

    def _account(self, sentence: str, spans: Sequence[Span], part: Part) -> Account:
        """Return the account of a sentence, with what its quoted phrases say to the stance."""
        shares, sums = part
        added = self.outputs[-1].calibrated_quoted_phrase
        if added and (phrases := quoted_phrases(sentence)):
            first, last = (bisect_left(spans, (edge,)) for edge in phrases[0])
            own = [value + added / (last - first) * (first <= at < last) for at, value in enumerate(shares[-1])]
            shares, sums = [*shares[:-1], own], [*sums[:-1], sums[-1] + added]
        return Account(spans, shares, [sigmoid(own) for own in map(operator.add, sums, self._intercepts)])

    def _part(self, stems: Sequence[str]) -> Part:
        """Return what some words, given by their stems, bring if they are all there is."""
        parts: list[list[Row]] = [[] for _ in stems]
        for stemmed in set(stems):
            parts[stems.index(stemmed)].append(self.stem_row(stemmed))
        for first, second, row in self._of_two(stems):
            half = tuple([value / 2 for value in row])
            parts[first].append(half)
            parts[second].append(half)
        sums = [_sum(rows, len(self.outputs) + 1) for rows in parts]
        size = scale(math.fsum(row[-1] for row in sums), self.settings.shortness)
        shares = [[row[k] / size for row in sums] for k in range(len(self.outputs))]
        return Part(shares, list(map(math.fsum, shares)))

    def _of_two(self, stems: Sequence[str]) -> Iterator[tuple[int, int, Row]]:
        """Yield where the two words of every known term of two stand, and the term's row."""
        themes = self.settings.themes
        pairs = places_of_pairs(stems, self.settings.pair_distance)
        for first, second, term in chain(pairs, near(stems, themes, self.settings.near_distance), met(stems, themes)):
            if row := self.row(term):
                yield first, second, row

    def reported(self, sentences: Sequence[str], bounds: Sequence[float]) -> dict[int, Account]:
        """Return, by their places, the accounts of the sentences in which some framing's probability reaches its bound."""
        if sum(map(len, sentences)) > FEW_CHARACTERS:
            from classifier.stretches import stretches_of

            return dict(self.reported_within(stretches_of(sentences), bounds))
        return dict(_reaching(enumerate(map(self.account, sentences)), bounds))

    def reported_within(self, sentences: "Stretches", bounds: Sequence[float]) -> Iterator[tuple[int, Account]]:
        """Yield the same for many sentences, given as stretches of one text, in order; few accounts are in memory at a time."""
        with self._one_at_a_time:
            likely = self.scorer.likely(sentences, [bound - _MARGIN for bound in bounds])
        for first in range(0, len(likely), _ACCOUNTS_AT_A_TIME):
            some = likely[first : first + _ACCOUNTS_AT_A_TIME]
            accounts = self._accounts([sentences.sentence(i) for i in some])
            yield from _reaching(zip(some, accounts, strict=True), bounds)

    def _accounts(self, sentences: Sequence[str]) -> list[Account]:
        """Return the account of each of many sentences."""
        with self._one_at_a_time:
            wholes = [([*map(tuple, spans.tolist())], whole) for spans, whole in self.scorer.parts(sentences)]
            looks = [self._second_look(text, *own) for text, own in zip(sentences, wholes, strict=True)]
            found = list(zip(sentences, wholes, looks, strict=True))
            clauses = [
                clause for text, (spans, _), look in found if look for clause in clauses_at(text, spans, look.edges)
            ]
            parts = (part for _, part in self.scorer.parts(clauses))
            return [
                self._account(
                    text, spans, blended(whole, [*islice(parts, len(look.edges) - 1)], look) if look else whole
                )
                for text, (spans, whole), look in found
            ]

    def probabilities(self, sentences: Sequence[str]) -> "NDArray[np.float64]":
        """Return (n, K): the calibrated probability of every output for every sentence."""
        with self._one_at_a_time:
            return self.scorer.probabilities(sentences)

    @cached_property
    def scorer(self) -> "Scorer":
        """What scores whole blocks of text; made, and numpy loaded, when there is first so much to do."""
        from classifier.scorer import Scorer

        return Scorer(self.terms, self.kinds, self.rows, self.outputs, self.settings, self.blending)


def _reaching(accounts: Iterable[tuple[int, Account]], bounds: Sequence[float]) -> Iterator[tuple[int, Account]]:
    """Yield the accounts in which some framing's probability reaches its bound, each with its place."""
    return ((i, own) for i, own in accounts if any(map(operator.ge, own.probabilities, bounds)))


def _sum(rows: Sequence[Row], width: int) -> Row:
    """Return the sum of rows, column by column."""
    return tuple(map(math.fsum, zip(*rows, strict=True))) if rows else (0.0,) * width
