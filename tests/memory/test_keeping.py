"""What a channel's account keeps: its own, by name, bounded."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from memory.units.keeping import LONGEST_VALUE, MOST_NAMES, keep_value, kept_names, kept_value


def test_the_newest_value_is_kept(connection: Connection) -> None:
    keep_value(connection, "mail", "cursor", "7", 1)
    keep_value(connection, "mail", "cursor", "8", 2)
    assert kept_value(connection, "mail", "cursor") == "8"


def test_an_account_keeps_its_own(connection: Connection) -> None:
    keep_value(connection, "mail", "cursor", "7", 1)
    keep_value(connection, "other", "cursor", "1", 1)
    assert kept_value(connection, "mail", "cursor") == "7"
    assert kept_names(connection, "other", "") == ["cursor"]


def test_a_dropped_value_is_gone(connection: Connection) -> None:
    keep_value(connection, "mail", "cursor", "7", 1)
    keep_value(connection, "mail", "cursor", None, 2)
    assert kept_value(connection, "mail", "cursor") is None
    assert kept_names(connection, "mail", "") == []


def test_names_are_found_by_how_they_begin(connection: Connection) -> None:
    for name in ("team:b", "team:a", "cursor", "team_x"):
        keep_value(connection, "slack", name, "1", 1)
    assert kept_names(connection, "slack", "team:") == ["team:a", "team:b"]


def test_a_value_that_is_too_long_is_refused(connection: Connection) -> None:
    with pytest.raises(ValueError, match="too long"):
        keep_value(connection, "mail", "cursor", "x" * (LONGEST_VALUE + 1), 1)


def test_an_account_cannot_keep_without_end(connection: Connection) -> None:
    for number in range(MOST_NAMES):
        keep_value(connection, "mail", f"name{number}", "1", 1)
    keep_value(connection, "mail", "name0", "2", 2)
    with pytest.raises(ValueError, match="already"):
        keep_value(connection, "mail", "one more", "1", 1)
