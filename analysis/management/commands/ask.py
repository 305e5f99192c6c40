"""`python manage.py ask "…"`: the answer in the terminal, with live progress."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import uuid
from argparse import ArgumentParser
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from rich.console import Console
from rich.prompt import Prompt

from analysis import service, terminal
from analysis.errors import AnalysisError
from analysis.models import Analysis
from progress.client import Client, ClientError
from progress.service import ProgressError, Run, Viewer, follow, in_thread, settle

FAILED = 1
PATIENCE = 5.0  # seconds for the worker of this process to put its tools away


class Command(BaseCommand):
    help = "Answer a question about the market data, right here, showing each step."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--json", action="store_true", help="print the analysis as JSON only")
        parser.add_argument("--url", help="ask another site instead, for example http://host:8000")
        parser.add_argument("--token", default=os.environ.get("TICKERTAPE_TOKEN"),
                            help="an access token for --url (or TICKERTAPE_TOKEN)")  # fmt: skip
        parser.add_argument("--set", action="append", default=[], metavar="SLOT=PHRASE",
                            help='change an assumption: --set "window=last 10 years"')  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=options["json"], quiet=options["json"])
        given = assumptions(options["set"])
        logging.getLogger("progress.dispatch").setLevel(logging.WARNING)  # steps are shown anyway
        try:
            if options["url"]:
                plain = ask_there(console, options, given)
            else:
                service.market().ensure_sample()
                plain = asyncio.run(ask(console, options["question"], given))
                settle(PATIENCE)
        except (AnalysisError, ProgressError, ClientError) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            way_out = "run first: python manage.py prepare"
            raise CommandError(f"The database cannot be used ({error}); {way_out}") from error
        if options["json"]:
            self.stdout.write(json.dumps(plain, ensure_ascii=False))
        else:
            terminal.answer(console, plain)
        if plain["status"] not in ("succeeded", "unsupported"):
            raise SystemExit(FAILED)


def assumptions(given: list[str]) -> dict[str, str]:
    pairs = [item.partition("=") for item in given]
    if any(not separator for _, separator, _ in pairs):
        raise CommandError("--set wants SLOT=PHRASE")
    return {slot.strip(): phrase.strip() for slot, _, phrase in pairs}


async def ask(console: Console, question: str, given: dict[str, str]) -> dict[str, Any]:
    """Dispatch it like any door does, show what happens, and put questions back to the terminal."""
    viewer = Viewer(browser=uuid.uuid4())  # nobody else's: only the operator sees this session
    analysis = await in_thread(start, viewer, question, given)
    async with aclosing(follow(analysis.session_id)) as events:
        async for event in events:
            terminal.event(console, event)
            if is_question(event):
                if not sys.stdin.isatty():
                    return await in_thread(unanswered, viewer, analysis.id)
                await in_thread(reply, viewer, analysis.id, event["data"], console)
            if event["kind"] == "state" and event["data"]["state"] in Run.FINAL:
                break
    return await in_thread(now, viewer, analysis.id)


def start(viewer: Viewer, question: str, given: dict[str, str]) -> Analysis:
    return service.ask(viewer, question, assumptions=given)


def is_question(event: Mapping[str, Any]) -> bool:
    return event["kind"] == "ask" and event["data"]["state"] == "open"


def unanswered(viewer: Viewer, analysis_id: uuid.UUID) -> dict[str, Any]:
    """With nobody at the terminal: the analysis as it waits. Its run is cancelled, because nobody
    can reach it any more, and guessing would be a silent wrong answer."""
    plain = now(viewer, analysis_id)
    service.cancel(viewer, analysis_id)
    return plain


def reply(viewer: Viewer, analysis_id: uuid.UUID, asked: dict[str, Any], console: Console) -> None:
    service.answer(viewer, analysis_id, asked["id"], **chosen(console, asked))


def chosen(console: Console, asked: dict[str, Any]) -> dict[str, str]:
    """What whoever sits at the terminal answers."""
    labels = {choice["value"]: choice["label"] for choice in asked["choices"]}
    for value, label in labels.items():
        console.print(terminal.inert(f"  {value}: {label}"))
    given = Prompt.ask(terminal.inert(asked["question"]), default=asked["default"], console=console)
    return {"choice": given} if given in labels else {"text": given}


def now(viewer: Viewer, analysis_id: uuid.UUID) -> dict[str, Any]:
    return service.represent(service.find(viewer, analysis_id))


def ask_there(console: Console, options: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """The same over the network, as any program does it."""
    with Client(options["url"], options["token"]) as client:
        analysis = client.analyze(options["question"], assumptions=given)
        for event in client.watch(analysis):
            terminal.event(console, event)
            if is_question(event):
                if not sys.stdin.isatty():
                    return unanswered_there(client, analysis["id"])
                asked = event["data"]
                client.answer(analysis["id"], asked["id"], **chosen(console, asked))
        return dict(client.analysis(analysis["id"]))


def unanswered_there(client: Client, analysis_id: str) -> dict[str, Any]:
    plain = dict(client.analysis(analysis_id))
    client.cancel(analysis_id)
    return plain
