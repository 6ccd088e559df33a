"""How much of a document speaks against the framings that it names, and what follows for each of its sentences.

Knows probabilities; knows nothing of words. A government release contests next to nothing, a critic's article every second
framing: a probability that is right for the labelled set as a whole is too low in the one and too high in the other. The share
of a document is therefore estimated from its own sentences, by expectation and maximisation, and their probabilities are moved
to that share (Saerens, Latinne and Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori probabilities").
"""

from collections.abc import Sequence

FEWEST = 3  # sentences with a framing; fewer say nothing about a document
PRIOR_SENTENCES = 4.0  # so many sentences at the usual share are added to the document's own
_ROUNDS = 50
_EDGE = 1e-9


def own_share(probabilities: Sequence[float], usual: float) -> float:
    """Return the share of contested sentences in one document, `usual` where there are too few to tell.

    `probabilities` are those of its sentences with a framing, right where a share of `usual` is contested.

    >>> round(own_share([0.9, 0.8, 0.9, 0.7, 0.1], 0.13), 2), round(own_share([0.01] * 9, 0.13), 2)
    (0.54, 0.04)
    """
    if len(probabilities) < FEWEST or not 0 < usual < 1:
        return usual
    share = usual
    for _ in range(_ROUNDS):
        expected = sum(at_share(p, usual, share) for p in probabilities)
        share = (expected + PRIOR_SENTENCES * usual) / (len(probabilities) + PRIOR_SENTENCES)
    return share


def at_share(probability: float, usual: float, share: float) -> float:
    """Return a probability that is right at a share of `usual` as it is at `share`, both between 0 and 1.

    >>> at_share(0.2, 0.2, 0.5)
    0.5
    """
    if usual == share:
        return probability
    p = min(max(probability, _EDGE), 1 - _EDGE)
    odds = p / (1 - p) * (share / (1 - share)) / (usual / (1 - usual))
    return odds / (1 + odds)
