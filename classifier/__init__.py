"""Finds framings of work, health and welfare in UK government texts. Public names open on demand: importing this is light."""

from importlib import import_module
from typing import Any

_HOMES = {
    "load_model": "classifier.scoring",
    "score_text": "classifier.scoring",
    "score_documents": "classifier.scoring",
    "read_documents": "classifier.readers",
    "ReadOptions": "classifier.readers",
    "Document": "classifier.records",
    "DocumentFailure": "classifier.records",
    "DocumentResult": "classifier.records",
    "SentenceResult": "classifier.records",
    "FramingError": "classifier.errors",
}
__all__ = sorted(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'classifier' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
