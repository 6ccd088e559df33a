"""Themes: the file that names them, their terms, and what they are for."""

from pathlib import Path

import numpy as np
import pytest

from classifier.errors import LabelledSetError
from classifier.explaining import explain
from classifier.features import Analyser, FeatureSettings, stem, stem_of
from classifier.fitting import ordered_terms
from classifier.storage import load_model, save_model, settings_record
from classifier.themes import MOST_THEMES, listed, parse_listed
from classifier.thesaurus import load_themes
from classifier.weights import Weights

SHIPPED = Path(__file__).resolve().parent.parent / "labelled" / "themes.toml"
THEMES = {"sanct": "penalty", "forfeit": "penalty", "benefit": "benefit", "credit": "benefit"}


def written(tmp_path, text):
    path = tmp_path / "themes.toml"
    path.write_text(text)
    return path


def test_words_of_one_stem_are_in_the_theme_of_the_word_that_is_listed(tmp_path):
    themes = load_themes(written(tmp_path, '[themes]\npenalty = "sanction forfeit"\n'))
    assert themes == {stem("sanctioned"): "penalty", stem("forfeits"): "penalty"}


def test_a_folder_without_the_file_has_no_themes(tmp_path):
    assert load_themes(tmp_path / "themes.toml") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[themes]\npenalty = "sanction"\nworld = "sanctions"\n',
            "'sanctions' stands in two themes, penalty and world",
        ),
        ('[themes]\n"@x" = "sanction"\n', "lower-case word"),
        ("[themes]\npenalty = 3\n", "text of words"),
        ("[themes\n", "not a valid TOML file"),
        ("themes = 7\n", "at most"),
        ("[themes]\n" + "".join(f'{"x" * n} = "y{n}"\n' for n in range(1, MOST_THEMES + 2)), "at most"),
    ],
)
def test_a_file_that_breaks_the_rules_is_refused_by_name(tmp_path, text, message):
    with pytest.raises(LabelledSetError, match=message) as refused:
        load_themes(written(tmp_path, text))
    assert "themes.toml" in str(refused.value)


def test_what_a_model_keeps_of_the_shipped_themes_gives_them_back():
    themes = load_themes(SHIPPED)
    assert len(set(themes.values())) > 50
    assert parse_listed(listed(themes)) == themes


def test_a_sentence_has_a_theme_for_each_stem_of_it_and_two_themes_once_for_all():
    analyse = Analyser(FeatureSettings(0, (), themes=THEMES, near_distance=1))
    of_one = "credit benefit forfeit @benefit @benefit @penalty"
    near = "@benefit benefit, credit @benefit, @benefit credit, benefit @benefit, @benefit forfeit, credit @penalty"
    found = sorted(analyse("Credit, benefit, credit: forfeit."))
    assert found == sorted([*of_one.split(), *near.split(", "), "@benefit@penalty"])


@pytest.fixture
def model(tmp_path):
    """A model that knows one thing: penalties beside benefits are conditionality."""
    _, terms = ordered_terms(["@benefit@penalty", "@penalty benefit", "benefit", "@penalty"])
    coefficients = np.array([[8.0, 0.0] if term == "@benefit@penalty" else [0.0, 0.0] for term in terms])
    weights = Weights(
        ("conditionality", "contested"),
        terms,
        idf=np.ones(4),
        coefficients=coefficients,
        intercepts=np.array([-2.0, -2.0]),
        slopes=np.ones(2),
        offsets=np.zeros(2),
        thresholds=np.full((2, 2), 0.5),
    )
    settings = FeatureSettings(0, (), 1, 0.0, THEMES, 1)
    save_model(tmp_path / "model", weights, {"settings": settings_record(settings)}, {})
    return load_model(tmp_path / "model")


def test_what_is_learned_of_one_word_holds_for_another_of_its_theme(model):
    said, unsaid = "They will forfeit their credits.", "They will forfeit their tickets."
    assert model.account(said).probabilities[0] > 0.9
    assert model.account(unsaid).probabilities[0] < 0.2
    np.testing.assert_allclose(
        model.probabilities([said, unsaid])[:, 0], [model.account(text).probabilities[0] for text in (said, unsaid)]
    )


def test_the_account_of_two_themes_names_the_first_word_of_each(model):
    account = model.account("They forfeit credits, and benefits")
    shares = [round(float(share), 3) for share in account.shares[0]]
    assert shares[1] == shares[2] > 0
    assert shares[0] == shares[3] == shares[4] == 0
    by_the_block = next(model.scorer.parts(["They forfeit credits, and benefits"]))[1].shares
    np.testing.assert_allclose(by_the_block[0], account.shares[0])


def test_an_explanation_names_the_themes(model):
    explanation = explain(model, "They forfeit credits", "conditionality")
    assert explanation.contributions[0].term == "@benefit@penalty"
    assert sum(c.value for c in explanation.contributions) + explanation.intercept == pytest.approx(explanation.logit)


@pytest.mark.parametrize(
    ("word", "other"), [("willing", "will"), ("billions", "bill"), ("nationally", "nations"), ("careers", "care")]
)
def test_words_that_only_look_alike_have_stems_of_their_own(word, other):
    assert stem_of(word) != stem_of(other)
    assert stem_of(word) == stem_of(word.removesuffix("s").removesuffix("ly"))
