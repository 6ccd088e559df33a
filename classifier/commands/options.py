"""Options that several commands share, said once. Knows Typer; does no work."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class TableFormat(StrEnum):
    """For commands whose result is a table."""

    TABLE = "table"
    JSON = "json"


ModelOption = Annotated[
    Path | None, typer.Option("--model", help="Folder of the model (default: the one that ships with the program).")
]
FramingOption = Annotated[
    list[str] | None, typer.Option("--framing", help="Report only this framing, by its id; repeatable.")
]
ProbabilityOption = Annotated[
    float | None,
    typer.Option(
        "--min-probability", min=0.0, max=1.0, help="Report from this probability, instead of the model's thresholds."
    ),
]
FailOnOption = Annotated[
    list[str] | None, typer.Option("--fail-on", help="Exit with 1 if this framing (or 'any') is flagged; repeatable.")
]
CodebookOption = Annotated[
    Path | None, typer.Option("--codebook", help="Codebook to use (default: the one that ships with the program).")
]
TextColumnOption = Annotated[str | None, typer.Option("--text-column", help="Column or field that holds the text.")]
LocalNetworkOption = Annotated[
    bool | None,
    typer.Option("--local-network/--no-local-network", help="Read web addresses on the local network too."),
]
IgnoreOption = Annotated[
    Path | None, typer.Option("--ignore", help="File of findings to ignore (default: .framingignore).")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Settings file to use, instead of looking for one.")
]
