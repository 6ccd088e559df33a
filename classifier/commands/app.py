"""The commands as one Typer application. Knows which commands exist; imports only those that are asked for."""

from collections.abc import Callable, Sequence
from functools import wraps
from importlib import import_module
from typing import Any

import typer

from classifier.errors import UnreadError

COMMANDS = ("check", "score", "explain", "codebook", "config", "train", "evaluate", "hydrate", "agreement")


def application(names: Sequence[str] = COMMANDS) -> typer.Typer:
    """Return the application with the commands in `names`: each lies in a module of its name, as a function of its name."""
    app = typer.Typer(
        name="framing",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_framing)
    for name in names:
        app.command()(_heard(getattr(import_module(f"classifier.commands.{name}"), name)))
    return app


def _heard(command: Callable[..., None]) -> Callable[..., None]:
    """Return `command`, made to say that nobody reads on in words that Typer does not take for a failure of its own."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except BrokenPipeError as error:
            raise UnreadError from error

    return run


def _framing() -> None:
    """Find framings of work, health and welfare in UK government texts: which, where, how surely, and because of which words."""


def run(arguments: Sequence[str]) -> None:
    """Run the command line; of a command that is named, only its own module is loaded."""
    named = [name for name in arguments[:1] if name in COMMANDS]
    application(named or COMMANDS)(list(arguments))
