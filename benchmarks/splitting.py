"""Compares our sentences with those of nltk's Punkt, trained on the same text: `python benchmarks/splitting.py --on FILE`.

FILE holds JSON lines with a `text` each (`.gz` or not). Punkt is trained on all of it; then a random sample of documents with
`--sentences` of our sentences is split by both, line by line, since Punkt knows nothing of line ends. Each place where one of
them divides and the other does not is put into a kind, by what stands there. `--show N` prints N places of each kind, to be judged
by reading; `docs/splitting.md` says what came of it. The time of both over the same sample is given as a ratio.
"""

import argparse
import gzip
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
from nltk.tokenize.punkt import PunktSentenceTokenizer, PunktTrainer

from classifier.records import Document
from classifier.sentences import document_spans, spans
from classifier.text import normalise

# Tried in this order on the text before the place and after it.
KINDS = [
    ("a blank forgotten (in place.The)", r"\S$", r"\S"),
    (
        "the number or letter of a list item",
        r"^[(\[]?(?:[A-Z][a-z]+ )?(?:\d{1,3}(?:\.\d+)*|[A-Za-z]|[ivxIVX]{1,4})[)\]]?\.\s*$",
        r"",
    ),
    ("after a title (Rt. Hon. Member)", r"(?i)\b(?:rt|hon|mr|mrs|ms|dr|prof|st)\.[)]?\s*$", r""),
    ("after e.g. or i.e.", r"(?i)\b(?:e\.?g|i\.?e|cf|vs)\.\s*$", r""),
    (
        "a reference before its number (No. 10)",
        r"(?i)\b(?:nos?|paras?|pp?|s|reg|vol|art|c|ch|col|cols|fig|ref)\.\s*$",
        r"[(\[]?[\dA-Z]",
    ),
    ("“No.” as an answer", r"\bNo\.\s*$", r""),
    ("after an initial or dotted letters (U.S.)", r"\b[A-Z]\.\s*$", r""),
    ("before a lower-case word", r"", r"[\"'“‘(\[]*[a-z]+\b"),
    ("before lower case in iPhone or b)", r"", r"[\"'“‘(\[]*[a-z]"),
    ("after an ellipsis", r"(?:…|\.\.\.)\S*\s*$", r""),
    ("after a footnote's mark", r"[.!?]\S*\d\]?\s*$", r""),
    ("after a mark that closes a quotation or bracket", r"[.!?][\"'”’)\]]+\s*$", r""),
    ("after ! or ?", r"[!?]\s*$", r""),
    ("after a number", r"\d\.\s*$", r""),
    ("before a number", r"", r"[£$€]?\d"),
    ("after any other word with a full stop", r"\w\.\s*$", r""),
    ("elsewhere", r"", r""),
]

Place = tuple[str, int]  # a line, and the offset in it at which a sentence begins


def texts_of(path: Path) -> list[str]:
    """Return the normalised text of each row."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        return [normalise(orjson.loads(line)["text"]) for line in lines]


def train(texts: list[str]) -> PunktSentenceTokenizer:
    """Return Punkt with the abbreviations, collocations and sentence starters of these texts."""
    trainer = PunktTrainer()
    for first in range(0, len(texts), 2000):
        trainer.train("\n".join(texts[first : first + 2000]), finalize=False)
    trainer.finalize_training()
    return PunktSentenceTokenizer(trainer.get_params())


def sample_of(texts: list[str], sentences: int, seed: int) -> list[str]:
    """Return random texts that hold at least so many sentences."""
    chosen, count = [], 0
    for text in random.Random(seed).sample(texts, len(texts)):
        chosen.append(text)
        count += len(spans(text))
        if count >= sentences:
            break
    return chosen


def starts(line: str, split: Callable[[str], list[tuple[int, int]]]) -> set[int]:
    """Return where sentences begin in a line, its beginning apart."""
    return {start for start, _ in split(line)[1:]}


def kind_of(place: Place) -> str:
    """Return what kind of place this is."""
    line, at = place
    for name, before, after in KINDS:
        if re.search(before, line[:at]) and re.match(after, line[at:]):
            return name
    raise AssertionError


def table(name: str, places: list[Place], show: int) -> Iterator[str]:
    """Yield the lines that tell how many places of each kind there are, with some examples."""
    yield f"\n{name}: {len(places)}"
    kinds: dict[str, list[Place]] = {}
    for place in places:
        kinds.setdefault(kind_of(place), []).append(place)
    for kind in sorted(kinds, key=lambda kind: -len(kinds[kind])):
        yield f"  {len(kinds[kind]):>5}  {kind}"
        for line, at in kinds[kind][:show]:
            yield f"           …{line[max(0, at - 45) : at]!r} | {line[at : at + 35]!r}…"


def seconds(work: Callable[[], object], repetitions: int = 5) -> float:
    """Return the median time of some work."""
    taken = []
    for _ in range(repetitions):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Train, compare, time and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--on", type=Path, required=True, metavar="FILE", help="JSON lines with a text each")
    parser.add_argument("--sentences", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=1, metavar="N", help="print N places of each kind of difference")
    asked = parser.parse_args()
    texts = texts_of(asked.on)
    punkt = train(texts)
    sample = sample_of(texts, asked.sentences, asked.seed)
    lines = [line.strip() for text in sample for line in text.split("\n") if line.strip()]
    both, only_ours, only_punkts = 0, [], []
    for line in lines:
        ours, punkts = starts(line, spans), starts(line, lambda text: list(punkt.span_tokenize(text)))
        both += len(ours & punkts)
        only_ours += [(line, at) for at in sorted(ours - punkts)]
        only_punkts += [(line, at) for at in sorted(punkts - ours)]
    inside = both + len(only_ours) + len(only_punkts)
    print(
        f"{len(texts):,} texts; sample: {len(sample):,} texts, {sum(len(spans(text)) for text in sample):,} sentences of ours"
    )
    print(f"boundaries inside lines: {both:,} found by both, {100 * both / inside:.2f} % of all that either found")
    print(*table("only ours", only_ours, asked.show), *table("only Punkt's", only_punkts, asked.show), sep="\n")
    documents = [Document("text", text) for text in texts]
    ours_all = seconds(lambda: [document_spans(document) for document in documents])
    ours, theirs = (
        seconds(lambda: [spans(line) for line in lines]),
        seconds(lambda: [list(punkt.span_tokenize(line)) for line in lines], 1),
    )
    print(
        f"\nall {len(texts):,} texts, {sum(map(len, texts)):,} characters: {ours_all:.2f} s; on the sample {theirs / ours:.0f} times as fast as Punkt"
    )


if __name__ == "__main__":
    main()
