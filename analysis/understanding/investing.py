"""What-if questions: money put into stocks, once or every month."""

from __future__ import annotations

from analysis.intent import Intent, Window
from analysis.understanding import defaults
from analysis.understanding.building import ask, build
from analysis.understanding.data_range import checked
from analysis.understanding.draft import Draft


def whatif(draft: Draft) -> Intent | None:
    """ "What if I had invested $1,000 in Apple in 2010?": once or every month."""
    if not draft.invested:
        return None
    if not draft.tickers and not draft.scoped:
        choices = [(c.ticker, c.short_name) for c in draft.facts.companies[:3]]
        index = draft.reading.names.index
        first = [(index, "the S&P 500" if index == "SP500" else index)] if index else []
        ask(draft, "ticker", "In which stock?", tuple(first + choices))
    mode = draft.params.get("mode") or _mode(draft)
    draft.reading.take("versus")
    together = draft.reading.take("average", "portfolio") or draft.average == "portfolio"
    draft.params.pop("aggregation", None)
    _claim_empty(draft)
    if draft.scoped:
        from_scope = tuple(draft.tickers)
        draft.tickers = list(dict.fromkeys([*from_scope, *_members(draft)]))
        draft.expanded = True
    return build(
        draft, "whatif", invested_since(draft), (), amount=draft.amount, mode=mode,
        aggregation="portfolio" if together and len(draft.tickers) > 1 else None,
    )  # fmt: skip


def _members(draft: Draft) -> tuple[str, ...]:
    from_groups = [
        t for g in (*draft.sectors, *draft.industries) for t in draft.reading.names.members(g)
    ]
    return tuple(t for t in from_groups if t not in draft.exclude)


def _mode(draft: Draft) -> str:
    if not draft.invest_said:
        defaults.chip(draft, "mode", "lump sum", "Invested once", ("every month", "Every month"))
        return "lump"
    ask(
        draft, "mode", "Was the money invested once or every month?",
        (("lump sum", "once, at the start"), ("every month", "every month")),
    )  # fmt: skip


def _claim_empty(draft: Draft) -> None:
    """ "how much would I have made": the value is the answer, whatever the verb."""
    for item in draft.reading.items:
        if item.is_("move", "up") and not item.used:
            item.used = True


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
        start = (
            max(span.base, draft.facts.first_date)
            if span.base < draft.facts.first_date
            else span.base
        )
        return Window(start, last, f"since {span.label}", "since")
    return defaults.window(draft)
