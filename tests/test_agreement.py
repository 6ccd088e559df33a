import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import cli
from classifier.agreement import agreement, parse_annotations
from classifier.errors import ExitCode, LabelledSetError


def annotations_of(answers):
    """Return annotations from {annotator: [labels or None for each unit]}."""
    return parse_annotations(
        (f"here:{n}", {"annotator": annotator, "id": f"u{n:03}", "labels": labels})
        for annotator, given_labels in answers.items()
        for n, labels in enumerate(given_labels)
    )


def yes_no(text):
    """Return labels from a string of y, n and . (missing)."""
    return [{"y": ["f"], "n": [], ".": None}[c] for c in text]


def value(figures, name, framing="f"):
    return figures["per_framing"][framing][name]["value"]


def test_the_textbook_table_of_fifty_proposals():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.70, by chance 0.50, kappa 0.40
    answers = {"a": yes_no("y" * 25 + "n" * 25), "b": yes_no("y" * 20 + "n" * 5 + "y" * 10 + "n" * 15)}
    figures = agreement(annotations_of(answers), resamples=50)
    assert value(figures, "kappa") == pytest.approx(0.40)
    assert value(figures, "percent") == pytest.approx(0.70)
    assert value(figures, "f1") == pytest.approx(40 / 55)
    assert figures["per_framing"]["f"]["positives"] == 35


def test_krippendorffs_own_example_of_binary_data():
    # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", part A: alpha = 0.095
    answers = {"Meg": yes_no("nynnnnnnnn"), "Owen": yes_no("yyynnynynn")}
    assert value(agreement(annotations_of(answers), resamples=10), "alpha") == pytest.approx(0.095, abs=5e-4)


def test_a_missing_annotation_is_neither_yes_nor_no():
    complete = {"a": yes_no("yynnyn"), "b": yes_no("yynyyn")}
    longer = {"a": yes_no("yynnyn" + "y.n."), "b": yes_no("yynyyn" + ".n.y")}
    expected, found = (agreement(annotations_of(answers), resamples=20) for answers in (complete, longer))
    assert found["per_framing"] == expected["per_framing"]
    assert (found["units"], found["units_labelled_twice"]) == (10, 6)


def test_a_row_that_is_not_there_is_as_missing_as_null():
    rows = [("x", {"annotator": a, "id": i, "labels": ["f"] if i == "1" else []}) for a in "ab" for i in "123"]
    more = [*rows, ("x", {"annotator": "a", "id": "4", "labels": ["f"]})]
    assert (
        agreement(parse_annotations(more), resamples=5)["overall"]
        == agreement(parse_annotations(rows), resamples=5)["overall"]
    )


def test_where_nothing_varies_kappa_and_alpha_are_undefined():
    figures = agreement(annotations_of({"a": yes_no("yyy"), "b": yes_no("yyy")}), resamples=5)
    row = figures["per_framing"]["f"]
    assert row["kappa"] == row["alpha"] == {"value": None, "interval": None}
    assert row["percent"]["value"] == row["f1"]["value"] == 1.0


def test_one_annotator_and_no_framing_leave_everything_undefined():
    alone = agreement(annotations_of({"a": yes_no("yn")}), resamples=5)
    silent = agreement(annotations_of({"a": [[], []], "b": [[], None]}), resamples=5)
    assert alone["units_labelled_twice"] == 0
    assert silent["units_labelled_twice"] == 1
    for figures in (alone, silent):
        assert all(figures["overall"][name]["value"] is None for name in ("kappa", "alpha", "percent", "f1"))


def test_the_overall_f1_is_the_micro_f1_over_framings():
    answers = {"a": [["f", "g"], ["f"], []], "b": [["f"], ["f", "h"], ["g"]]}
    figures = agreement(annotations_of(answers), resamples=5)
    assert figures["overall"]["f1"]["value"] == pytest.approx(2 * 2 / (3 + 4))
    assert list(figures["per_framing"]) == ["f", "g", "h"]


def test_intervals_hold_the_value_and_repeat_with_the_seed():
    source = random.Random(0)
    truth = [source.random() < 0.3 for _ in range(200)]
    answers = {name: [["f"] if t ^ (source.random() < 0.1) else [] for t in truth] for name in "ab"}
    first, again, other = (agreement(annotations_of(answers), seed=seed, resamples=300) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    for name in ("kappa", "alpha", "percent", "f1"):
        low, high = first["overall"][name]["interval"]
        assert low < first["overall"][name]["value"] < high
        assert high - low < 0.35


def nltk_task(answers):
    from nltk.metrics.agreement import AnnotationTask

    return AnnotationTask(
        data=[
            (annotator, unit, "f" in labels)
            for annotator, given_labels in answers.items()
            for unit, labels in enumerate(given_labels)
            if labels is not None
        ]
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 4).flatmap(lambda n: st.lists(st.text("yn", min_size=n, max_size=n), min_size=2, max_size=25)))
def test_kappa_and_percent_are_those_of_nltk(units):
    answers = {f"a{k}": yes_no("".join(unit[k] for unit in units)) for k in range(len(units[0]))}
    figures = agreement(annotations_of(answers), resamples=2)
    if not figures["per_framing"]:
        return
    task = nltk_task(answers)
    assert value(figures, "percent") == pytest.approx(task.avg_Ao())
    varied = [len(set("".join(unit[a] + unit[b] for unit in units))) > 1 for a in range(len(answers)) for b in range(a)]
    if all(varied):
        assert value(figures, "kappa") == pytest.approx(task.kappa())


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 4).flatmap(lambda n: st.lists(st.text("yn.", min_size=n, max_size=n), min_size=2, max_size=25)))
def test_alpha_with_missing_annotations_is_that_of_nltk(units):
    answers = {f"a{k}": yes_no("".join(unit[k] for unit in units)) for k in range(len(units[0]))}
    counted = "".join(unit.replace(".", "") for unit in units if len(unit) - unit.count(".") >= 2)
    figures = agreement(annotations_of(answers), resamples=2)
    if len(set(counted)) < 2:
        assert not figures["per_framing"] or value(figures, "alpha") is None
    else:
        assert value(figures, "alpha") == pytest.approx(nltk_task(answers).alpha())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": "1", "labels": []}, "needs 'annotator' and 'id'"),
        ({"annotator": "a", "id": 1, "labels": []}, "needs 'annotator' and 'id'"),
        ({"annotator": "a", "id": "1"}, "needs 'labels'"),
        ({"annotator": "a", "id": "1", "labels": "f"}, "must be a list"),
        ({"annotator": "a", "id": "1", "labels": [1]}, "must be a list"),
        ({"annotator": "a", "id": "0", "labels": []}, "labelled '0' twice"),
    ],
)
def test_a_bad_annotation_is_refused_by_its_place(row, message):
    rows = [("one:1", {"annotator": "a", "id": "0", "labels": ["f"]}), ("one:2", row)]
    with pytest.raises(LabelledSetError, match=rf"one:2: .*{message}"):
        parse_annotations(rows)


def written(tmp_path, name, labels):
    path = tmp_path / f"{name}.jsonl"
    rows = [{"annotator": name, "id": str(n), "labels": found} for n, found in enumerate(labels)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(path)


def test_the_command_reads_several_files_and_says_undefined(tmp_path):
    files = [written(tmp_path, "a", [["f"], ["g"], []]), written(tmp_path, "b", [["f"], [], []])]
    shown = CliRunner().invoke(cli.app, ["agreement", *files])
    assert shown.exit_code == ExitCode.DONE
    assert "3 sentences labelled twice" in shown.stdout
    assert "1.000 [1.000, 1.000]" in shown.stdout
    data = json.loads(CliRunner().invoke(cli.app, ["agreement", *files, "--format", "json"]).stdout)
    assert data["per_framing"]["f"]["kappa"]["value"] == 1.0
    same = [written(tmp_path, "c", [["f"], ["f"]]), written(tmp_path, "d", [["f"], ["f"]])]
    assert "undefined" in CliRunner().invoke(cli.app, ["agreement", *same]).stdout


def test_annotators_without_a_common_sentence_are_told_so(tmp_path):
    result = CliRunner().invoke(cli.app, ["agreement", written(tmp_path, "a", [["f"]])])
    assert isinstance(result.exception, LabelledSetError)
    assert "two annotators" in str(result.exception)
