"""`framing check`: which framings does this text use? Knows the command's words; the work is in `checking`."""

from enum import StrEnum
from typing import Annotated

import typer

from classifier.commands.options import FailOnOption, FramingOption, ModelOption, ProbabilityOption


class CheckFormat(StrEnum):
    """How `framing check` prints."""

    TEXT = "text"
    JSON = "json"


def check(
    source: Annotated[
        str, typer.Argument(metavar="TEXT|PATH|URL|-", help="Text, a file, a web address, or - for standard input.")
    ],
    format: Annotated[CheckFormat, typer.Option("--format", help="For people or for programs.")] = CheckFormat.TEXT,  # noqa: A002
    framing: FramingOption = None,
    min_probability: ProbabilityOption = None,
    fail_on: FailOnOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every sentence, with every framing's probability.")
    ] = False,
    local_network: Annotated[
        bool, typer.Option("--local-network", help="Also fetch addresses on the local network.")
    ] = False,
    model: ModelOption = None,
) -> None:
    """Say which framings a text uses, in which sentences, how surely, and because of which words."""
    from classifier import checking
    from classifier.scoring import ScoreOptions

    options = ScoreOptions(tuple(framing or ()), min_probability, everything)
    raise typer.Exit(checking.check(source, format.value, options, fail_on or (), model, local_network))
