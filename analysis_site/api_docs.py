"""The interface as a page, out of the OpenAPI document: no script, nothing from elsewhere."""

from django.http import HttpRequest, HttpResponse


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
