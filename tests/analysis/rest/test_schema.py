"""The OpenAPI document and the page that shows it: complete, true, and readable offline."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from analysis_site.schema import openapi, text
from analysis_site.schema_doors import urlpatterns as described_doors
from deploy.site import Web

Asked = tuple[httpx.Client, dict[str, Any]]
UNDESCRIBED = {"/api/docs", "/api/asyncapi"}  # documents for people, and of the stream


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text("json"))
    return found


def addresses(patterns: Any, prefix: str = "/") -> Iterator[str]:
    """The paths of a URL configuration, with `{}` for what varies."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield plain(path)


def plain(path: str) -> str:
    """`/a/<uuid:b>` and `/^a/(?P<b>…)$` → `/a/{}`."""
    path = re.sub(r"\(\?P<kind>[^)]*\)", "{}", path.replace("^", "").replace("$", ""))
    path = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>|\{\w+\}", "{}", path)
    return path.replace("\\.", ".").replace("//", "/")


def test_every_address_of_the_interface_is_described(document: dict[str, Any]) -> None:
    real = {path for path in addresses(get_resolver().url_patterns) if path.startswith("/api/")}
    told = {plain(path) for path in document["paths"]}
    assert real - told - UNDESCRIBED == set()
    assert told - real == set()


def test_described_doors_have_the_methods_that_they_have(
    document: dict[str, Any], program: httpx.Client
) -> None:
    for pattern in described_doors:
        path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        told = {method.upper() for method in document["paths"][path]} - {"PARAMETERS"}
        real = re.sub(r"\{\w+\}", "7b0c2ad2-6b0e-4d3c-8c52-0b8f3f2d5a10", path)
        allowed = program.request("PUT", real).headers["allow"]
        assert told == set(re.split(r",\s*", allowed)) - {"HEAD", "OPTIONS"}


def test_every_operation_has_a_summary_an_answer_and_problems(document: dict[str, Any]) -> None:
    seen = set()
    for path, item in document["paths"].items():
        for method, told in item.items():
            assert told["summary"], (method, path)
            assert told["operationId"] not in seen
            seen.add(told["operationId"])
            refused = [one for status, one in told["responses"].items() if status >= "400"]
            assert refused
            assert all("application/problem+json" in one["content"] for one in refused)
            if "requestBody" in told:
                assert told["requestBody"]["content"]["application/json"].get("examples") or (
                    method == "patch"
                )


@pytest.mark.parametrize(
    ("shape", "address"),
    [
        ("Analysis", "/api/analyses/{id}"),
        ("AnalysisPage", "/api/analyses"),
        ("SessionWithRuns", "/api/sessions/{session}"),
        ("SessionPage", "/api/sessions"),
        ("EventPage", "/api/progress/{session}/events?limit=1000"),
        ("Market", "/api/market"),
        ("Suggestions", "/api/suggest?q=apple"),
        ("Tokens", "/api/tokens"),
    ],
)
def test_real_answers_have_the_described_shape_and_no_field_more(
    asked: Asked, document: dict[str, Any], shape: str, address: str
) -> None:
    client, analysis = asked
    path = address.replace("{id}", analysis["id"]).replace("{session}", analysis["session"])
    answer = client.get(path)
    assert answer.status_code == 200
    closed = {"$ref": f"#/components/schemas/{shape}", **closed_shapes(document)}
    jsonschema.validate(answer.json(), closed, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize(
    ("shape", "address", "body"),
    [
        ("Session", "/api/sessions", {"title": "x"}),
        ("NewToken", "/api/tokens", {"name": "x"}),
        ("Ticket", "/api/tickets", {"session": "{session}"}),
        ("WebhookWithSecret", "/api/webhooks", {"url": "https://example.org/hook"}),
        ("Analysis", "/api/analyze", {"question": "beta of GE"}),
        ("Analysis", "/api/search", {"query": "coke"}),
        ("Analysis", "/api/execute", {"sql": "SELECT 1 AS one"}),
        ("Analysis", "/api/execute", {"sql": "not SQL"}),
    ],
)
def test_what_is_made_has_the_described_shape(
    program: httpx.Client, document: dict[str, Any], shape: str, address: str, body: dict[str, str]
) -> None:
    session = program.post("/api/sessions", json={}).json()["id"]
    body = {name: value.replace("{session}", session) for name, value in body.items()}
    made = program.post(address, json=body, headers={"Prefer": "wait=20"})
    assert made.is_success, made.text
    closed = {"$ref": f"#/components/schemas/{shape}", **closed_shapes(document)}
    jsonschema.validate(made.json(), closed, format_checker=jsonschema.FormatChecker())


def closed_shapes(document: dict[str, Any]) -> dict[str, Any]:
    """The components, with unknown fields forbidden, so that a field nobody described shows."""
    components = json.loads(json.dumps(document["components"]))
    for schema in components["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return {"components": components}


def test_an_analysis_that_waits_or_is_unsupported_has_the_described_shape(
    program: httpx.Client, document: dict[str, Any]
) -> None:
    closed = {"$ref": "#/components/schemas/Analysis", **closed_shapes(document)}
    for question in ("Which stock is the best?", "Will it rain tomorrow?"):
        answer = program.post(
            "/api/analyze", json={"question": question}, headers={"Prefer": "wait=20"}
        )
        jsonschema.validate(answer.json(), closed)
        assert answer.json()["status"] in ("waiting", "unsupported", "succeeded")


def test_the_document_is_served_as_json_and_as_yaml(api_site: Web) -> None:
    served = httpx.get(f"{api_site.url}/api/schema")
    assert served.headers["content-type"] == "application/json"
    assert served.json()["openapi"] == "3.1.0"
    as_yaml = httpx.get(f"{api_site.url}/api/schema?format=yaml")
    assert yaml.safe_load(as_yaml.text) == served.json()


def test_the_page_shows_every_operation_and_every_shape(api_site: Web) -> None:
    page = httpx.get(f"{api_site.url}/api/docs")
    assert page.status_code == 200
    document = openapi()
    for item in document["paths"].values():
        for told in item.values():
            assert f'id="{told["operationId"]}"' in page.text
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page.text


def test_every_link_of_the_page_leads_somewhere_on_it(api_site: Web) -> None:
    page = httpx.get(f"{api_site.url}/api/docs").text
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


def test_the_page_takes_nothing_from_elsewhere_and_runs_no_inline_code(api_site: Web) -> None:
    page = httpx.get(f"{api_site.url}/api/docs").text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert not re.findall(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
