"""Every rule that claims words, in the order in which they may take them."""

from __future__ import annotations

from analysis.understanding.alternatives import find_alternatives
from analysis.understanding.conditions import find_conditions
from analysis.understanding.draft import Draft
from analysis.understanding.entities import find_entities
from analysis.understanding.metrics import find_metrics
from analysis.understanding.money import find_money
from analysis.understanding.ordering import find_order
from analysis.understanding.ordinals import find_position
from analysis.understanding.outcomes import find_outcomes
from analysis.understanding.settings import find_settings
from analysis.understanding.windows import find_windows


def find_all(draft: Draft) -> None:
    find_settings(draft)
    find_money(draft)
    find_windows(draft)
    find_conditions(draft)
    find_outcomes(draft)
    find_alternatives(draft)
    find_entities(draft)
    find_position(draft)
    find_order(draft)
    find_metrics(draft)
