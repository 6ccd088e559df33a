"""The GOV.UK Content API's JSON → documents. Knows its fields; leaves the HTML inside them to `markup`.

{"base_path": "/government/news/…", "title": "…", "description": "…", "schema_name": "news_article",
 "document_type": "press_release", "locale": "en", "public_updated_at": "2016-12-25T01:02:03Z", "withdrawn_notice": null,
 "details": {"body": "<div class=\"govspeak\"><p>…</p></div>"}, "links": {"organisations": [{"title": "…"}]}}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from classifier.readers.apart import pieces_of_fragment
from classifier.readers.building import Piece, build_document
from classifier.readers.options import ReadOptions
from classifier.records import Document, DocumentFailure

_SITE = "https://www.gov.uk"
_TEXT_FIELDS = (
    "introduction",
    "introductory_paragraph",
    "body",
    "more_information",
    "public_feedback_detail",
    "final_outcome_detail",
    "outcome_detail",
)
_PLAIN_FIELDS = ("content_id", "base_path", "document_type", "schema_name", "locale", "public_updated_at")


def is_govuk(value: Mapping[str, Any]) -> bool:
    """Return whether this JSON object is an answer of the Content API."""
    return isinstance(value.get("details"), dict) and ("base_path" in value or "schema_name" in value)


def document_from_govuk(value: Mapping[str, Any], name: str, options: ReadOptions) -> Document | DocumentFailure:
    """Return a page as a document: title, description and body as text, everything about it as metadata."""
    metadata = _metadata(value)
    title = _string(value.get("title"))
    date = metadata["public_updated_at"] or metadata["first_published_at"]
    notes = _notes(value)
    pieces = [Piece(title, "heading"), Piece(_string(value.get("description"))), *_body(value["details"], options)]
    return build_document(name, pieces, title=title, date=date[:10], metadata=metadata, notes=notes)


def _body(details: Mapping[str, Any], options: ReadOptions) -> Iterator[Piece]:
    for field in _TEXT_FIELDS:
        yield from pieces_of_fragment(_html(details.get(field)), options)
    parts = details.get("parts")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict):
            yield Piece(_string(part.get("title")), "heading")
            yield from pieces_of_fragment(_html(part.get("body")), options)


def _html(value: Any) -> str:
    """Return a field's HTML: a string, or the HTML one of several renderings `[{content_type, content}, …]`."""
    if isinstance(value, list):
        kinds = {
            r.get("content_type"): r.get("content")
            for r in value
            if isinstance(r, dict) and _string(r.get("content_type"))
        }
        return _string(kinds.get("text/html") or kinds.get("text/govspeak"))
    return _string(value)


def _metadata(value: Mapping[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = {field: _string(value.get(field)) for field in _PLAIN_FIELDS}
    base_path = metadata["base_path"]
    details = value["details"]
    return metadata | {
        "url": _SITE + base_path if base_path.startswith("/") else "",
        "first_published_at": _string(value.get("first_published_at") or details.get("first_public_at")),
        "organisations": _titles(value, "organisations"),
        "people": _titles(value, "people"),
        "government": _string(_mapping(details.get("government")).get("title")),
        "withdrawn": bool(value.get("withdrawn_notice")),
        "withdrawn_at": _string(_mapping(value.get("withdrawn_notice")).get("withdrawn_at")),
    }


def _notes(value: Mapping[str, Any]) -> tuple[str, ...]:
    if not value.get("withdrawn_notice"):
        return ()
    day = _string(_mapping(value["withdrawn_notice"]).get("withdrawn_at"))[:10]
    return (f"withdrawn on {day}" if day else "withdrawn",)


def _titles(value: Mapping[str, Any], link: str) -> list[str]:
    linked = _mapping(value.get("links")).get(link)
    found = [_string(_mapping(item).get("title")) for item in linked] if isinstance(linked, list) else []
    return [title for title in found if title]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
