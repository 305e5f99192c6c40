"""What-if questions: money put into stocks, once or every month."""

from __future__ import annotations

from typing import NoReturn

from analysis.intent import Intent, Window
from analysis.understanding import defaults
from analysis.understanding.building import build, members
from analysis.understanding.data_range import checked
from analysis.understanding.draft import Draft
from analysis.understanding.stopping import ask


def whatif(draft: Draft) -> Intent | None:
    """ "What if I had invested $1,000 in Apple in 2010?": once or every month."""
    if not draft.invested:
        return None
    if not draft.tickers and not draft.scoped:
        _ask_stock(draft)
    mode = draft.params.get("mode") or _mode(draft)
    draft.reading.take("versus")
    together = draft.reading.take("average", "portfolio") or draft.average == "portfolio"
    draft.params.pop("aggregation", None)
    draft.reading.take("move", "up")  # "how much would I have made": the value is the answer
    if draft.scoped:
        draft.tickers = list(dict.fromkeys([*draft.tickers, *members(draft)]))
        draft.expanded = True
    return build(
        draft, "whatif", invested_since(draft), (), amount=draft.amount, mode=mode,
        aggregation="portfolio" if together and len(draft.tickers) > 1 else None,
    )  # fmt: skip


def _ask_stock(draft: Draft) -> NoReturn:
    companies = draft.facts.companies
    indexes = [(c.ticker, f"the {c.short_name}") for c in companies if c.kind == "index"]
    stocks = [(c.ticker, c.short_name) for c in draft.facts.stocks()[:3]]
    ask("ticker", "In which stock?", (*indexes[:1], *stocks))


def _mode(draft: Draft) -> str:
    if not draft.invest_said:
        defaults.chip(draft, "mode", "lump sum", "Invested once", ("every month", "Every month"))
        return "lump"
    choices = (("lump sum", "once, at the start"), ("every month", "every month"))
    ask("mode", "Was the money invested once or every month?", choices)


def invested_since(draft: Draft) -> Window:
    """ "in 2010" is when the money went in; it stays in to the end of the data."""
    last = draft.facts.last_date
    if len(draft.days) == 2 and draft.window is None:
        first, then = draft.days
        label = f"{first.label} to {then.label}"
        draft.days = []
        return checked(Window(first.base, then.end, label, "range"), draft)
    if draft.days and draft.window is None:
        day = draft.days[0]
        return Window(day.base, last, f"since {day.label}", "since")
    if draft.spans and draft.window is not None and len(draft.windows) == 1:
        span = draft.spans[0]
        start = max(span.base, draft.facts.first_date)
        return Window(start, last, f"since {span.label}", "since")
    return defaults.window(draft)
