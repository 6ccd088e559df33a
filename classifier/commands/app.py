"""The commands as one Typer application. Knows which commands exist; imports only those that are asked for."""

from collections.abc import Sequence
from importlib import import_module

import typer

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
        app.command()(getattr(import_module(f"classifier.commands.{name}"), name))
    return app


def _framing() -> None:
    """Find framings of work, health and welfare in UK government texts: which, where, how surely, and because of which words."""


def run(arguments: Sequence[str]) -> None:
    """Run the command line; of a command that is named, only its own module is loaded."""
    named = [name for name in arguments[:1] if name in COMMANDS]
    try:
        application(named or COMMANDS)(list(arguments))
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # Typer would make it an ordinary failure
            raise leaving.__context__ from None
        raise
