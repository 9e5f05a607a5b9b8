"""Keep rules that people saved under a name, beside those that are always there."""

from __future__ import annotations

import json
import logging

from core._catalog_rule_sets import remove_rule_set, save_rule_set, saved_rule_sets
from core.catalog import Catalog
from core.records import Relation, ReviewError
from core.review.rules import PRESETS, Rule, RuleSet

logger = logging.getLogger(__name__)


def saved(catalog: Catalog) -> dict[str, RuleSet]:
    """The saved rule sets by name; one that a newer Twinsight wrote is left out."""
    found = {}
    for name, text in saved_rule_sets(catalog).items():
        try:
            found[name] = _parse(text)
        except (ReviewError, ValueError, KeyError, TypeError):
            logger.warning("the saved keep rules %r cannot be read", name, exc_info=True)
    return found


def save(catalog: Catalog, name: str, rules: RuleSet) -> None:
    """Save a rule set under a name, in place of an older one.

    Raises:
        ReviewError: The name is empty, or that of a rule set that is always there.
    """
    name = name.strip()
    if not name or name in PRESETS:
        raise ReviewError(f"Keep rules cannot be saved as {name!r}; choose another name.")
    document = {"rules": [str(rule) for rule in rules.rules], "also": sorted(rules.also)}
    save_rule_set(catalog, name, json.dumps(document))


def forget(catalog: Catalog, name: str) -> None:
    """Forget a saved rule set.

    Raises:
        ReviewError: There is none of that name.
    """
    if not remove_rule_set(catalog, name):
        raise ReviewError(f"There are no saved keep rules {name!r}.")


def named(catalog: Catalog, text: str) -> RuleSet:
    """The rule set of a name, or of rules with commas between them ("covers-most,oldest").

    Raises:
        ReviewError: It is neither.
    """
    known = {**saved(catalog), **PRESETS}
    if text in known:
        return known[text]
    try:
        return RuleSet(tuple(Rule.parse(part) for part in text.split(",")))
    except ReviewError as error:
        raise ReviewError(f"{error} Keep rules by name are {', '.join(known)}.") from error


def _parse(text: str) -> RuleSet:
    document = json.loads(text)
    rules = tuple(Rule.parse(rule) for rule in document["rules"])
    return RuleSet(rules, frozenset(Relation(name) for name in document["also"]))
