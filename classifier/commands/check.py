"""`framing check`: which framings does this text use? Knows the command's words; the work is in `checking`."""

from enum import StrEnum
from typing import Annotated

import typer

from classifier.commands.options import (
    ConfigOption,
    FailOnOption,
    FramingOption,
    IgnoreOption,
    LocalNetworkOption,
    ModelOption,
    ProbabilityOption,
    TextColumnOption,
)


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
    model: ModelOption = None,
    text_column: TextColumnOption = None,
    local_network: LocalNetworkOption = None,
    ignore: IgnoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Say which framings a text uses, in which sentences, how surely, and because of which words."""
    from classifier import checking

    given = {
        "framing": framing,
        "min-probability": min_probability,
        "fail-on": fail_on,
        "model": model,
        "text-column": text_column,
        "local-network": local_network,
        "ignore": ignore,
    }
    raise typer.Exit(checking.check(source, format.value, given, everything, config))
