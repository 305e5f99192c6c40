"""How returns are sampled: log or simple, daily, weekly or monthly."""

from __future__ import annotations

from analysis.intent import Question
from analysis.understanding.draft import Draft, Stop
from analysis.understanding.reading import Item

_SCALED = ("volatility", "sharpe", "sortino", "tracking_error", "information_ratio", "alpha")


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
        item.tags.get("metric") in _SAMPLED
        or ("vague" in item.tags and item.tags["vague"] in ("safest", "riskiest", "stable"))
        for item in reading.items
    )
    for name in ("weekly", "monthly", "daily"):
        if sampled and reading.take("setting", name) and name != "daily":
            draft.params["frequency"] = name
    _frequency_adjective(draft)


def _frequency_adjective(draft: Draft) -> None:
    """ "monthly volatility" has two meanings that differ: ask; "monthly beta" has one."""
    items = draft.reading.items
    figures = {i.tags.get("metric") for i in items} & set(_SAMPLED)
    for i, item in enumerate(items):
        name = item.tags.get("frequency")
        if item.used or name not in ("weekly", "monthly", "daily") or not figures:
            continue
        after = draft.reading.at(i + 1)
        beside = after.tags.get("metric") if after is not None else None
        if beside in _SCALED:
            _ask_frequency(draft, item)
        elif beside in _SAMPLED or after is None or "average" not in after.tags:
            item.used = True
            if name != "daily":
                draft.params["frequency"] = name


def _ask_frequency(draft: Draft, item: Item) -> None:
    said = draft.overrides.get("frequency")
    name = item.tags["frequency"]
    item.used = True
    if said is not None or (name == "daily" and draft.reading.has("metric", "beta")):
        return
    other = "weekly" if name == "daily" else name
    raise Stop(
        Question(
            "frequency",
            "Which returns should the figure be computed from? It is a yearly figure either way.",
            (
                (f"{other} returns", f"from {other} returns"),
                ("daily returns", "from daily returns"),
            ),
            f"{name} returns",
        )
    )
