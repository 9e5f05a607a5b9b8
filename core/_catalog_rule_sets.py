"""The table of keep rules that people saved, by name."""

from __future__ import annotations

from core.catalog import Catalog


def saved_rule_sets(catalog: Catalog) -> dict[str, str]:
    """The saved rule sets as JSON, by name and in order of the names."""
    return dict(catalog.rows("SELECT name, rules FROM rule_set ORDER BY name"))


def save_rule_set(catalog: Catalog, name: str, rules: str) -> None:
    """Save a rule set, in place of one of that name."""
    with catalog.transaction() as connection:
        connection.execute("INSERT OR REPLACE INTO rule_set (name, rules) VALUES (?, ?)", (name, rules))


def remove_rule_set(catalog: Catalog, name: str) -> bool:
    """Forget a rule set; whether there was one."""
    with catalog.transaction() as connection:
        return connection.execute("DELETE FROM rule_set WHERE name = ?", (name,)).rowcount > 0
