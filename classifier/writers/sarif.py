"""SARIF 2.1.0, the format of code-review tools (OASIS standard, 2020). Knows results, rules and regions; streams the results.

A framing is a rule, a finding a result for each of its framings: flagged is a warning, unsure a note.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TextIO
from urllib.parse import quote

from classifier.text import printable
from classifier.writers.encoding import encode
from classifier.writers.entries import Entry, Record, shown_probability
from classifier.writers.writer import WriteOptions, Writer

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"flagged": "warning", "unsure": "note", "below": "none"}
_URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%~"


class SarifWriter(Writer):
    """One run; failures become notifications of its invocation, kept until the end like the rules."""

    def __init__(self, stream: TextIO, options: WriteOptions) -> None:
        super().__init__(stream, options)
        self._rules: dict[str, Record] = {}
        self._failures: list[Record] = []
        self._separator = "\n"

    def begin(self) -> None:
        """Open the run and its results."""
        opening = '{"$schema": "%s", "version": "2.1.0", "runs": [{"columnKind": "unicodeCodePoints", "results": ['
        self.stream.write(opening % _SCHEMA)

    def add(self, entry: Entry) -> None:
        """Write the entry's results."""
        if entry.is_failure:
            self._failures.append(_notification(entry.head))
        for result in _results(entry):
            self._rules.setdefault(result["ruleId"], self._rule(result["ruleId"]))
            self.stream.write(self._separator + encode(result))
            self._separator = ",\n"

    def end(self) -> None:
        """Write the tool with its rules, and the invocation, and close everything."""
        from classifier import __version__

        driver: Record = {"name": "framing", "version": __version__, "rules": list(self._rules.values())}
        if self.options.model:
            driver["properties"] = {"model": self.options.model}
        invocation = {"executionSuccessful": not self._failures, "toolExecutionNotifications": self._failures}
        self.stream.write(f'\n], "tool": {encode({"driver": driver})}, "invocations": [{encode(invocation)}]}}]}}\n')

    def _rule(self, framing: str) -> Record:
        name = self.options.names.get(framing, framing)
        return {"id": framing, "shortDescription": {"text": name}}


def _results(entry: Entry) -> Iterator[Record]:
    for finding in entry.findings:
        location = {"physicalLocation": {"artifactLocation": _artifact(entry.head["name"]), "region": _region(finding)}}
        for found in finding["framings"]:
            probability, text = shown_probability(found["probability"]), printable(finding["text"])
            yield {
                "ruleId": found["framing"],
                "level": _LEVELS[found["level"]],
                "message": {"text": f"{found['framing']} {probability} ({found['level']}): {text}"},
                "locations": [location],
                "partialFingerprints": {"sentenceFraming/v1": f"{finding['id']}:{found['framing']}"},
                "properties": {"probability": found["probability"], "stance": finding["stance"]},
            }


def _region(finding: Mapping[str, Any]) -> Record:
    length = finding["end"] - finding["start"]
    return {
        "startLine": finding["line"],
        "startColumn": finding["column"],
        "endLine": finding["line"],
        "endColumn": finding["column"] + length,
        "charOffset": finding["start"],
        "charLength": length,
        "snippet": {"text": finding["text"]},
    }


def _notification(head: Mapping[str, Any]) -> Record:
    location = {"physicalLocation": {"artifactLocation": _artifact(head["name"])}}
    message = f"{head['error']}: {printable(head['message'])}"
    return {"level": "error", "message": {"text": message}, "locations": [location]}


def _artifact(name: str) -> Record:
    """Return where a document is, as a URI: a web address, an absolute `file:` URI or a relative path.

    >>> _artifact("my texts/a:1.txt")
    {'uri': 'my%20texts/a%3A1.txt'}
    """
    if name.lower().startswith(("http://", "https://")):
        return {"uri": quote(name, safe=_URL_CHARACTERS, errors="replace")}
    path = quote(name.replace("\\", "/"), safe="/", errors="replace")
    return {"uri": f"file://{path}" if path.startswith("/") else path}
