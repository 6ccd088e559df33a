"""A function on several processors, its results in order. Knows processes; knows nothing of what they do.

A forked process begins as a copy of this one, with everything that is loaded: it costs milliseconds, where a new interpreter
costs as long as scoring some thousand texts.
"""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Result = TypeVar("Result")

CAN_FORK = sys.platform == "linux"  # elsewhere the system's own libraries may not survive it
_AHEAD = 2  # items that wait for each process
_LOOK_SECONDS = 0.5


def map_forked(function: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, from `jobs` processes; only a few items are taken ahead of the results."""
    import multiprocessing  # takes as long to load as some hundred texts to score
    from concurrent.futures import ProcessPoolExecutor

    waiting: deque[Future[Result]] = deque()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, context, _leave_with_parent, (os.getpid(),)) as processes:
        try:
            for item in items:
                waiting.append(processes.submit(function, item))
                if len(waiting) > _AHEAD * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _leave_with_parent(parent: int) -> None:
    """Make this process end when its parent is killed: nobody else would tell it, and it would wait for work for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
