"""CSV, TSV and Parquet."""

from io import BytesIO

import pytest

from classifier.readers import ReadOptions, read_stream
from classifier.records import Document, DocumentFailure
from tests.readers.conftest import SPECIMENS, failure, read, read_one

CSV = 'id,date,department,text\n1,2025-03-18,Work,"We will act, she said.\nAt once."\n2,2025-03-19,Health,We agree.\n'


def test_rows_become_documents_with_the_other_columns_kept():
    found = read(CSV, "a.csv")
    assert [(d.name, d.text, d.date) for d in found if isinstance(d, Document)] == [
        ("1", "We will act, she said.\nAt once.", "2025-03-18"),
        ("2", "We agree.", "2025-03-19"),
    ]
    assert found[0].metadata == {"id": "1", "date": "2025-03-18", "department": "Work"}  # type: ignore[union-attr]


def test_a_table_is_recognised_without_its_name():
    assert len(read(CSV, "<stdin>")) == 2
    assert len(read(CSV.replace(",", "\t").replace('"', ""), "<stdin>")) == 3


def test_prose_with_commas_is_not_a_table():
    assert read_one("Ministers met, talked, and left.\nThen, at last, they acted.").text.startswith("Ministers met")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found(delimiter):
    rows = f"day{delimiter}Text\n2025{delimiter}We act.\n"
    assert read_one(rows, "a.csv").text == "We act."


def test_rows_without_a_name_are_named_by_their_line():
    rows = 'n,text\n1,"a\nb"\n2,c\n'
    assert [d.name for d in read(rows, "a.csv")] == ["a.csv:2", "a.csv:4"]


def test_the_column_of_prose_is_found_where_it_is_obvious():
    rows = "who,what was said\nA,We will do what we said we would do at once\nB,And we will do it again before the year is out\n"
    assert next(d.text for d in read(rows, "a.csv") if isinstance(d, Document)).startswith("We will do")


def test_a_table_without_a_text_column_says_what_it_has():
    assert failure("a,b\n1,2\n", "a.csv") == "no text column; name it with --text-column (found: a, b)."
    assert "no text column 'c'" in failure("a,b\n1,2\n", "a.csv", text_column="c")
    assert "no rows" in failure("a,text\n", "a.csv")


def test_a_named_column_is_found_whatever_its_case():
    assert read_one("a,Speech\n1,We act.\n", "a.csv", text_column="speech").text == "We act."


def test_ragged_rows_lose_nothing():
    found = read("id,text\n1,One.,extra\n2\n\n3,Three.\n", "a.csv")
    assert found[0].metadata == {"id": "1", "column 3": "extra"}  # type: ignore[union-attr]
    assert isinstance(found[1], DocumentFailure)
    assert found[1].message == "the row ends before its column 'text'."
    assert [item.name for item in found] == ["1", "a.csv:3", "3"]


def test_no_column_hides_another_of_its_name():
    row = read_one("id,note,text,note,\n1,a,We act.,b,c\n", "a.csv")
    assert row.metadata == {"id": "1", "note": "a", "note (column 4)": "b", "column 5": "c"}
    row = read_one("note,note (column 3),note,text\n1,2,3,We act.\n", "a.csv")
    assert sorted(row.metadata.values()) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "rows",
    [
        '1,2025-03-18,"We will act, she said."\n2,2025-03-19,We agree that this is the right thing to do at last.\n',
        "We will act at once in each of the offices.\nAnd we will do it again before the year is out.\n",
    ],
)
def test_a_first_line_that_names_no_columns_is_a_row(rows):
    found = read(rows, "a.csv")
    assert [item.name for item in found] == ["a.csv:1", "a.csv:2"]
    assert found[0].text.startswith("We will act")  # type: ignore[union-attr]


def test_a_question_can_be_the_name_of_a_column():
    rows = "id,Please say in your own words what you think of the plan.\n1,I think that it is a plan like any other plan that we had.\n"
    assert [item.name for item in read(rows, "a.csv")] == ["1"]


def test_a_cell_of_ten_megabytes_is_read():
    assert len(read_one("id,text\n1," + "We act " * 1_400_000, "a.csv").text) > 9_000_000


def test_an_unclosed_quotation_is_a_failure():
    assert "not a table from here on" in failure('id,text\n1,"' + "x\n" * 5000, "a.csv", max_document_bytes=2000)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_tables_from_spreadsheet_programs_are_read(encoding):
    assert read_one("id,text\n1,The café’s rent.\n".encode(encoding), "a.csv").text == "The café’s rent."


def test_parquet_rows_become_documents():
    pytest.importorskip("pyarrow")
    found = read((SPECIMENS / "answers.parquet").read_bytes())
    assert [item.name for item in found if isinstance(item, Document)] == ["a1", "a2", "a3"]
    assert found[2].notes == ("holds no text",)  # type: ignore[union-attr]
    assert found[0].metadata == {"id": "a1", "day": "2025-03-18", "department": "Health"}  # type: ignore[union-attr]


def test_parquet_without_the_text_column_says_what_it_has():
    pytest.importorskip("pyarrow")
    assert "found: id, day, department, text" in failure(
        (SPECIMENS / "answers.parquet").read_bytes(), text_column="body"
    )


def test_damaged_parquet_is_a_failure():
    pytest.importorskip("pyarrow")
    data = (SPECIMENS / "answers.parquet").read_bytes()
    assert "damaged Parquet" in failure(data[: len(data) // 2])


def test_rows_are_read_one_at_a_time():
    def lines():
        yield b"id,text\n"
        for n in range(1_000_000):
            yield b"%d,We act.\n" % n

    class Endless(BytesIO):
        given = 0
        source = lines()

        def readinto(self, buffer):  # type: ignore[no-untyped-def]
            data = next(self.source)
            buffer[: len(data)] = data
            Endless.given += 1
            return len(data)

        def read(self, size=-1):  # type: ignore[no-untyped-def]
            raise AssertionError("read as a whole")

    found = read_stream(Endless(), "a.csv", ReadOptions())
    assert next(found).name == "0"
    assert Endless.given < 200_000
