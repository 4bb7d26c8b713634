"""Oracle O-MFRM: seven scientists rated for five traits by three judges (Guilford 1954), severities of a many-facet Rasch model.

Regression only, as the source of the table is memory: the totals of judges 1 and 3 are the published ones (171, 181), judge 2's is 155 where
156 is published. One of judge 2's ratings is one too low, and which is not known. So every table that it can be is tried: what was published
(.040, .245, -.096, of which only differences mean something) has to come out near enough whichever is the true one.
"""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from leaderboards.engine.severity.ratings import Rating, ratings_of
from leaderboards.engine.severity.reml import fit

PUBLISHED = (0.040, 0.245, -0.096)
TOTALS = (171, 156, 181)
TABLE = (
    "55353 97585 33371 73133 97785 35351 77555",  # a judge's words are scientists, its figures traits
    "65463 87572 45366 56454 24323 44642 33554",
    "55573 77575 35555 53331 97777 33353 77757",
)
CATEGORIES = np.arange(9)


def tables() -> Iterator[np.ndarray]:
    """Judges × scientists × traits, each with one rating of judge 2 more by one."""
    told = np.array([[[int(figure) for figure in word] for word in row.split()] for row in TABLE])
    for scientist, trait in np.ndindex(told.shape[1:]):
        table = told.copy()
        table[1, scientist, trait] += 1
        yield table


def severities(ratings: np.ndarray) -> np.ndarray:
    """Joint maximum likelihood of the rating-scale model, in logits, whose mean is zero: log P(k) / P(k-1) = ability - trait - judge - step k."""
    sizes = ratings.shape
    judges, scientists, traits, steps = (np.zeros(size) for size in (*sizes, len(CATEGORIES) - 1))

    def chances() -> np.ndarray:
        ahead = (scientists[None, :, None] - traits - judges[:, None, None])[..., None] - steps
        sums = np.concatenate([np.zeros((*sizes, 1)), ahead.cumsum(axis=-1)], axis=-1)
        weights = np.exp(sums - sums.max(axis=-1, keepdims=True))
        shares: np.ndarray = weights / weights.sum(axis=-1, keepdims=True)
        return shares

    for _ in range(60):
        for facet, others, sign in ((judges, (1, 2), -1), (scientists, (0, 2), 1), (traits, (0, 1), -1)):
            chance = chances()
            expected = chance @ CATEGORIES
            spread = chance @ CATEGORIES**2 - expected**2
            facet[:] += sign * np.clip((ratings - 1 - expected).sum(others) / spread.sum(others), -0.5, 0.5)
        chance = chances()
        for number in range(len(steps)):
            above = chance[..., number + 1 :].sum(axis=-1)
            seen = (ratings > number + 1).sum()
            steps[number] -= np.clip((seen - above.sum()) / (above * (1 - above)).sum(), -0.5, 0.5)
        for facet in (judges, traits, steps):
            facet[:] -= facet.mean()
    return judges


def offsets(ratings: np.ndarray) -> np.ndarray:
    """What our fit takes off each judge, in points; each scientist's trait is an entry."""
    marks = [
        Rating(f"e{scientist}-{trait}", f"j{judge}", Fraction(int(value)))
        for (judge, scientist, trait), value in np.ndenumerate(ratings)
    ]
    found = fit(ratings_of(marks))
    return np.array([found.offsets[found.ratings.judges.index(f"j{judge}")] for judge in range(3)])


def test_the_published_severities_come_out_of_every_table_it_can_be() -> None:
    wanted = np.array(PUBLISHED) - PUBLISHED[0]
    for table in tables():
        assert tuple(table.sum(axis=(1, 2))) == TOTALS
        found = severities(table)
        assert found - found[0] == pytest.approx(wanted, abs=0.015)


def test_our_offsets_say_of_the_judges_what_the_many_facet_model_says() -> None:
    """Everybody rated everything: what we take off is in proportion to severities, the other way round."""
    for table in tables():
        ours = offsets(table)
        assert (ours[2] - ours[1]) / (ours[2] - ours[0]) == pytest.approx(
            (PUBLISHED[1] - PUBLISHED[2]) / (PUBLISHED[0] - PUBLISHED[2]), rel=0.01
        )
        assert ours[2] > ours[0] > ours[1]
