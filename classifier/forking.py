"""A function on several processors, its results in order. Knows processes; knows nothing of what they do.

A forked process begins as a copy of this one, with everything that is loaded: it costs milliseconds, where a new interpreter
costs as long as scoring some thousand texts. The standard library's pools of processes take longer to load than to fork.
"""

import gc
import os
import pickle
import select
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CAN_FORK = sys.platform == "linux"  # elsewhere the system's own libraries may not survive it
_AHEAD = 2  # items that each process has: one in work, one that waits
_SIZE_BYTES = 8


def map_forked(function: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, from `jobs` processes; only a few items are taken ahead of the results.

    Raise `ChildProcessError` if a process is gone.
    """
    processes: list[_Process] = []
    try:
        for _ in range(jobs):
            processes.append(_Process(function, processes))
        yield from _in_order(processes, enumerate(items))
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.bury()


def _in_order(processes: Sequence["_Process"], numbered: Iterator[tuple[int, Any]]) -> Iterator[Any]:
    """Yield the results in the order of the items, each of which goes to a process that has little to do."""
    done: dict[int, Any] = {}
    awaited = 0
    while True:
        while awaited in done:
            yield done.pop(awaited)
            awaited += 1
        while process := _with_room(processes, len(done)):
            if (item := next(numbered, None)) is None:
                break
            process.give(*item)
        busy = [process for process in processes if process.numbers]
        if not busy:
            return
        done.update(process.take() for process in _ready(busy))


def _with_room(processes: Sequence["_Process"], done: int) -> "_Process | None":
    """Return the process with the least to do, or None while all have enough or too many results wait for an earlier one."""
    least = min(processes, key=lambda process: len(process.numbers))
    return least if len(least.numbers) < _AHEAD and done < _AHEAD * len(processes) else None


def _ready(busy: Sequence["_Process"]) -> list["_Process"]:
    """Return those that have a result or are gone, once there is one."""
    poll = select.poll()
    for process in busy:
        poll.register(process.results.reading)
    told = {descriptor for descriptor, _ in poll.poll()}
    return [process for process in busy if process.results.reading in told]


class _Process:
    """A forked process. `numbers` are those of the items that it has, in the order in which their results will come."""

    def __init__(self, function: Callable[[Any], Any], others: Sequence["_Process"]) -> None:
        self.numbers: list[int] = []
        self._items, self.results = _Channel(), _Channel()
        self._name = os.fork()
        if not self._name:
            for ours in (*others, self):  # while they are open here too, nobody would be told that this process is gone
                os.close(ours._items.writing)
                os.close(ours.results.reading)
            _serve(function, self._items, self.results)
        os.close(self._items.reading)
        os.close(self.results.writing)

    def give(self, number: int, item: Any) -> None:
        """Let the process know of an item."""
        with _telling_of_loss():
            self._items.put(item)
        self.numbers.append(number)

    def take(self) -> tuple[int, Any]:
        """Return the next result with its item's number; raise what the function raised."""
        with _telling_of_loss():
            result, error = self.results.get()
        if error is not None:
            raise error
        return self.numbers.pop(0), result

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        os.kill(self._name, signal.SIGKILL)

    def bury(self) -> None:
        """Wait until the process has ended, and give back what led to it."""
        os.waitpid(self._name, 0)
        os.close(self._items.writing)
        os.close(self.results.reading)
        self._items.close()
        self.results.close()


@contextmanager
def _telling_of_loss() -> Iterator[None]:
    try:
        yield
    except (EOFError, BrokenPipeError):
        raise ChildProcessError("a process was ended from outside, perhaps for want of memory.") from None


class _Channel:
    """One way from a process to another. Values lie in a few files in memory; the pipe only says how long the next one is.

    So nobody ever waits for the other to read, as long as no more than `_AHEAD` values are under way.
    """

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self._files = [os.memfd_create("value") for _ in range(_AHEAD)]
        self._count = 0

    def put(self, value: Any) -> None:
        """Pass on a value; raise `BrokenPipeError` if nobody is there."""
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        os.pwrite(self._next_file(), data, 0)
        os.write(self.writing, len(data).to_bytes(_SIZE_BYTES, "little"))

    def get(self) -> Any:
        """Return the next value, when it is there; raise `EOFError` if there will be none."""
        if not (size := os.read(self.reading, _SIZE_BYTES)):
            raise EOFError
        return pickle.loads(os.pread(self._next_file(), int.from_bytes(size, "little"), 0))  # noqa: S301 - our own process wrote it

    def _next_file(self) -> int:
        self._count += 1
        return self._files[self._count % _AHEAD]

    def close(self) -> None:
        """Give the files back."""
        for file in self._files:
            os.close(file)


def _serve(function: Callable[[Any], Any], items: _Channel, results: _Channel) -> None:
    """Answer each item until there are no more or the other process is gone, even if killed; never return."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the other process ends this one by it
        gc.freeze()  # what is shared would be copied where the collector marks it
        while True:
            results.put(_outcome(function, items.get()))
    except (EOFError, BrokenPipeError):
        os._exit(0)
    except BaseException:  # not an error of the function: its result can't be passed on
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def _outcome(function: Callable[[Any], Any], item: Any) -> tuple[Any, Exception | None]:
    """Return the result and no error, or no result and the error, which remembers where it happened."""
    try:
        return function(item), None
    except Exception as error:
        import traceback

        error.add_note(traceback.format_exc())
        return None, error
