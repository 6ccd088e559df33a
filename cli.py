"""The command line, `framing`. Knows how a failure becomes an exit code; the commands are in `classifier.commands`.

`framing check TEXT` and `framing score INPUT... -o OUT [--jobs N]` are answered before any parser of options is loaded: loading one
takes longer than a check, and as long as scoring some thousand texts.
"""

import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

from classifier.errors import ExitCode, FramingError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def main() -> None:
    """Run the command line; a `FramingError` becomes its message and exit code, a bug keeps its traceback."""
    try:
        _run_and_flush(sys.argv[1:])
    except FramingError as error:
        print(f"framing: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("framing: interrupted", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        _drop_output()
        sys.exit(ExitCode.PIPE_CLOSED)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _drop_output()
        print(f"framing: what was found can't be printed ({error.strerror}).", file=sys.stderr)
        sys.exit(ExitCode.UNUSABLE)


def _run_and_flush(arguments: Sequence[str]) -> None:
    """Run one command, and write what is still held back while a failure can be told."""
    try:
        run(arguments)
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()
        gc.freeze()  # the end of the process need not look for cycles in what goes with it


def _drop_output() -> None:
    """Lead standard output nowhere, so that what is left of it makes no noise when the process ends."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - pathlib would cost a check its start
        os.dup2(nowhere.fileno(), 1)


def run(arguments: Sequence[str]) -> None:
    """Run one command; leave by `SystemExit`."""
    match arguments:
        case ["check", source] if _are_inputs([source]):
            from classifier.checking import check

            sys.exit(check(source))
        case ["score", first, *others, "-o", output, "--jobs", jobs] if (
            _are_inputs([first, *others, output]) and jobs.isdecimal() and int(jobs)
        ):
            _score([first, *others], output, int(jobs))
        case ["score", first, *others, "-o", output] if _are_inputs([first, *others, output]):
            _score([first, *others], output)
        case _:
            from classifier.commands.app import run as run_command

            run_command(arguments)


def _are_inputs(words: Sequence[str]) -> bool:
    """Return whether none of the words is, or might be, an option."""
    return not any(word.startswith("-") and word != "-" for word in words)


def _score(inputs: Sequence[str], output: str, jobs: int | None = None) -> None:
    from pathlib import Path

    gc.set_threshold(100_000)  # a batch makes many objects and hardly a cycle of them, beginning with the modules
    from classifier.batching import score_inputs

    sys.exit(score_inputs(inputs, Path(output), {"jobs": jobs}))


def __getattr__(name: str) -> Any:
    """Return the Typer application as `app`, made when it is first asked for."""
    if name != "app":
        raise AttributeError(f"module 'cli' has no attribute {name!r}")
    from classifier.commands.app import application

    return application()


if __name__ == "__main__":
    main()
