"""What every test of a writer starts from: real results of a tiny model, and the text that a format makes of them."""

import io

import pytest

from classifier.scoring import score_documents
from classifier.writers import WriteOptions, describe, open_writer


@pytest.fixture(scope="session")
def entries_of(tiny_model):
    """Return the entries of inputs, with text."""
    return lambda items: [describe(result, "0" * 16, with_text=True) for result in score_documents(items, tiny_model)]


@pytest.fixture(scope="session")
def written(tiny_model):
    """Return what a text format makes of entries."""

    def write(entries, kind, **options):
        stream = io.StringIO(newline="")
        with open_writer(stream, kind, tiny_model, WriteOptions(model="0" * 16, **options)) as writer:
            for entry in entries:
                writer.write(entry)
        return stream.getvalue()

    return write
