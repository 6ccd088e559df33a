"""Comments in a text that speak to this program. Knows their form; decides nothing.

<!-- framing: ignore voluntary_claim, sanctions -->
"""

import re

COMMENT = re.compile(r"<!--\s*framing:\s*ignore\s+([\w\s,]+?)\s*-->")
_BETWEEN = re.compile(r"[\s,]+")


def ignored_names(text: str) -> frozenset[str]:
    """Return what the comments in `text` ask to ignore: ids of framings, or `any`.

    >>> sorted(ignored_names("<!-- framing: ignore sanctions, any --> Text."))
    ['any', 'sanctions']
    """
    if "<!--" not in text:
        return frozenset()
    return frozenset(name for match in COMMENT.finditer(text) for name in _BETWEEN.split(match.group(1)) if name)
