"""Markdown → pieces with their roles, by way of HTML. Knows front matter; CommonMark itself is markdown-it's.

---
title: Next steps
---
# Next steps
> "We must act," the minister said.
"""

import re
from typing import BinaryIO

from classifier.readers.apart import parse_apart
from classifier.readers.building import Parsed, build_parsed
from classifier.readers.markup import parse_fragment
from classifier.readers.options import Found, ReadOptions
from classifier.readers.plain import decode, read_whole

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n((?:[^\n]*\n){0,200}?)---[ \t]*(?:\r?\n|\Z)")
_FIELD = re.compile(r"^(title|date|url|author)[ \t]*:[ \t]*[\"']?(.*?)[\"']?[ \t]*\r?$", re.MULTILINE)
_QUICK_BYTES = 32 * 1024
_NESTING = 10_000  # never reached: what is nested too deeply is a failure, where markdown-it would drop it in silence


def read_markdown(stream: BinaryIO, name: str, options: ReadOptions) -> Found:
    """Yield a Markdown file as one document; a long one is parsed apart, since some take very long."""
    text, notes = decode(read_whole(stream, options), options.charset)
    data = text.encode("utf-8", "replace")
    parsed = parse_markdown(data) if len(data) <= _QUICK_BYTES else parse_apart("markdown", data, options)
    yield build_parsed(name, Parsed(parsed.pieces, parsed.title, parsed.date, parsed.metadata, notes))


def parse_markdown(data: bytes) -> Parsed:
    """Return the pieces of a Markdown text in UTF-8 and the plain fields of its front matter."""
    from markdown_it import MarkdownIt

    text = data.decode("utf-8")
    front = _FRONT_MATTER.match(text)
    fields = dict(_FIELD.findall(front.group(1))) if front else {}
    body = text[front.end() :] if front else text
    html = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table").render(body)
    pieces = parse_fragment(html.encode("utf-8", "replace")).pieces
    title = fields.pop("title", "") or next((piece.text for piece in pieces if piece.role == "heading"), "")
    return Parsed(pieces, title, fields.pop("date", ""), fields)
