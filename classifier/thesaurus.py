"""The file that gathers words in themes, which a labelled folder may hold. Knows names and words; `themes` knows what follows.

    [themes]
    penalty = "sanction penalty lose forfeit"
    benefit = "benefit allowance claim"

A word stands for all words of its stem, and no stem may be in two themes.
"""

import re
from pathlib import Path
from typing import Any

from classifier.errors import LabelledSetError
from classifier.features import stem, words
from classifier.themes import MOST_THEMES
from classifier.toml_files import read_toml

_NAME = re.compile(r"[a-z]+")


def load_themes(path: Path) -> dict[str, str]:
    """Return the themes in a file, none if there is no file; raise `LabelledSetError` that names what breaks the rules."""
    data = read_toml(path, LabelledSetError) if path.exists() else {}
    return parse_themes(data.get("themes", {}), str(path))


def parse_themes(data: Any, where: str) -> dict[str, str]:
    """Return stem → theme from names and their words, separated by blanks; `where` names the source in messages."""
    if not isinstance(data, dict) or len(data) > MOST_THEMES:
        raise LabelledSetError(f"{where}: [themes] must hold at most {MOST_THEMES} names with their words.")
    themes: dict[str, str] = {}
    for name, listed in data.items():
        if not _NAME.fullmatch(name) or not isinstance(listed, str):
            raise LabelledSetError(f"{where}: theme {name!r} must be a lower-case word with a text of words.")
        for word in words(listed):
            if themes.setdefault(stem(word), name) != name:
                raise LabelledSetError(f"{where}: {word!r} stands in two themes, {themes[stem(word)]} and {name}.")
    return themes
