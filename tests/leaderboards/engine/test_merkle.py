"""Merkle trees: the reference roots of RFC 6962, and whatever leaf of whatever tree proves itself, and nothing else does."""

from dataclasses import dataclass

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.engine.merkle import (
    SALT,
    includes,
    leaf_hash,
    leaves_of,
    node_hash,
    path_to,
    root_from,
    root_of,
    salt_of,
    salted,
)

# Oracle O-MERKLE: the leaves and roots of the reference implementation of RFC 6962.
LEAVES = [
    bytes.fromhex(one)
    for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert root_of([leaf_hash(one) for one in LEAVES[:size]]).hex() == ROOTS[size]


def test_canonical_json_is_that_of_the_standard() -> None:
    """Oracle O-JCS: the sample of RFC 8785 (3.2.3)."""
    sample = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    said = rfc8785.dumps(sample).decode()
    numbers = "[333333333.3333333,1e+30,4.5,0.002,1e-27]"
    string = r"""€$\u000f\nA'B\"\\\\\"/"""  # the Euro sign as it is, the control signs escaped
    assert said == f'{{"literals":[null,true,false],"numbers":{numbers},"string":"{string}"}}'


def split_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, from above."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(split_root(leaves[:half]), split_root(leaves[half:]))


@given(st.integers(1, 200))
def test_building_from_below_is_the_definition_from_above(size: int) -> None:
    leaves = [leaf_hash(bytes([one % 256, one // 256])) for one in range(size)]
    assert root_of(leaves) == split_root(leaves)


@dataclass(frozen=True)
class Case:
    """A tree, one of its leaves, and its path."""

    leaves: list[bytes]
    index: int

    @property
    def path(self) -> list[bytes]:
        return path_to(self.leaves, self.index)


@st.composite
def cases(draw: st.DrawFn, least: int = 1) -> Case:
    size = draw(st.integers(least, 70))
    secret = draw(st.binary(min_size=32, max_size=32))
    leaves = leaves_of([{"entry": f"g{one}", "rank": one} for one in range(size)], secret)
    return Case(leaves, draw(st.integers(0, size - 1)))


@given(cases())
def test_every_leaf_proves_itself(case: Case) -> None:
    assert includes(root_of(case.leaves), case.leaves[case.index], case.index, len(case.leaves), case.path)


@given(cases(least=2), st.data())
def test_a_flipped_bit_proves_nothing(case: Case, data: st.DataObject) -> None:
    parts = [root_of(case.leaves), case.leaves[case.index], *case.path]
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    bad = bytearray(parts[which])
    bad[bit // 8] ^= 1 << (bit % 8)
    parts[which] = bytes(bad)
    assert not includes(parts[0], parts[1], case.index, len(case.leaves), parts[2:])


@given(cases(least=2), st.integers(-3, 80), st.integers(0, 80))
def test_a_wrong_index_proves_nothing(case: Case, index: int, size: int) -> None:
    root, leaf = root_of(case.leaves), case.leaves[case.index]
    if index != case.index:
        assert not includes(root, leaf, index, len(case.leaves), case.path)
    if size < case.index + 1:
        assert not includes(root, leaf, case.index, size, case.path)


@given(cases(least=2))
def test_a_path_too_short_or_too_long_proves_nothing(case: Case) -> None:
    root, leaf, size = root_of(case.leaves), case.leaves[case.index], len(case.leaves)
    assert not includes(root, leaf, case.index, size, case.path[:-1])
    assert not includes(root, leaf, case.index, size, [*case.path, leaf])


def test_no_leaf_is_in_an_empty_tree() -> None:
    assert root_from(leaf_hash(b""), 0, 0, []) is None
    with pytest.raises(IndexError):
        path_to([], 0)


def test_salts_are_long_and_different_for_each_row_and_each_tree() -> None:
    found = {salt_of(secret, index) for secret in (b"a" * 32, b"b" * 32) for index in range(100)}
    assert len(found) == 200
    assert {len(one) for one in found} == {SALT}
    with pytest.raises(ValueError, match="32 bytes"):
        salted({}, b"short")
