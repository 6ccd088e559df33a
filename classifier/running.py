"""Documents → findings in a file, in one process or many, whole or not at all. Ties scoring, selecting and writing together.

Documents are gathered in blocks; a worker turns a block into ready lines; the lines go to a stream, or to the journal of a
file, from which the file is drawn at the end whatever its format. Results keep the order of the inputs. Rows of JSON Lines may
come unread, and are then parsed where they are scored.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

from classifier.errors import UsageError
from classifier.forking import CAN_FORK, map_forked
from classifier.journal import Checkpoint, Totals, finish, open_journal
from classifier.model import Model
from classifier.readers import UnreadRows, parsed
from classifier.records import Document, DocumentFailure
from classifier.scoring import ScoreOptions, load_model, score_together
from classifier.selecting import Selection, contexts, load_selection, select
from classifier.writers import (
    decode_entries,
    describe,
    encode_entries,
    model_fingerprint,
    open_writer,
    options_for,
    place_file,
    text_digest,
)

BLOCK_CHARACTERS = 1_000_000

Item = Document | DocumentFailure | UnreadRows
Block = Sequence[Item]  # what is scored together
Progress = Callable[[Totals], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How documents become records. It names files rather than holding them: every worker loads them once."""

    model: Path | None = None
    scoring: ScoreOptions = field(default_factory=ScoreOptions)
    with_text: bool = False
    context: int = 0
    baseline: Path | None = None
    ignore: Path | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """What a worker made of a block: the lines of its records, their totals, and what stands for the `count` inputs in the chain."""

    lines: bytes
    totals: Totals
    count: int
    links: bytes


@lru_cache(maxsize=2)
def prepare(recipe: Recipe) -> tuple[Model, Selection]:
    """Return the model and selection that a recipe names, loaded once in each process."""
    model = load_model(recipe.model)
    return model, load_selection(model.framings, recipe.baseline, recipe.ignore)


def score_block(recipe: Recipe, block: Block) -> Scored:
    """Return the records of a block of documents, as lines."""
    model, selection = prepare(recipe)
    fingerprint = model_fingerprint(model.manifest)
    items = list(parsed(block))
    digests = [*map(digest_of, items)]
    entries, totals = [], Totals()
    for result, digest in zip(score_together(items, model, recipe.scoring), digests, strict=True):
        item, withheld = select(result, selection)
        around = contexts(item, recipe.context) if recipe.context else ()
        entry = describe(
            item, fingerprint, with_text=recipe.with_text, contexts=around, withheld=withheld, digest=digest
        )
        totals.add(entry)
        entries.append(entry)
    return Scored(encode_entries(entries), totals, len(items), links(items, digests))


def print_batch(
    items: Iterable[Item],
    recipe: Recipe,
    stream: TextIO,
    format: str,  # noqa: A002
    jobs: int | None = 1,
    on_progress: Progress | None = None,
) -> Totals:
    """Write the findings of `items` to a text stream as they come; return their totals."""
    totals = Totals()
    with open_writer(stream, format, prepare(recipe)[0]) as writer:
        for scored in score_blocks(blocks(items), recipe, jobs):
            for entry in decode_entries(scored.lines.splitlines()):
                writer.write(entry)
            totals.merge(scored.totals)
            _tell(on_progress, totals)
    stream.flush()  # so that nothing is told of what nobody reads
    return totals


def write_batch(
    items: Iterable[Item],
    recipe: Recipe,
    out: Path,
    format: str,  # noqa: A002
    jobs: int | None = 1,
    resume: bool = False,
    on_progress: Progress | None = None,
    block_characters: int = BLOCK_CHARACTERS,
) -> Totals:
    """Write the findings of `items` to the file `out`, whole or not at all; return their totals.

    With `resume`, an interrupted run of the same recipe over the same inputs goes on where it stopped, and the file becomes
    what it would have been. `jobs` is the number of processes; None leaves it to `joblib.parallel_config`.
    """
    model, _ = prepare(recipe)
    with open_journal(out, identity_of(recipe), resume) as journal:
        remaining, read = skip(iter(items), journal.last)
        for scored in score_blocks(blocks(remaining, block_characters), recipe, jobs):
            read.update(scored.links)
            journal.add(scored.lines, journal.last.count + scored.count, read.hexdigest(), scored.totals)
            _tell(on_progress, journal.last.totals)
        totals = journal.last.totals
    options = replace(options_for(None, model), settings=_settings(recipe))
    finish(out, None if format == "jsonl" else lambda lines: place_file(lines, out, format, options))
    return totals


def blocks(items: Iterable[Item], block_characters: int = BLOCK_CHARACTERS) -> Iterator[Block]:
    """Yield `items` in blocks of bounded size."""
    gathered: list[Item] = []
    size = 0
    for item in items:
        gathered.append(item)
        size += _size(item)
        if size >= block_characters:
            yield gathered
            gathered, size = [], 0
    if gathered:
        yield gathered


def _size(item: Item) -> int:
    if isinstance(item, Document):
        return len(item.text)
    return len(item.lines if isinstance(item, UnreadRows) else item.message)


def digest_of(item: Document | DocumentFailure) -> str:
    """Return the digest of a document's text; "" for a failure."""
    return text_digest(item.text) if isinstance(item, Document) else ""


def links(items: Iterable[Document | DocumentFailure], digests: Iterable[str]) -> bytes:
    """Return what stands for `items`, of whose texts the digests are given, in the hash of everything read so far."""
    return "".join(map(_link, items, digests)).encode("utf-8", "replace")


def _link(item: Document | DocumentFailure, digest: str) -> str:
    if isinstance(item, Document):
        return f"{item.name}\0{digest}\0{item.title}\0{item.date}\0\0"
    return f"{item.name}\0{item.error}\0{item.message}\0\0"


def skip(items: Iterator[Item], last: Checkpoint) -> tuple[Iterator[Item], Any]:
    """Return what is left of `items` after those that a checkpoint covers, and the hash of these.

    Raise `UsageError` if they are not the inputs that were scored then.
    """
    read, count = hashlib.sha256(), 0
    begun: Iterator[Document | DocumentFailure] = iter(())
    while count < last.count and (item := next(items, None)):
        begun = parsed([item])  # the checkpoint may lie among its rows
        for document in islice(begun, last.count - count):
            read.update(links([document], [digest_of(document)]))
            count += 1
    if (count, read.hexdigest() if count else "") != (last.count, last.chain):
        raise UsageError("the inputs have changed since the run was interrupted. Start again without --resume.")
    return chain(begun, items), read


def score_blocks(waiting: Iterable[Block], recipe: Recipe, jobs: int | None) -> Iterator[Scored]:
    """Yield what workers make of the blocks, in order; at most a few blocks are in memory at a time."""
    if jobs == 1:
        yield from (score_block(recipe, block) for block in waiting)
        return
    if jobs and CAN_FORK:
        _ = prepare(recipe)[0].scorer  # made once, here: every process begins with it
        yield from map_forked(partial(score_block, recipe), waiting, jobs)
        return
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=jobs, return_as="generator", batch_size=1, pre_dispatch="2 * n_jobs")
    yield from parallel(delayed(score_block)(recipe, block) for block in waiting)


def identity_of(recipe: Recipe) -> str:
    """Return a hash of everything that the records depend on besides the inputs: settings, model, and the files named."""
    model, selection = prepare(recipe)
    selected = (sorted(selection.known), sorted(selection.ignored))
    known = json.dumps([_settings(recipe), model_fingerprint(model.manifest), selected])
    return hashlib.sha256(known.encode()).hexdigest()


def _settings(recipe: Recipe) -> str:
    """Return what the recipe asks for, without the places of files, as JSON."""
    return json.dumps({**asdict(recipe.scoring), "with_text": recipe.with_text, "context": recipe.context})


def _tell(on_progress: Progress | None, totals: Totals) -> None:
    if on_progress is not None:
        on_progress(totals)
