"""Themes: words that speak of one matter, so that what is learned of "sanction" holds for "forfeit". Knows stems; knows no weight.

They add three kinds of term to those of `features`:

    theme      "@penalty"            each distinct stem of the theme, once
    near       "@penalty benefit"    a theme and a stem at most so many words behind it; "benefit @penalty" is the reverse
    together   "@benefit@penalty"    two themes anywhere in one sentence, once, in alphabetical order
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

THEME_MARK = "@"
MOST_THEMES = 200

Themes = Mapping[str, str]  # stem → the name of its theme


def listed(themes: Themes) -> dict[str, str]:
    """Return each theme's stems, separated by blanks."""
    names = sorted(set(themes.values()))
    return {name: " ".join(sorted(stem for stem, own in themes.items() if own == name)) for name in names}


def parse_listed(data: Any) -> dict[str, str]:
    """Return the themes that `listed` made `data` of; raise `ValueError` for anything else."""
    if not isinstance(data, dict) or len(data) > MOST_THEMES:
        raise ValueError("its themes are no names with stems")
    return {stem: name for name, stems in data.items() for stem in str(stems).split()}


def theme_terms(stems: Sequence[str], themes: Themes, distance: int) -> Iterator[str]:
    """Yield every counted occurrence of every term of themes in a sentence, given as its stems in order.

    >>> list(theme_terms(["lose", "benefit"], {"lose": "penalty", "benefit": "benefit"}, 3))
    ['@penalty', '@benefit', '@penalty benefit', 'lose @benefit', '@benefit@penalty']
    """
    yield from (THEME_MARK + themes[stem] for stem in dict.fromkeys(stems) if stem in themes)
    yield from (term for _, _, term in near(stems, themes, distance))
    yield from (term for _, _, term in met(stems, themes))


def near(stems: Sequence[str], themes: Themes, distance: int) -> Iterator[tuple[int, int, str]]:
    """Yield every theme and stem that stand at most `distance` words apart: the place of the first, of the second, and the term."""
    if not themes:
        return
    names = [themes.get(stem) for stem in stems]
    for first, second in neighbours(len(stems), distance):
        if left := names[first]:
            yield first, second, f"{THEME_MARK}{left} {stems[second]}"
        if right := names[second]:
            yield first, second, f"{stems[first]} {THEME_MARK}{right}"


def neighbours(count: int, distance: int) -> Iterator[tuple[int, int]]:
    """Yield every two of `count` places of which the second is at most `distance` behind the first."""
    for first in range(count):
        for second in range(first + 1, min(first + 1 + distance, count)):
            yield first, second


def met(stems: Sequence[str], themes: Themes) -> Iterator[tuple[int, int, str]]:
    """Yield every two themes that meet in a sentence: the place of each one's first word, and the term."""
    places: dict[str, int] = {}
    for place, stem in enumerate(stems):
        if stem in themes:
            places.setdefault(themes[stem], place)
    for (left, first), (right, second) in combinations(sorted(places.items()), 2):
        yield first, second, f"{THEME_MARK}{left}{THEME_MARK}{right}"
