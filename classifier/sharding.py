"""Shards → parts, on a cluster. Ties shards and scoring together through joblib, whose Dask backend spreads the work.

Workers read their shard and write its part themselves; only counts travel. A shard whose part is there is done: a second run
counts it and scores what is missing. What a worker was doing when it was lost is done again by another one.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from classifier.errors import OutputError, UsageError
from classifier.journal import Totals
from classifier.readers import ReadOptions
from classifier.running import Progress, Recipe, blocks, identity_of, score_blocks
from classifier.shards import Parts, Shard, check_cluster, list_shards, read_shard
from classifier.writers import decode_entries

CONNECT_SECONDS = 10
_FEWEST_THREADS = 2


def score_shards(
    inputs: Sequence[str],
    recipe: Recipe,
    out: str,
    options: ReadOptions | None = None,
    jobs: int | None = None,
    on_progress: Progress | None = None,
) -> Totals:
    """Write a part of JSON Lines into the folder `out` for each file of `inputs`; return the totals of all parts.

    `jobs=None` leaves it to `joblib.parallel_config` where the parts are made. Raise `OutputError` if one is missing afterwards.
    """
    from joblib import Parallel, delayed

    identity = identity_of(recipe)
    shards = list_shards(inputs, identity)
    parts = Parts(out)
    there = parts.names()
    waiting = [
        delayed(make_part)(recipe, identity, shard, out, options or ReadOptions())
        for shard in shards
        if shard.part not in there
    ]
    waiting += [delayed(count_part)(shard, out) for shard in shards if shard.part in there]
    totals = Totals()
    for found in Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="all")(waiting):
        totals.merge(found)
        if on_progress is not None:
            on_progress(totals)
    _check_whole(parts, shards)
    return totals


def make_part(recipe: Recipe, identity: str, shard: Shard, out: str, options: ReadOptions) -> Totals:
    """Score one shard and write its part, unless a worker that was lost since has: what a worker does. Return its totals."""
    if shard.part in Parts(out).names():
        return count_part(shard, out)
    totals = Totals()
    if identity_of(recipe) != identity:
        raise UsageError(
            "a worker has another model, baseline or ignore file, or another version of framing. Make them alike."
        )
    with Parts(out).writing(shard.part) as stream:
        for scored in score_blocks(blocks(read_shard(shard.source, options)), recipe, jobs=1):
            stream.write(scored.lines)
            totals.merge(scored.totals)
    return totals


def count_part(shard: Shard, out: str) -> Totals:
    """Return the totals of a part that an earlier run wrote."""
    totals = Totals()
    with Parts(out).reading(shard.part) as stream:
        for entry in decode_entries(stream):
            totals.add(entry)
    return totals


def _check_whole(parts: Parts, shards: Iterable[Shard]) -> None:
    names = parts.names()
    missing = [shard for shard in shards if shard.part not in names]
    if missing:
        raise OutputError(
            f"{parts.address}: {len(missing)} parts are not there, among them that of {missing[0].source}. "
            "The folder must be one that this machine and all workers share."
        )
    parts.tidy(shards, names)


@contextmanager
def on_cluster(address: str) -> Iterator[None]:
    """Send what joblib runs in this block to the Dask scheduler at `address`; raise `UsageError` if none answers there."""
    check_cluster()
    import joblib
    from distributed import Client

    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"{address}: no Dask scheduler answers ({error}). Start one with `dask scheduler`.") from error
    with client:
        _wait_for_worker(client, address)
        with joblib.parallel_config(backend="dask", client=client):
            yield


def _wait_for_worker(client: Any, address: str) -> None:
    """Wait until the cluster has two threads, for joblib does all by itself, here, where it counts fewer."""
    deadline = time.monotonic() + CONNECT_SECONDS
    while sum(client.ncores().values()) < _FEWEST_THREADS:
        if time.monotonic() > deadline:
            raise UsageError(
                f"{address}: the cluster has fewer than {_FEWEST_THREADS} worker threads. Start more with `dask worker {address}`."
            )
        time.sleep(0.1)
