"""Whom a question is about where it does not say."""

from __future__ import annotations

from analysis.understanding import defaults
from analysis.understanding.draft import Draft


def subject(draft: Draft) -> None:
    """Where nobody is named and no stocks are asked for, the index is meant; a chip says so."""
    index = draft.reading.names.index
    if draft.tickers or draft.scoped or draft.universe or index is None:
        return
    draft.tickers.append(index)
    company = draft.facts.company(index)
    stocks = [(c.ticker, c.short_name) for c in draft.facts.stocks()[:4]]
    defaults.chip(draft, "ticker", index, company.short_name if company else index, *stocks)
