import json
import random
import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.codebook import load_codebook, parse_codebook
from classifier.composition import composition, composition_table, grams_of, has_keyword, near_duplicates, similar_pairs
from classifier.errors import LabelledSetError
from classifier.labelled_set import LabelledSentence, load_labelled
from classifier.places import codebook_path, labelled_path
from classifier.references import words_of

CODEBOOK = load_codebook(codebook_path())
NAMED_FIRST = ("work_as_health_outcome", "sick_note_culture", "voluntary_claim")
GENRES = (
    "press_release",
    "quote",
    "speech",
    "white_paper",
    "parliamentary_answer",
    "letter_claimant",
    "letter_gp",
    "web_guidance",
    "press_qa",
    "leaflet",
    "bulletin",
    "tweet",
)


@pytest.fixture(scope="module")
def written():
    return load_labelled(labelled_path() / "sentences.jsonl", CODEBOOK)


@pytest.fixture(scope="module")
def held_out():
    return load_labelled(labelled_path() / "held-out.jsonl", CODEBOOK)


@pytest.fixture(scope="module")
def counted(written):
    return composition(written, CODEBOOK)


def test_the_composition_is_printed(counted, capsys):
    table = composition_table(counted)
    with capsys.disabled():
        print(f"\n{table}")
    assert all(name in table for name in CODEBOOK.ids)


def test_no_two_written_sentences_outside_a_family_are_near_duplicates(written, held_out):
    found = near_duplicates([*written, *held_out])
    shown = [f"{pair.first.id} {pair.second.id} {pair.similarity:.2f}: {pair.first.text}" for pair in found]
    assert not found, "\n".join(shown)


def test_no_two_written_sentences_are_the_same_words(written, held_out):
    ids: dict[tuple[str, ...], str] = {}
    same = [
        (row.id, other)
        for row in [*written, *held_out]
        if (other := ids.setdefault((*words_of(row.text),), row.id)) != row.id
    ]
    assert same == []


def test_there_are_enough_written_sentences_of_every_kind(counted):
    assert counted.sentences >= 3500
    lacking = {"neutral": 600, "off_topic": 500, "contested": 350}
    assert {
        kind: counted.kinds.get(kind, 0) for kind, least in lacking.items() if counted.kinds.get(kind, 0) < least
    } == {}


@pytest.mark.parametrize("framing", CODEBOOK.ids)
def test_every_framing_has_enough_positives_hard_negatives_and_minimal_pairs(counted, framing):
    row = counted.framings[framing]
    assert row.positives >= (260 if framing in NAMED_FIRST else 160)
    assert row.without_keywords >= 50
    assert row.hard_negatives >= 90
    assert row.minimal_pairs >= 25


def test_a_fifth_of_the_written_sentences_have_two_framings_or_more(counted):
    assert counted.several_framings >= 0.2


def test_what_is_held_out_comes_from_other_passages_and_covers_every_framing(written, held_out):
    assert {row.group for row in held_out}.isdisjoint(row.group for row in written)
    counts = composition(held_out, CODEBOOK).framings
    assert min(row.positives for row in counts.values()) >= 200


def test_every_genre_decade_and_nation_is_there(counted):
    assert {genre for genre in GENRES if genre not in counted.genres} == set()
    assert set(counted.decades) == {"1990s", "2000s", "2010s", "2020s"}
    assert {"england", "scotland", "wales", "northern_ireland"} <= set(counted.nations)


def test_press_releases_with_ministers_quotations_are_the_largest_genre(counted):
    press = counted.genres["press_release"] + counted.genres["quote"]
    assert press > max(count for genre, count in counted.genres.items() if genre not in ("press_release", "quote"))


def test_lengths_are_those_of_real_text(counted):
    assert counted.words["shortest"] <= 4
    assert counted.words["longest"] >= 50


SMALL = parse_codebook(
    {
        "framing": [
            {"id": "f", "name": "f", "definition": "f", "keywords": ["incentiv"]},
            {"id": "g", "name": "g", "definition": "g"},
        ]
    },
    "here",
)


def sentence(id, text="x", labels=(), kind="positive", **fields):  # noqa: A002
    return LabelledSentence(id, text, tuple(labels), None, kind, **fields)


def test_the_composition_counts_what_it_says():
    rows = [
        sentence("1", "A disincentive.", ["f"], family="p1", year=1999),
        sentence("2", "No reason to go.", ["f", "g"], family="p2", year=2024),
        sentence("3", "It is paid.", kind="hard_negative", near=("f",), family="p1"),
        sentence("4", "It is paid.", kind="hard_negative", near=("f",)),
        sentence("5", "One two three four.", kind="neutral", family="p2"),
    ]
    found = composition(rows, SMALL)
    row = found.framings["f"]
    assert (row.positives, row.without_keywords, row.hard_negatives, row.minimal_pairs) == (2, 1, 2, 1)
    assert found.framings["g"].positives == 1
    assert found.several_framings == 0.2
    assert found.decades == {"1990s": 1, "2020s": 1}
    assert found.words["longest"] == 4
    assert composition([], SMALL).sentences == 0


def test_a_key_word_counts_inside_a_word_and_with_any_apostrophe():
    framing = parse_codebook(
        {"framing": [{"id": "f", "name": "f", "definition": "f", "keywords": ["can't", "Cost"]}]}, "x"
    ).framings[0]
    assert has_keyword("They CAN’T.", framing)
    assert has_keyword("The costs", framing)
    assert not has_keyword("They cannot.", framing)


def jaccard(one, other):
    return len(grams_of(one) & grams_of(other)) / len(grams_of(one) | grams_of(other))


def test_near_duplicates_are_found_across_families_only():
    text = "Nobody will lose money by staying away from the meeting."
    other = "Nobody will lose any money by staying away from the meeting!"
    rows = [
        sentence("1", text, family="p"),
        sentence("2", other, family="p"),
        sentence("3", text.upper()),
        sentence("4", "Far."),
    ]
    assert [(pair.first.id, pair.second.id) for pair in near_duplicates(rows)] == [("1", "3"), ("2", "3")]
    assert near_duplicates(rows)[0].similarity == 1


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text("abc ", min_size=1, max_size=30), max_size=12), st.sampled_from([0.2, 0.5, 0.55, 0.8, 1.0]))
def test_the_search_for_similar_pairs_is_exact(texts, threshold):
    expected = {
        (i, j): jaccard(texts[i], texts[j])
        for i, j in combinations(range(len(texts)), 2)
        if jaccard(texts[i], texts[j]) >= threshold - 1e-12
    }
    found = {(i, j): similarity for i, j, similarity in similar_pairs(texts, threshold)}
    assert found == pytest.approx(expected)


def test_the_search_is_exact_on_real_sentences(written):
    texts = [row.text for row in random.Random(0).sample(written, 400)]
    texts += [text.replace("the", "a") for text in texts[:50]] + [text[: len(text) * 2 // 3] for text in texts[:50]]
    grams = [grams_of(text) for text in texts]
    expected = {
        (i, j)
        for i, j in combinations(range(len(texts)), 2)
        if len(grams[i] & grams[j]) >= 0.55 * len(grams[i] | grams[j])
    }
    assert {(i, j) for i, j, _ in similar_pairs(texts, 0.55)} == expected
    assert len(expected) > 50


GOOD = {"id": "a1", "text": "Nobody has to come.", "labels": ["voluntary_claim"], "stance": "asserted"}


def load(tmp_path, *rows):
    path = tmp_path / "sentences.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return load_labelled(path, CODEBOOK)


def test_a_row_is_read_with_what_it_leaves_out(tmp_path):
    written, real = load(
        tmp_path, GOOD, {**GOOD, "id": "q1", "kind": "real", "document": "d", "route": "random", "weight": 2.5}
    )
    assert (written.route, written.weight, written.kind, written.group) == ("written", 1.0, "positive", "a1")
    assert (real.route, real.weight, real.kind, real.group) == ("random", 2.5, "real", "d")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": " "}, "'text' must be a sentence"),
        ({"text": 1}, "'text' must be a sentence"),
        ({"labels": None}, "'labels' must be a list"),
        ({"labels": ["voluntary_claim"] * 2}, "'labels' must be a list of framing ids, each once"),
        ({"labels": ["voluntary"]}, "no framing 'voluntary'"),
        ({"labels": [["voluntary_claim"]]}, "there is no framing"),
        ({"near": None}, "'near' must be a list"),
        ({"near": ["incentive"]}, "did you mean 'incentives'"),
        ({"stance": None}, "needs a stance"),
        ({"stance": "against"}, "needs a stance"),
        ({"labels": []}, "has no stance"),
        ({"kind": "good"}, "no kind 'good'"),
        ({"kind": "neutral"}, "kind 'neutral' can't carry a framing"),
        ({"labels": [], "stance": None, "kind": "contested"}, "kind 'contested' needs at least one framing"),
        ({"year": "1999"}, "'year' must be a whole number"),
        ({"weight": 0}, "'weight' must be a number above 0"),
        ({"weight": "2"}, "'weight' must be a number above 0"),
        ({"weight": float("nan")}, "'weight' must be a number above 0"),
        ({"weight": float("inf")}, "'weight' must be a number above 0"),
    ],
)
def test_a_bad_row_is_refused_by_file_and_line(tmp_path, change, message):
    with pytest.raises(LabelledSetError, match=rf"sentences\.jsonl:2: .*{re.escape(message)}"):
        load(tmp_path, {**GOOD, "id": "a0"}, {**GOOD, **change})


@pytest.mark.parametrize(
    ("line", "message"),
    [(json.dumps(GOOD), "id 'a1' stands twice"), ("{", "not valid JSON"), ("[]", "not a JSON object")],
)
def test_a_line_that_is_no_row_of_its_own_is_refused(tmp_path, line, message):
    with pytest.raises(LabelledSetError, match=rf"sentences\.jsonl:3: {message}"):
        load(tmp_path, GOOD, "", line)


def test_a_file_that_can_not_be_read_is_named(tmp_path):
    with pytest.raises(LabelledSetError, match=r"none\.jsonl: can't be read"):
        load_labelled(tmp_path / "none.jsonl", CODEBOOK)
    (tmp_path / "latin.jsonl").write_bytes(b'{"text": "caf\xe9"}')
    with pytest.raises(LabelledSetError, match=r"latin\.jsonl: not UTF-8 \(byte 13\)"):
        load_labelled(tmp_path / "latin.jsonl", CODEBOOK)
