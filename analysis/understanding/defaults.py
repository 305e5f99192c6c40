"""Windows and other defaults, each with the chip that shows and changes it."""

from __future__ import annotations

from analysis.intent import Assumption, Window
from analysis.lexicon.loader import read
from analysis.metrics import METRICS, metric
from analysis.understanding.calendar import years_back
from analysis.understanding.draft import Draft

_WINDOWS = ("last year", "last 3 years", "last 5 years", "last 10 years", "whole history")
_AGGREGATIONS = {
    "mean": ("mean", "the mean of the members' figures"),
    "median": ("median", "the median of the members' figures"),
    "portfolio": ("portfolio", "an equal-weight portfolio, bought and held"),
    "rebalanced": ("rebalanced", "an equal-weight portfolio, rebalanced daily"),
}


def window(draft: Draft, records: bool = False) -> Window:
    """The window that was said, or the default: 5 years, for records the whole history."""
    if draft.window is not None:
        return draft.window
    found = whole(draft) if records else five_years(draft)
    value = "whole history" if records else "last 5 years"
    choices = tuple((text, _title(text)) for text in _WINDOWS)
    draft.assumptions.append(Assumption("window", value, _title(value), choices))
    return found


def five_years(draft: Draft) -> Window:
    last = draft.facts.last_date
    start = years_back(last, 5)
    if start is None or start < draft.facts.first_date:
        return Window(None, last, "last 5 years", "default")
    return Window(start, last, "last 5 years", "default")


def whole(draft: Draft) -> Window:
    return Window(None, draft.facts.last_date, "the whole history", "all")


def _title(text: str) -> str:
    return text[0].upper() + text[1:]


def metric_chip(draft: Draft, chosen: str, others: tuple[str, ...]) -> None:
    """A figure that the engine chose although others would do."""
    choices = tuple((phrase(name), metric(name).label) for name in (chosen, *others))
    draft.assumptions.append(Assumption("metric", phrase(chosen), metric(chosen).label, choices))


def phrase(name: str) -> str:
    """Words for a metric that this language reads back as that metric."""
    table = read("metrics")["phrases"]["metric"]
    if name in table:
        first: str = table[name][0]
        return first
    return METRICS[name].label.lower() if name in METRICS else name.replace("_", " ")


def aggregation(draft: Draft) -> str:
    """How figures of many stocks become one: as was said, or the mean, which a chip says."""
    said = draft.params.get("aggregation")
    if said:
        return str(said)
    choices = tuple(_AGGREGATIONS.values())
    draft.assumptions.append(Assumption("aggregation", "mean", "Mean of the members", choices))
    return "mean"


def chip(draft: Draft, slot: str, value: str, label: str, *choices: tuple[str, str]) -> None:
    """Says a default that was assumed; the first one of a slot stands."""
    if not any(a.slot == slot for a in draft.assumptions):
        draft.assumptions.append(Assumption(slot, value, label, ((value, label), *choices)))


def benchmark_chip(draft: Draft, metrics: tuple[str, ...]) -> None:
    index = draft.reading.names.index
    needs = any(metric(name).needs_benchmark for name in metrics)
    if not needs or "benchmark" in draft.params or index is None:
        return
    others = [(t, t) for t in list(draft.reading.names.tickers)[:3] if t not in draft.tickers]
    chip(draft, "benchmark", index, f"Against {_name(draft, index)}", *others)


def _name(draft: Draft, ticker: str) -> str:
    company = draft.facts.company(ticker)
    return company.short_name if company else ticker


def risk_free_chip(draft: Draft, metrics: tuple[str, ...]) -> None:
    if "sharpe" in metrics and "risk_free" not in draft.params:
        others = ((rate, rate) for rate in ("1 %", "2 %", "3 %"))
        chip(draft, "risk_free", "0 %", "Risk-free rate 0 %", *others)
