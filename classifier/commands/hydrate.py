"""`framing hydrate`: references get their text back. Knows the command's words; looking and asking are elsewhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classifier.errors import ExitCode, InputError, UsageError

if TYPE_CHECKING:
    from classifier.hydrating import Hydration, Missing
    from classifier.references import Reference

REFERENCES = "references.jsonl"
HYDRATED = "hydrated.jsonl"


def hydrate(
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="File of answers: JSON lines with url and text, plain or gzipped; or a folder of text files."
        ),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Ask the Parliament's written-questions service for what the file lacks.")
    ] = False,
    labelled: Annotated[
        Path | None, typer.Option("--labelled", help="Folder with codebook.toml and references.jsonl.")
    ] = None,
    name: Annotated[str, typer.Option("--references", help="Name of the references file in that folder.")] = REFERENCES,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write (default: hydrated.jsonl in the labelled folder).")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option("--cache", help="Folder for what the service gave (default: in the user's cache).")
    ] = None,
    service: Annotated[
        str | None, typer.Option("--service", help="Address of another service of the same shape.")
    ] = None,
    interval: Annotated[
        float, typer.Option("--interval", min=0.0, help="Seconds from one request to the next, at least.")
    ] = 0.5,
) -> None:
    """Give labelled references their text back, from a file or from the Parliament; name those that can't be found."""
    from classifier.codebook import load_codebook
    from classifier.hydrating import rows_of, write_rows
    from classifier.places import labelled_path
    from classifier.references import load_references

    if source is None and not live:
        raise UsageError("nowhere to look: give --from FILE, --live, or both.")
    folder = labelled or labelled_path()
    if name != REFERENCES and out is None:
        raise UsageError(f"name the file to write for {name} with --out: {HYDRATED} is for {REFERENCES}.")
    references = load_references(folder / name, load_codebook(folder / "codebook.toml"))
    done = _look(references, source, live, cache, service, interval)
    _name(done.missing)
    if not done.found:
        raise InputError(f"none of {len(references):,} references was found; nothing was written.")
    target = out or folder / HYDRATED
    write_rows(rows_of(references, done.found), target)
    typer.echo(f"{target}: {len(done.found):,} of {len(references):,} references have their text.", err=True)
    raise typer.Exit(ExitCode.SOME_FAILED if done.missing else ExitCode.DONE)


def _look(
    references: "Sequence[Reference]",
    source: Path | None,
    live: bool,
    cache: Path | None,
    service: str | None,
    interval: float,
) -> "Hydration":
    from classifier.hydrating import Hydration, Missing

    done = Hydration({}, [Missing(reference, "") for reference in references])
    if source is not None:
        done = _look_in_file(references, source)
    if live and done.missing:
        rest = _ask([missing.reference for missing in done.missing], cache, service, interval)
        done = Hydration(done.found | rest.found, rest.missing)
    return done


def _look_in_file(references: "Sequence[Reference]", source: Path) -> "Hydration":
    from classifier.answers import answers_from_file, texts_from_folder
    from classifier.hydrating import hydrate as hydrate_from

    urls = frozenset(reference.url for reference in references)
    if source.is_dir():
        return hydrate_from(references, texts_from_folder(source, urls))
    return hydrate_from(references, answers_from_file(source, urls, _say))


def _ask(references: "Sequence[Reference]", cache: Path | None, service: str | None, interval: float) -> "Hydration":
    import sys

    from classifier.answers import SERVICE, Service, cache_folder, is_question
    from classifier.fetching import Fetcher, Manners
    from classifier.hydrating import hydrate as hydrate_from

    asked = Service(
        Fetcher(Manners(interval_seconds=interval), is_question), cache or cache_folder(), service or SERVICE
    )
    urls = list(dict.fromkeys(reference.url for reference in references))
    with typer.progressbar(urls, label="asking", file=sys.stderr, hidden=not sys.stderr.isatty()) as each:
        return hydrate_from(references, asked.answers(each))


def _name(missing: "Sequence[Missing]") -> None:
    for reference, reason in missing:
        _say(f"{reference.id} {reference.url}: {reason}")
    if missing:
        _say(f"{len(missing):,} references were not found.")


def _say(message: str) -> None:
    from classifier.text import printable

    typer.echo(printable(message), err=True)
