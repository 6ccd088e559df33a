"""The only place that normalises text. Knows characters; knows nothing of words, sentences or files.

`normalise` runs once, when a document is read: every offset belongs to its result.
"""

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

# Everything a line may hold: no controls but tab, no bidirectional overrides, no zero-width marks, no lone surrogates.
_LINE_ENDS = re.compile("\r\n|\r|\x0b|\x0c|\x85|\u2028|\u2029")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_PLAIN = bytes([*b"\t\n", *range(ord(" "), ord("~") + 1)])
_FINE = frozenset("–—‘’“”•…ŵŷ€\u2011") | frozenset(map(chr, range(0xA1, 0x100))) - {"\u00ad"}  # and in NFC
_FINE_OR_SPACE = _FINE | frozenset(
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
)
# Where a terminal might act on a character; Unicode's categories have the last word on each.
_MAY_ACT = re.compile(
    "[^\t\n -~\u00a0-\u00ac\u00ae-\u04ff\u1e00-\u1fff\u2010-\u2027\u2030-\u205f\u2070-\u2fff\u3000-\ua4ff\uac00-\ud7ff]+"
)
_LONG = 20_000


def normalise(text: str) -> str:
    r"""Return `text` in NFC with `\n` line ends, plain spaces, and no control, invisible or unpaired characters.

    Controls and surrogates become a space or U+FFFD rather than vanish, so that words never join by accident.

    >>> normalise("Rt.\xa0Hon.\r\nNo\x00 10\u200b")
    'Rt. Hon.\nNo  10'
    """
    others = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)  # nearly always nothing, or a few marks
    if not others or _FINE.issuperset(signs := others.decode("utf-8", "surrogatepass")):
        return text
    if _FINE_OR_SPACE.issuperset(signs):
        return _SPACES.sub(" ", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    text = _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))
    return unicodedata.normalize("NFC", text)


def printable(text: str) -> str:
    r"""Return `text` safe for a terminal: anything that could move the cursor or reorder words becomes U+FFFD.

    >>> printable("a\x1b[31mb")
    'a\ufffd[31mb'
    """
    return _MAY_ACT.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in found.group())


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    r"""Return the 1-based line and column of a 0-based character offset.

    >>> line_and_column("one\ntwo", 4)
    (2, 1)
    """
    if len(text) < _LONG:
        return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


@lru_cache(maxsize=1)
def _line_starts(text: str) -> list[int]:
    """Return where the lines of a long text begin, remembered from one finding in it to the next."""
    return [0, *accumulate(len(line) + 1 for line in text.split("\n")[:-1])]
