"""Who takes part: the members of a plan, as SQL and parameters."""

from __future__ import annotations

from typing import Any

from analysis import script_files
from analysis.composition import Relation
from analysis.errors import UnplannableIntent
from analysis.intent import Intent
from analysis.market_facts import Company, MarketFacts

MOST_LINES = 50  # tickers whose every day, or every pair, is listed

# Prices have no gaps (the import refuses them), so a ticker's first and last day say it all.
COVERED = (
    "least(last_day, (SELECT last_day FROM span)) - "
    "greatest(first_day, (SELECT first_day FROM span)) + 1\n"
    "      >= 0.8 * (SELECT last_day - first_day + 1 FROM span)"
)
# A portfolio is bought at the start, so its members need a price there, and one at the end.
WHOLE = "first_day <= (SELECT first_day FROM span) AND last_day >= (SELECT last_day FROM span)"


def parameters(intent: Intent) -> dict[str, Any]:
    """What `conditions` names, and the tickers that others are measured against."""
    return {
        "tickers": list(intent.tickers),
        "exclude": list(intent.exclude),
        "sector": intent.sector,
        "industry": intent.industry,
        "benchmark": intent.benchmark,
        "yardsticks": yardsticks(intent),
    }


def yardsticks(intent: Intent) -> list[str]:
    """The tickers that conditions compare with; their figures are computed, but not listed."""
    return [c.against for c in intent.conditions if c.against]


def companies(intent: Intent, facts: MarketFacts) -> tuple[Company, ...]:
    """The members before coverage is looked at. Raises `UnplannableIntent` if there are none."""
    _check_known(intent, facts)
    found = tuple(c for c in facts.companies if _belongs(c, intent))
    if not found:
        raise UnplannableIntent("No stock belongs to this selection.")
    return found


def check_few(intent: Intent, facts: MarketFacts) -> None:
    """Raises `UnplannableIntent` where too many tickers would be listed day by day."""
    found = len(companies(intent, facts))
    if found > MOST_LINES:
        raise UnplannableIntent(f"This needs at most {MOST_LINES} tickers, not {found}.")


def _check_known(intent: Intent, facts: MarketFacts) -> None:
    known = {company.ticker for company in facts.companies}
    named = (*intent.tickers, *yardsticks(intent))
    unknown = [ticker for ticker in named if ticker not in known]
    if unknown:
        raise UnplannableIntent(f"There are no prices of {', '.join(unknown)}.")
    if intent.param("with_index") and intent.benchmark not in known:
        raise UnplannableIntent(f"There are no prices of {intent.benchmark}.")


def _belongs(company: Company, intent: Intent) -> bool:
    if intent.param("with_index") and company.ticker == intent.benchmark:
        return True
    if intent.tickers and company.ticker not in intent.tickers:
        return False
    return (
        (bool(intent.tickers) or company.kind == "stock")
        and intent.sector in (None, company.sector)
        and intent.industry in (None, company.industry)
        and company.ticker not in intent.exclude
    )


def conditions(intent: Intent) -> str:
    """The same choice as SQL over `companies`; the index takes part only where it is named."""
    parts = ["ticker = ANY($tickers)" if intent.tickers else "kind = 'stock'"]
    parts += [f"{name} = ${name}" for name in ("sector", "industry") if getattr(intent, name)]
    if intent.exclude:
        parts.append("NOT ticker = ANY($exclude)")
    others = ["ticker = $benchmark"] if intent.param("with_index") else []
    others += ["ticker = ANY($yardsticks)"] if yardsticks(intent) else []
    joined = "\n  AND ".join(parts)
    return f"({' OR '.join([joined, *others])})" if others else joined


def members(intent: Intent, coverage: str | None = None) -> dict[str, Relation]:
    """The relation `members`; `coverage` is `COVERED`, `WHOLE`, or None for whoever is named."""
    body = script_files.load("sources/members").body
    condition = conditions(intent)
    if coverage is None:
        return {"members": (body.replace("{scope}", condition), ())}
    return {"members": (body.replace("{scope}", f"{condition}\n  AND {coverage}"), ("span",))}


def coverage_query(intent: Intent, coverage: str | None) -> str | None:
    """Lists the scope's tickers, and whether the window is covered well enough to take part."""
    if coverage is None:
        return None
    span = script_files.load("sources/span").body
    return (
        f"WITH span AS ({span})\nSELECT ticker, {coverage} AS covered\n"
        f"FROM companies WHERE {conditions(intent)} ORDER BY ticker"
    )
