"""The OpenAPI 3.1 document of the REST interface, at /api/schema."""

import functools
import json
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from analysis_site import schema_tags
from progress.door import door
from progress.errors import BadParameter

LAYOUTS = ("json", "yaml")


@functools.cache
def openapi() -> dict[str, Any]:
    """The document as plain data; made once a process, since the code decides it."""
    from analysis_site import schema_doors  # describes views, which need the settings to be read

    patterns = [*get_resolver().url_patterns, *schema_doors.urlpatterns]
    document: dict[str, Any] = SchemaGenerator(patterns=patterns).get_schema(public=True)
    return document


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing: what bodies may hold; tags by path, names of operations."""
    for shape, schema in result["components"]["schemas"].items():
        finish_shape(shape, schema)
    for path, item in result["paths"].items():
        for method, operation in item.items():
            operation["tags"] = [schema_tags.OF_PATH[path.split("/")[2]]]
            operation["operationId"] = name(path, method)
            if method == "patch":
                operation["requestBody"]["required"] = True
    return result


def finish_shape(shape: str, schema: dict[str, Any]) -> None:
    if shape in schema_tags.CLOSED:
        schema["additionalProperties"] = False
    for field, told in schema.get("properties", {}).items():
        schema["properties"][field] = without_blank(told)


def without_blank(told: dict[str, Any]) -> dict[str, Any]:
    """One of a pattern and blank, where blank fits the pattern as well, would be neither."""
    choices = told.get("oneOf", [{}])
    return choices[0] if choices[-1] == {"type": "string", "maxLength": 0} else told


def name(path: str, method: str) -> str:
    """`GET /api/analyses/{analysis_id}/chart.{kind}` → `get_analyses_id_chart`."""
    parts = path.removeprefix("/api/").replace(".{kind}", "").split("/")
    return "_".join([method, *("id" if "{" in part else part for part in parts)])


@functools.cache
def text(layout: str) -> bytes:
    document = json.loads(json.dumps(openapi(), default=str))
    if layout == "yaml":
        return yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode()
    return json.dumps(document, ensure_ascii=False).encode()


async def served(request: HttpRequest) -> HttpResponse:
    """`/api/schema?format=json|yaml`."""
    layout = request.GET.get("format", "json")
    if layout not in LAYOUTS:
        raise BadParameter("format", f"one of {', '.join(LAYOUTS)} is wanted")
    return HttpResponse(text(layout), content_type=f"application/{layout}")


document = door(get=served)
