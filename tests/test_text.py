import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from classifier import text as text_room
from classifier.text import line_and_column, normalise, printable

hostile = st.text(st.characters(exclude_categories=()), max_size=200)


@given(hostile)
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once


@given(hostile)
def test_normalised_text_can_be_written_and_printed(text):
    clean = normalise(text)
    clean.encode("utf-8")
    assert not any(ord(c) < 32 and c not in "\t\n" for c in clean)
    assert "\u202e" not in clean


def test_words_on_both_sides_of_a_control_do_not_join():
    assert normalise("sick\x00note") == "sick note"


def test_line_ends_of_every_system_become_one():
    assert normalise("a\r\nb\rc\u2028d") == "a\nb\nc\nd"


@given(st.text(max_size=100))
def test_printable_text_cannot_move_the_cursor(text):
    assert "\x1b" not in printable(text + "\x1b[2J")


@given(st.text(alphabet="ab\n", max_size=60), st.sampled_from(["", "\n" * 15_000 + "x" * 6000]), st.data())
def test_line_and_column_point_at_the_offset(text, end, data):
    text += end
    offset = data.draw(st.integers(0, len(text)))
    line, column = line_and_column(text, offset)
    lines = text.split("\n")
    assert sum(len(part) + 1 for part in lines[: line - 1]) + column - 1 == offset


def test_marks_that_need_no_work_are_what_every_step_leaves_alone():
    for mark in text_room._FINE:
        assert unicodedata.normalize("NFC", f"a{mark}e{mark}") == f"a{mark}e{mark}"
        steps = (
            text_room._LINE_ENDS,
            text_room._SPACES,
            text_room._INVISIBLE,
            text_room._CONTROLS,
            text_room._SURROGATES,
        )
        assert not any(step.search(mark) for step in steps)


@given(st.text(st.sampled_from([*sorted(text_room._FINE_OR_SPACE), "a", "\n", "\t", "\u0301", "\u200b"])))
def test_short_ways_to_normalise_lead_where_the_long_one_does(text):
    others = "\u200b"  # an invisible mark: the long way
    assert normalise(text) == normalise(text + others)
