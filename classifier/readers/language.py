"""Is this text English? Knows a few very common words of some languages; a note for the reader, not a detector.

The model knows only English, so that a text in Welsh or Arabic, though scored, deserves a note. Only the beginning is looked at.
"""

import re

_SAMPLE = 4000
_QUICK_SAMPLES = (400, 1500)  # the first is nearly always enough
_ENGLISH_SHARE = 6
_FEWEST_WORDS = 12
_FEWEST_COMMON = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "that",
        "is",
        "for",
        "it",
        "was",
        "with",
        "as",
        "on",
        "be",
        "by",
        "are",
        "this",
        "have",
        "not",
        "which",
        "will",
        "from",
        "has",
        "we",
        "our",
    ]
)

_COMMON = {
    "Welsh": "yn y yr i a ar o am bod mae ei eu fel gan wedi hefyd ac sydd hyn oedd bydd nid gyfer rydym ein neu yw",
    "French": "le la les des et est une dans que pour qui sur du pas plus par avec sont nous ce cette aux ont",
    "German": "der die das und ist nicht mit für von den ein eine auf zu im dem des sich wir werden auch sind",
    "Spanish": "el los las de que y en una para por con del se su más pero como está son este esta al",
    "Polish": "i w na z do nie się jest że o jak dla przez po są od oraz który ale przy być",
    "Portuguese": "o os as de que e em uma para por com do da não se mais dos como são foi pela",
    "Italian": "il di che e la per un una non con del della sono le è gli nel alla dei anche",
    "Romanian": "și de la în cu pe din este care pentru nu sau mai sunt prin fi că o un ale",
    "Irish": "an na agus ar is go le i tá ag don sé bhí seo a nach chun ó sin mar",
    "Scottish Gaelic": "an na agus air a tha gu le ann do nan aig bha airson sin seo chan còir nam às",
}
_STOP_WORDS = {name: frozenset(words.split()) for name, words in _COMMON.items()}

# The first character of a range of letters, the last, and what a text made of them is called.
_SCRIPTS = (
    (0x0370, 0x03FF, "Greek"),
    (0x0400, 0x052F, "Cyrillic script"),
    (0x0590, 0x05FF, "Hebrew"),
    (0x0600, 0x08FF, "Arabic script"),
    (0xFB50, 0xFEFC, "Arabic script"),
    (0x0900, 0x097F, "Devanagari script"),
    (0x0980, 0x09FF, "Bengali"),
    (0x0A00, 0x0A7F, "Gurmukhi script"),
    (0x0A80, 0x0AFF, "Gujarati"),
    (0x0B80, 0x0BFF, "Tamil"),
    (0x1200, 0x137F, "Ethiopic script"),
    (0x3040, 0x30FF, "Japanese"),
    (0xAC00, 0xD7A3, "Korean"),
    (0x3400, 0x9FFF, "Chinese"),
)
_URDU = frozenset("ٹڈڑےںہھ")
_PERSIAN = frozenset("پچژگ")


def language_note(text: str) -> str | None:
    """Return a note such as `not English: looks like Welsh`, or None where `text` is English, short or unclear.

    >>> language_note("Mae’r cynllun yn cael ei ariannu gan y Llywodraeth ac mae wedi helpu pobl ar y rhestr i gael gwaith.")
    'not English: looks like Welsh'
    >>> language_note("We will publish the report.") is None
    True
    """
    for length in _QUICK_SAMPLES:
        if _is_plainly_english(text[:length]):
            return None
    sample = text[:_SAMPLE]
    language = _script_of(sample) or _language_of_words(sample)
    return f"not English: looks like {language}" if language else None


def _is_plainly_english(text: str) -> bool:
    """Return whether two of the commonest English words are there, which costs next to nothing to see."""
    if " the " in text:
        return " to " in text or " of " in text or " and " in text
    return (" to " in text) + (" of " in text) + (" and " in text) > 1


def _script_of(sample: str) -> str | None:
    """Return the script that most letters of `sample` belong to, or None if it is the Latin one."""
    if sample.isascii():
        return None
    counts: dict[str, int] = {}
    letters = [c for c in sample if c.isalpha()]
    for letter in letters:
        if letter > "\u036f":
            name = next((name for first, last, name in _SCRIPTS if first <= ord(letter) <= last), "another script")
            counts[name] = counts.get(name, 0) + 1
    if len(letters) < _FEWEST_WORDS or not counts:
        return None
    name = max(counts, key=lambda script: counts[script])
    if 2 * counts[name] <= len(letters):
        return None
    return _arabic_kind(sample) if name == "Arabic script" else name


def _arabic_kind(sample: str) -> str:
    if sum(map(sample.count, _URDU)) * 50 > len(sample):
        return "Urdu"
    return "Persian" if sum(map(sample.count, _PERSIAN)) * 50 > len(sample) else "Arabic"


def _language_of_words(sample: str) -> str | None:
    """Return the language whose common words `sample` is full of, if it clearly isn't English."""
    words = [word.lower() for word in _WORD.findall(sample)]
    if len(words) < _FEWEST_WORDS:
        return None
    english = sum(word in _ENGLISH for word in words)
    if english * _ENGLISH_SHARE >= len(words):
        return None
    counts = {name: sum(word in stop_words for word in words) for name, stop_words in _STOP_WORDS.items()}
    best = max(counts, key=lambda name: counts[name])
    is_varied = len(_STOP_WORDS[best].intersection(words)) >= _FEWEST_COMMON
    is_clear = is_varied and counts[best] > 2 * english + 2 and counts[best] * 7 >= len(words)
    return best if is_clear else None
