"""Inputs that are made to hurt a writer: formulas, markup, terminal escapes, half characters; for hypothesis.

Set FUZZ_EXAMPLES for a longer hunt, say 5000.
"""

import os

from hypothesis import settings
from hypothesis import strategies as st

from classifier.records import Block, Document, DocumentFailure
from classifier.text import normalise

examples = settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", "25")), deadline=None)

HOSTILE = (
    "=HYPERLINK(\"http://x.example\",\"go\")", "+1", "-1", "@SUM(A1)", "\tx", "\r\n", "\n", "\x00", "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07", "\x9b2J", "\u202eevil", "\u2066", "\u200b", "\ufeff", "\u2028", "\x85", "\ud800", "<script>alert(1)</script>",
    "<!-- -->", "]]>", "**b**", "_i_", "`c`", "[l](http://x)", "![i](x)", "| a |", "# h", "1. one", "- item", "~~~", "&amp;", "\\", "%0A",
    "::error::x", "a,b:c", "'; DROP TABLE documents; --", "'", '"', "http://x.example", "www.x.example", "@user", "日本語", "مرحبا", "🙂", "e\u0301",
)  # fmt: skip
WORDS = ("voluntary", "sanction", "perhaps", "critics", "plain", "Work", "£5.", "“quoted”", ".", "?")

texts = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(HOSTILE), st.text(max_size=8)), max_size=12).map(
    " ".join
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
documents = st.builds(
    Document,
    name=texts,
    text=texts.map(lambda text: normalise("Voluntary. " + text)),
    title=texts,
    date=texts,
    metadata=st.dictionaries(texts, json_values, max_size=3),
    notes=st.lists(texts, max_size=2).map(tuple),
)
paged = documents.map(
    lambda d: Document(d.name, d.text, d.title, d.date, d.metadata, (Block(0, len(d.text), "quote", 3),), d.notes)
)
failures = st.builds(DocumentFailure, texts, texts, texts)
inputs = st.lists(documents | paged | failures, max_size=4)
