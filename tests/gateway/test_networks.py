"""Addresses of one house count as one."""

from __future__ import annotations

import pytest

from gateway.access.networks import network_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::9"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
    ],
)
def test_addresses_of_one_network_are_counted_together(one: str, other: str) -> None:
    assert network_of(one) == network_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2::5", "2001:db8:1:3::5"), ("192.0.2.7", "192.0.2.8"), ("unknown", "::1")],
)
def test_addresses_of_two_networks_are_not(one: str, other: str) -> None:
    assert network_of(one) != network_of(other)
