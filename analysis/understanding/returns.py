"""How returns are sampled: log or simple, daily, weekly or monthly."""

from __future__ import annotations

from analysis.intent import Question
from analysis.understanding.draft import Draft
from analysis.understanding.reading import Item
from analysis.understanding.stopping import Stop

# They are told as yearly figures, whatever returns they are computed from.
YEARLY_FIGURES = (
    "volatility", "sharpe", "sortino", "tracking_error", "information_ratio", "alpha",
)  # fmt: skip
_SAMPLED = (
    "volatility", "sharpe", "sortino", "beta", "alpha", "correlation", "tracking_error",
    "information_ratio", "skewness", "kurtosis", "var_95", "cvar_95", "up_capture", "down_capture",
)  # fmt: skip


def returns(draft: Draft) -> None:
    """Log returns; weekly or monthly returns under a figure that is computed from returns."""
    reading = draft.reading
    if reading.take("setting", "log"):
        draft.params["returns"] = "log"
    reading.take("setting", "simple")
    sampled = any(
        item.is_("metric", *_SAMPLED) or item.is_("vague", "safest", "riskiest", "stable")
        for item in reading.items
    )
    for name in ("weekly", "monthly", "daily"):
        if sampled and reading.take("setting", name) and name != "daily":
            draft.params["frequency"] = name
    _frequency_adjective(draft)


def _frequency_adjective(draft: Draft) -> None:
    """ "monthly volatility" has two meanings that differ: ask; "monthly beta" has one."""
    if not draft.reading.has("metric", *_SAMPLED):
        return
    for i, item in enumerate(draft.reading.items):
        if item.used or not item.is_("frequency", "weekly", "monthly", "daily"):
            continue
        after = draft.reading.at(i + 1)
        if after.is_("metric", *YEARLY_FIGURES):
            _ask_frequency(draft, item)
        elif after.is_("metric", *_SAMPLED) or not after.is_("average"):
            item.used = True
            if not item.is_("frequency", "daily"):
                draft.params["frequency"] = item.tags["frequency"]


def _ask_frequency(draft: Draft, item: Item) -> None:
    said = draft.overrides.get("frequency")
    name = item.tags["frequency"]
    item.used = True
    if said is not None or (name == "daily" and draft.reading.has("metric", "beta")):
        return
    text = "Which returns should the figure be computed from? It is a yearly figure either way."
    others = ("weekly" if name == "daily" else name, "daily")
    choices = tuple((f"{other} returns", f"from {other} returns") for other in others)
    raise Stop(Question("frequency", text, choices, default=f"{name} returns"))
