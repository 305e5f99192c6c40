"""The operator's dashboard: how much the site is used, how long answers take, and what fails.

Figures are of the last 30 days, read by the index on creation times; the pictures are drawn on the
server, so that the page works under the strict Content-Security-Policy and without scripts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from analysis import vega
from analysis.models import Analysis
from analysis.plots.canvas import SCHEMA, Spec
from progress.service import Run, accuracy, duration

DAYS = 30
# As on the page: failed red, cancelled grey, interrupted amber, out of scope blue.
COLOURS = {
    "succeeded": "#009e73",
    "unsupported": "#56b4e9",
    "failed": "#d55e00",
    "cancelled": "#999999",
    "interrupted": "#e69f00",
    "queued": "#cccccc",
    "running": "#0072b2",
    "waiting": "#cc79a7",
}
SAMPLES = 20_000  # durations that are read at the most
ROWS = 10


def recent() -> QuerySet[Run]:
    return Run.objects.filter(created_at__gte=timezone.now() - dt.timedelta(days=DAYS))


@staff_member_required
def dashboard(request: HttpRequest) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": f"Use and failures, last {DAYS} days",
        "figures": figures(),
        "failures": failures(),
        "refusals": refusals(),
        "predictions": predictions(),
        "pictures": [(name, title) for name, (title, _) in PICTURES.items()],
    }
    return render(request, "admin/dashboard.html", context)


@staff_member_required
def picture(request: HttpRequest, name: str) -> HttpResponse:
    if name not in PICTURES:
        raise Http404
    theme = "dark" if request.GET.get("theme") == "dark" else "light"
    svg = vega.to_svg(PICTURES[name][1](), theme)
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Cache-Control": "max-age=60"})


def figures() -> list[tuple[str, str]]:
    states = dict(recent().values_list("state").annotate(n=Count("id")).order_by())
    total = sum(states.values())
    ended = sum(states.get(state, 0) for state in Run.FINAL)
    failed = states.get(Run.State.FAILED, 0) + states.get(Run.State.INTERRUPTED, 0)
    cached = Analysis.objects.filter(run__in=recent(), cached_at__isnull=False).count()
    return [
        ("Runs", f"{total:,}"),
        ("Live now", f"{total - ended:,}"),
        ("Failed or interrupted", share(failed, ended)),
        ("Out of scope", share(states.get(Run.State.UNSUPPORTED, 0), ended)),
        ("From the cache", share(cached, total)),
    ]


def share(part: int, whole: int) -> str:
    return f"{part:,} ({100 * part / whole:.1f} %)" if whole else "0"


def broken() -> QuerySet[Run]:
    """A refused question has a code as well, and is no failure."""
    return recent().filter(state__in=(Run.State.FAILED, Run.State.INTERRUPTED))


def failures() -> list[tuple[str, str, int]]:
    """What failed most: code, latest words, how often."""
    counted = broken().values("error_code").annotate(n=Count("id"))
    rows = counted.order_by("-n")[:ROWS]
    return [(row["error_code"], latest_words(row["error_code"]), row["n"]) for row in rows]


def latest_words(code: str) -> str:
    words = broken().filter(error_code=code).order_by("-created_at").values_list("error", flat=True)
    return words.first() or ""


def refusals() -> list[tuple[str, int]]:
    """Why questions were refused most: where the engine may have to learn."""
    refused = Analysis.objects.filter(run__in=recent(), unsupported__isnull=False)
    counted = refused.values("unsupported__code").annotate(n=Count("run_id")).order_by("-n")
    return [(row["unsupported__code"] or "", row["n"]) for row in counted[:ROWS]]


def predictions() -> list[tuple[str, str, int, str, str, str]]:
    """How the predictions of runs and of their steps held: kind, part, runs; at most the upper end
    of the range, beyond the 90th percentile, median error."""
    return [
        (
            line.kind,
            line.part,
            line.runs,
            f"{line.covered:.0%}",
            f"{line.slow:.0%}",
            f"{duration(line.error_ms)} ({line.relative:.0%})",
        )
        for line in accuracy(DAYS)
        if not line.part.startswith("from")
    ]


def runs_per_day() -> Spec:
    per_day = recent().annotate(day=TruncDate("created_at")).values("day", "state")
    counted = per_day.annotate(runs=Count("id")).order_by("day")
    values = [{**row, "day": row["day"].isoformat()} for row in counted]
    return {
        **plot("Runs per day, by how they ended", values),
        "mark": "bar",
        "encoding": {
            "x": days_axis(),
            "y": {"field": "runs", "type": "quantitative", "title": "Runs"},
            "color": {
                "field": "state",
                "type": "nominal",
                "title": None,
                "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
            },
        },
    }


def days_axis() -> dict[str, Any]:
    """All the days, also those on which nothing happened: one day alone would fill the picture."""
    today = timezone.now().date()
    days = [(today - dt.timedelta(days=n)).isoformat() for n in reversed(range(DAYS))]
    short = {"labelExpr": "slice(datum.value, 5)"}  # of one month or two: the year says nothing
    return {
        "field": "day", "type": "ordinal", "title": None, "scale": {"domain": days}, "axis": short
    }  # fmt: skip


def time_per_day() -> Spec:
    return {
        **plot("Seconds from start to end: median and 95th percentile per day", time_values()),
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": days_axis(),
            "y": {"field": "seconds", "type": "quantitative", "title": "Seconds"},
            "color": {"field": "which", "type": "nominal", "title": None},
        },
    }


def time_values() -> list[dict[str, Any]]:
    found = recent().filter(state=Run.State.SUCCEEDED).order_by("-created_at")
    by_day: dict[str, list[float]] = defaultdict(list)
    for run in found.only(*Run.TIMES, "created_at")[:SAMPLES]:
        by_day[run.created_at.date().isoformat()].append(run.worked_ms / 1000)
    return [
        {"day": day, "which": which, "seconds": sorted(times)[int(rank * (len(times) - 1))]}
        for day, times in by_day.items()
        for which, rank in (("median", 0.5), ("95 %", 0.95))
    ]


def plot(description: str, values: list[dict[str, Any]]) -> Spec:
    return {
        "$schema": SCHEMA,
        "description": description,
        "width": "container",
        "height": 220,
        "data": {"values": values},
    }


PICTURES = {
    "runs": ("Runs per day, by how they ended", runs_per_day),
    "time": ("Seconds from start to end: median and 95th percentile per day", time_per_day),
}
