"""Results → files and terminals. One writer for each format, each fed one entry at a time, so memory does not grow.

A result becomes an `Entry` of plain records first (`entries.describe`); every format is drawn from those records alone.
"""

from classifier.writers.encoding import decode_entries, encode_entries
from classifier.writers.entries import Entry, describe, model_fingerprint, sentence_id, text_digest
from classifier.writers.formats import FORMATS, ResultWriter, choose_format, open_writer, options_for, place_file
from classifier.writers.writer import WriteOptions, Writer

__all__ = [
    "FORMATS",
    "Entry",
    "ResultWriter",
    "WriteOptions",
    "Writer",
    "choose_format",
    "decode_entries",
    "describe",
    "encode_entries",
    "model_fingerprint",
    "open_writer",
    "options_for",
    "place_file",
    "sentence_id",
    "text_digest",
]
