"""The command line, `framing`. Knows which commands exist and how a failure becomes an exit code; the work is elsewhere."""

import sys

import typer

from classifier.commands.agreement import agreement
from classifier.commands.check import check
from classifier.commands.codebook import codebook
from classifier.commands.config import config
from classifier.commands.evaluate import evaluate
from classifier.commands.explain import explain
from classifier.commands.hydrate import hydrate
from classifier.commands.score import score
from classifier.commands.train import train
from classifier.errors import ExitCode, FramingError

app = typer.Typer(
    name="framing",
    help="Find framings of work, health and welfare in UK government texts: which, where, how surely, and because of which words.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (check, score, explain, codebook, config, train, evaluate, hydrate, agreement):
    app.command()(command)


def main() -> None:
    """Run the command line; a `FramingError` becomes its message and exit code, a bug keeps its traceback."""
    try:
        app()
    except FramingError as error:
        typer.echo(f"framing: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("framing: interrupted", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(ExitCode.DONE)


if __name__ == "__main__":
    main()
