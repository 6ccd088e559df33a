"""`framing explain`: the exact account of one probability. Knows how to print it; the arithmetic is in `explaining`."""

from typing import TYPE_CHECKING, Annotated

import typer

from classifier.commands.options import LocalNetworkOption, ModelOption, TableFormat, TextColumnOption

if TYPE_CHECKING:
    from classifier.explaining import Explanation
    from classifier.records import DocumentFailure


def explain(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|PATH|URL|-",
            help="One sentence; of a longer text, a file or a page, each sentence is explained.",
        ),
    ],
    framing: Annotated[str, typer.Option("--framing", help="The framing to explain, by its id, or 'contested'.")],
    format: Annotated[TableFormat, typer.Option("--format", help="For people or for programs.")] = TableFormat.TABLE,  # noqa: A002
    model: ModelOption = None,
    text_column: TextColumnOption = None,
    local_network: LocalNetworkOption = None,
) -> None:
    """Show every term's contribution to a framing's log-odds, the intercept, the calibration and the threshold.

    A term is a stem (claim), letters inside one (#claim), two stems (claim stop), a theme of words (@penalty), a theme near a
    stem (@penalty claim), two themes in one sentence (@benefit@penalty) or, for the stance, a phrase in quotation marks (“…”).
    """
    from classifier.checking import documents_of, exit_code, settings_of
    from classifier.codebook import unknown_name
    from classifier.errors import UsageError
    from classifier.explaining import explain as explain_sentence
    from classifier.records import Document, DocumentFailure
    from classifier.scoring import load_model
    from classifier.sentences import document_spans

    settings = settings_of({"model": model, "text-column": text_column, "local-network": local_network})
    loaded = load_model(settings["model"])
    names = tuple(output.name for output in loaded.outputs)
    if framing not in names:
        raise UsageError(unknown_name("framing", framing, names))
    found = list(documents_of(text, settings))
    documents = [item for item in found if isinstance(item, Document)]
    sentences = [document.text[start:end] for document in documents for start, end in document_spans(document)]
    explanations = [(sentence, explain_sentence(loaded, sentence, framing)) for sentence in sentences]
    if format is TableFormat.JSON:
        _print_json(explanations)
    else:
        _print_tables(explanations)
    _tell([item for item in found if isinstance(item, DocumentFailure)])
    raise typer.Exit(exit_code(len(documents), len(found) - len(documents), (), ()))


def _tell(failures: "list[DocumentFailure]") -> None:
    from classifier.text import printable

    for failure in failures:
        typer.echo(printable(f"framing: {failure.name}: {failure.message}"), err=True)


def _print_tables(explanations: "list[tuple[str, Explanation]]") -> None:
    for sentence, explanation in explanations:
        _print_table(sentence, explanation)


def _print_json(explanations: "list[tuple[str, Explanation]]") -> None:
    import json
    from dataclasses import asdict

    rows = [
        {"schema": 1, "text": sentence, "intercept": found.intercept, **asdict(found)}
        for sentence, found in explanations
    ]
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))


def _print_table(sentence: str, found: "Explanation") -> None:
    from classifier.text import printable

    typer.echo(printable(sentence))
    if found.clause is not None:
        typer.echo(printable(f"\n{found.clause_share:10.4f}  of this is its loudest clause: {found.clause}"))
    typer.echo(f"\n{'log-odds':>10}  {'n':>2}  term")
    for part in found.contributions:
        typer.echo(f"{part.value:+10.4f}  {part.count:2d}  {part.term}")
    typer.echo(
        f"{found.intercept:+10.4f}      intercept = slope {found.slope:.4f} x {found.raw_intercept:.4f} + offset {found.offset:.4f}"
    )
    typer.echo(f"{found.logit:+10.4f}      sum = log-odds of {found.framing}")
    thresholds = f"flagged from {found.flagged_from:.2f}, unsure from {found.unsure_from:.2f}"
    typer.echo(f"{found.probability:10.4f}      probability ({thresholds})\n")
