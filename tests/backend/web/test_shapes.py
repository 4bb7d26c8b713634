import pytest

from backend.web.shapes import decimals_in, money


@pytest.mark.parametrize(
    ("texts", "decimals"),
    [
        ([], 0),
        (["7", None, "12"], 0),
        (["7", "22.935"], 3),
        (["275/3", "250/3", None], 2),
        (["275/3", "1.125"], 3),
        (["10001/30000", "1/3"], 4),
    ],
)
def test_a_column_has_as_many_decimals_as_tell_its_numbers_apart(texts, decimals):
    assert decimals_in(texts) == decimals


@pytest.mark.parametrize(
    ("cents", "words"), [(None, ""), (0, ""), (50, "0.50 EUR"), (1_200_000, "12,000 EUR"), (1_200_050, "12,000.50 EUR")]
)
def test_money_has_cents_where_there_are_any(cents, words):
    assert money(cents, "EUR") == words
