"""What data there is, and what a text being typed may be about."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from analysis import service
from analysis.market_facts import MarketFacts
from analysis.rest import shapes
from analysis.rest.access import OpenView
from analysis.rest.described import ANYBODY, IF_NONE_MATCH, described, query
from analysis.rest.freshness import fresh, tag


class Market(OpenView):
    """`GET /api/market`: tickers, names, sectors, first and last date. Open to everybody."""

    @described(
        "What data there is",
        {200: shapes.Market, 304: None},
        parameters=(IF_NONE_MATCH,),
        auth=ANYBODY,
    )
    def get(self, request: Request) -> HttpResponse:
        facts = service.market().facts()
        return fresh(request, tag(facts.version), lambda: Response(told(facts)), public=True)


def told(facts: MarketFacts) -> dict[str, Any]:
    return {
        "tickers": [
            {
                "ticker": company.ticker,
                "name": company.name,
                "sector": company.sector,
                "industry": company.industry,
                "kind": company.kind,
            }
            for company in facts.companies
        ],
        "first_date": facts.first_date.isoformat(),
        "last_date": facts.last_date.isoformat(),
        "version": facts.version,
    }


class Suggest(OpenView):
    """`GET /api/suggest?q=`: ranked matches while typing; anybody may type."""

    @described(
        "What a text being typed may be about",
        {200: shapes.Suggestions},
        parameters=(query("q", "The text so far; 200 characters are looked at"),),
        auth=ANYBODY,
    )
    def get(self, request: Request) -> Response:
        text = request.query_params.get("q", "").replace("\0", "").strip()
        return Response({"hits": service.suggest(self.viewer, text) if text else []})
