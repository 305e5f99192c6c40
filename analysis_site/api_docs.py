"""The interface as a page, out of the OpenAPI document: no script, nothing from elsewhere."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from analysis_site.schema import openapi

Json = dict[str, Any]
METHODS = ("get", "post", "patch", "delete")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/api/docs`."""
    document = openapi()
    chosen = request.COOKIES.get("theme")
    context = {
        "theme": chosen if chosen in ("light", "dark") else "auto",
        "max_body": settings.MAX_BODY_BYTES,
        "info": document["info"],
        "version": document["openapi"],
        "groups": [group(document, tag) for tag in document["tags"]],
        "shapes": [shape(*item) for item in document["components"]["schemas"].items()],
    }
    return render(request, "api/docs.html", context)


def group(document: Json, tag: Json) -> Json:
    """A tag and its operations, in the order of their paths."""
    found = [
        operation(method, path, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item and tag["name"] in item[method]["tags"]
    ]
    return {**tag, "operations": found}


def operation(method: str, path: str, told: Json) -> Json:
    return {
        "id": told["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": told.get("summary", ""),
        "about": coded(told.get("description", "")),
        "parameters": [parameter(one) for one in told.get("parameters", ())],
        "body": body(told),
        "examples": list(examples(told)),
        "answers": [answer(status, one) for status, one in told["responses"].items()],
    }


def parameter(told: Json) -> Json:
    return {
        "name": told["name"],
        "place": told["in"],
        "required": told.get("required", False),
        "type": kind(told["schema"]),
        "about": coded(told.get("description", "")),
    }


def body(told: Json) -> Json | None:
    """The type of the JSON body."""
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    return kind(content["schema"]) if content else None


def examples(told: Json) -> Iterator[Json]:
    content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    for name, example in content.get("examples", {}).items():
        yield {
            "name": example.get("summary", name),
            "text": json.dumps(example["value"], indent=2, ensure_ascii=False),
        }


def coded(text: str) -> str:
    """Text in which `this` is code, as HTML."""
    parts = [
        format_html("<code>{}</code>" if n % 2 else "{}", p) for n, p in enumerate(text.split("`"))
    ]
    return mark_safe("".join(parts))  # each part was escaped


def answer(status: str, told: Json) -> Json:
    types = [
        {"media": media, "type": kind(content["schema"])}
        for media, content in told.get("content", {}).items()
    ]
    usual = HTTPStatus(int(status)).phrase
    return {"status": status, "about": coded(told.get("description") or usual), "types": types}


def shape(name: str, schema: Json) -> Json:
    needed = schema.get("required", ())
    fields = [
        {
            "name": field,
            "type": kind(told),
            "about": coded(told.get("description", "")),
            "required": field in needed,
        }
        for field, told in schema.get("properties", {}).items()
    ]
    return {
        "name": name,
        "about": coded(schema.get("description", "")) if fields else "",
        "fields": fields,
        "type": None if fields else kind(schema),
    }


def kind(schema: Json) -> Json:
    """A type in words, with the name of the shape that it refers to (`ref`), if it does."""
    if "$ref" in schema:
        return {"ref": schema["$ref"].rsplit("/", 1)[-1], "words": ""}
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return either([kind(one) for one in schema[several]])
    if schema.get("type") == "array":
        inner = kind(schema.get("items", {}))
        return {**inner, "words": f"list of {inner['words']}".rstrip()}
    return {"ref": None, "words": words(schema)}


def either(kinds: list[Json]) -> Json:
    ref = next((one["ref"] for one in kinds if one["ref"]), None)
    others = [one["words"] for one in kinds if one["words"]]
    return {"ref": ref, "words": " or ".join(others)}


def words(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join("null" if value is None else str(value) for value in schema["enum"])
    if schema.get("const", schema) is None:
        return "null"
    given = schema.get("type", "anything")
    text = " or ".join(given) if isinstance(given, list) else str(given)
    return f"{text}{limits(schema)}"


def limits(schema: Json) -> str:
    """`(uuid)`, `(at most 1000 characters)`, `(1 to 100)`."""
    if "format" in schema and schema["format"] not in ("double", "int64"):
        return f" ({schema['format']})"
    if "maxLength" in schema:
        return f" (at most {schema['maxLength']} characters)"
    if "maximum" in schema and "minimum" in schema:
        return f" ({schema['minimum']} to {schema['maximum']})"
    return ""
