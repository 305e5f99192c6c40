"""What data there is, and what a text being typed may be about."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analysis import service
from analysis.rest.access import OwnedView, ViewerAuthentication


class Market(APIView):
    """`GET /api/market`: tickers, names, sectors, first and last date. Open to everybody."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> Response:
        facts = service.market().facts()
        return Response(
            {
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
        )


class Suggest(OwnedView):
    """`GET /api/suggest?q=`: ranked matches while typing; anybody may type."""

    authentication_classes = (ViewerAuthentication,)
    permission_classes = ()

    def get(self, request: Request) -> Response:
        text = request.query_params.get("q", "").strip()
        return Response({"hits": service.suggest(self.viewer, text) if text else []})
