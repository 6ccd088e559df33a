from hypothesis import given
from hypothesis import strategies as st

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
