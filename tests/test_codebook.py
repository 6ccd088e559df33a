import pytest

from classifier.codebook import load_codebook, parse_codebook
from classifier.errors import CodebookError, UsageError
from classifier.places import codebook_path

ROW = {"id": "rain", "name": "rain is good", "definition": "says that rain is good"}


def test_the_shipped_codebook_has_two_examples_and_two_counter_examples_for_each_framing():
    codebook = load_codebook(codebook_path())
    assert len(codebook.framings) == 15
    for framing in codebook.framings:
        assert len(framing.examples) == len(framing.counter_examples) == 2
        assert framing.keywords
        assert framing.exclusions


def test_an_unknown_framing_is_refused_with_the_nearest_name():
    codebook = parse_codebook({"framing": [ROW]}, "book")
    with pytest.raises(UsageError, match="did you mean 'rain'"):
        codebook.framing("rian")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "no .* tables"),
        ([{**ROW, "id": "Not An Id"}], "lower-case"),
        ([ROW, ROW], "stand twice: rain"),
        ([{**ROW, "definition": ""}], "required"),
        ([{**ROW, "exampels": []}], "did you mean 'examples'"),
        ([{**ROW, "examples": "one"}], "list of texts"),
        (["rain"], "not a table"),
    ],
)
def test_a_codebook_that_breaks_its_rules_is_refused_by_name(rows, message):
    with pytest.raises(CodebookError, match=message):
        parse_codebook({"framing": rows}, "book")


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "codebook.toml"
    path.write_text("version = ")
    with pytest.raises(CodebookError, match="not a valid TOML"):
        load_codebook(path)
    with pytest.raises(CodebookError, match="can't be read"):
        load_codebook(tmp_path / "none.toml")
