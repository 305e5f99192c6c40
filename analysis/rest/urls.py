from django.urls import path, re_path

from analysis.rest import analyses, dispatching, market, sessions, tokens
from analysis.rest.waiting import waits

urlpatterns = [
    path("api/analyze", waits(dispatching.Analyze)),
    path("api/search", waits(dispatching.Search)),
    path("api/execute", waits(dispatching.Execute)),
    path("api/analyses", analyses.Analyses.as_view()),
    path("api/analyses/<uuid:analysis_id>", analyses.OneAnalysis.as_view()),
    path("api/analyses/<uuid:analysis_id>/cancel", analyses.Cancel.as_view()),
    path("api/analyses/<uuid:analysis_id>/answer", analyses.AnswerAsk.as_view()),
    path("api/analyses/<uuid:analysis_id>/retry", waits(dispatching.Retry)),
    re_path(
        r"^api/analyses/(?P<analysis_id>[0-9a-f-]{36})/chart\.(?P<kind>svg|png)$",
        analyses.Chart.as_view(),
    ),
    path("api/sessions", sessions.Sessions.as_view()),
    path("api/sessions/<uuid:session_id>", sessions.OneSession.as_view()),
    path("api/market", market.Market.as_view()),
    path("api/suggest", market.Suggest.as_view()),
    path("api/tokens", tokens.Tokens.as_view()),
    path("api/tokens/<slug:token_id>", tokens.OneToken.as_view()),
    path("api/tickets", tokens.Tickets.as_view()),
]
