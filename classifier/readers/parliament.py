"""Answers of the Parliament's written-questions service → documents. The text is the minister's answer, not the question.

{"value": {"id": 1, "uin": "87801", "house": "Commons", "dateTabled": "2025-11-04T00:00:00", "questionText": "To ask …",
           "answeringBodyName": "Department for …", "answerText": "<p>…</p>", "heading": "…"}, "links": […]}
"""

from collections.abc import Mapping
from typing import Any

from classifier.readers.apart import pieces_of_fragment
from classifier.readers.building import build_document, one_line
from classifier.readers.options import ReadOptions
from classifier.records import Document, DocumentFailure

_SERVICE = "https://questions-statements-api.parliament.uk/api/writtenquestions/questions/"
UNANSWERED = "not answered yet"
_METADATA = {
    "id": "id",
    "uin": "uin",
    "house": "house",
    "date_tabled": "dateTabled",
    "date_for_answer": "dateForAnswer",
    "date_answered": "dateAnswered",
    "department": "answeringBodyName",
    "asking_member_id": "askingMemberId",
    "answering_member_id": "answeringMemberId",
    "is_withdrawn": "isWithdrawn",
    "is_named_day": "isNamedDay",
    "is_holding_answer": "answerIsHolding",
    "is_correction": "answerIsCorrection",
}


def is_question(value: Mapping[str, Any]) -> bool:
    """Return whether this JSON object is one written question, with or without its envelope."""
    inner = value.get("value", value)
    return isinstance(inner, dict) and "answerText" in inner and "questionText" in inner


def document_from_question(value: Mapping[str, Any], name: str, options: ReadOptions) -> Document | DocumentFailure:
    """Return the answer to a written question; what was asked, by whom and when is kept as metadata.

    A question that is not answered yet is a document without sentences, and a note says so.
    """
    question = value.get("value", value)
    answer = question.get("answerText")
    metadata = {key: question[field] for key, field in _METADATA.items() if _is_plain(question.get(field))}
    metadata["question"] = one_line(_string(question.get("questionText")))
    if isinstance(question.get("id"), int):
        metadata["url"] = f"{_SERVICE}{question['id']}"
    title = _string(question.get("heading"))
    date = _string(question.get("dateAnswered") or question.get("dateForAnswer") or question.get("dateTabled"))[:10]
    if not _string(answer).strip():
        return Document(name, "", one_line(title), date, metadata, notes=(UNANSWERED,))
    return build_document(name, pieces_of_fragment(_string(answer), options), title=title, date=date, metadata=metadata)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
