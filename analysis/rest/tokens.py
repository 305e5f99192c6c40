"""Access tokens and tickets over REST."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analysis import service, tickets, tokens
from analysis.models import AccessToken
from analysis.representation import moment
from analysis.rest import shapes
from analysis.rest.access import OwnedView
from analysis.rest.described import ANYBODY, described
from analysis.rest.fields import Id, Text, Whole, valid


class Wanted(serializers.Serializer[Any]):
    name = Text(max_length=50)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=tokens.SCOPES),
        default=["read", "analyze"],
        min_length=1,
        max_length=len(tokens.SCOPES),
    )
    expires_in = Whole(
        min_value=1,
        max_value=int(tokens.LONGEST_LIFE.total_seconds()),
        default=int(tokens.USUAL_LIFE.total_seconds()),
        help_text="Seconds",
    )


class Admission(serializers.Serializer[Any]):
    session = Id()


class Tokens(OwnedView):
    """`POST` makes one and shows it this once, `GET` lists the viewer's own."""

    looking = changing = "admin"

    @described(
        "Make an access token",
        {201: shapes.NewToken},
        409,
        request=Wanted,
        auth=ANYBODY,
        examples={"for reading": {"name": "dashboard", "scopes": ["read"], "expires_in": 86400}},
    )
    def post(self, request: Request) -> Response:
        body = valid(Wanted, request)
        life = dt.timedelta(seconds=body["expires_in"])
        token, key = tokens.create(self.viewer, body["name"], body["scopes"], life)
        headers = {"Location": f"/api/tokens/{token.prefix}"}
        return Response(
            {**represent(token), "token": key}, status.HTTP_201_CREATED, headers=headers
        )

    @described("List your access tokens", {200: shapes.Tokens})
    def get(self, request: Request) -> Response:
        return Response({"tokens": [represent(token) for token in tokens.own(self.viewer)[:200]]})


class OneToken(OwnedView):
    """`GET` looks, `DELETE` revokes: from then on the token opens nothing."""

    looking = changing = "admin"

    @described("Look at an access token", {200: shapes.Token}, 404)
    def get(self, request: Request, token_id: str) -> Response:
        return Response(represent(tokens.find(self.viewer, token_id)))

    @described("Revoke an access token", {204: None}, 404)
    def delete(self, request: Request, token_id: str) -> Response:
        tokens.revoke(self.viewer, token_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def represent(token: AccessToken) -> dict[str, Any]:
    return {
        "id": token.prefix,
        "name": token.name,
        "scopes": token.scopes,
        "created_at": moment(token.created),
        "expires_at": moment(token.expiry_date),
        "status": state(token),
    }


def state(token: AccessToken) -> str:
    if token.revoked:
        return "revoked"
    return "expired" if token.has_expired else "usable"


class Tickets(OwnedView):
    """`POST /api/tickets {session}`: an address for EventSource and sockets of other sites."""

    changing = "read"

    @described(
        "Get a ticket for a stream",
        {201: shapes.Ticket},
        404,
        request=Admission,
        examples={"for a session": {"session": "7b0c2ad2-6b0e-4d3c-8c52-0b8f3f2d5a10"}},
    )
    def post(self, request: Request) -> Response:
        session = service.session(self.viewer, valid(Admission, request)["session"])
        ticket = tickets.issue(self.viewer, session.id)
        until = timezone.now() + dt.timedelta(seconds=tickets.LIFE)
        body = {
            "ticket": ticket,
            "session": str(session.id),
            "expires_at": moment(until),
            "links": {
                "stream": f"/api/progress/{session.id}?ticket={ticket}",
                "events": f"/api/progress/{session.id}/events?ticket={ticket}",
                "socket": f"/ws/progress/{session.id}?ticket={ticket}",
            },
        }
        return Response(body, status.HTTP_201_CREATED)
