"""`python manage.py ask "…"`: the answer in the terminal, with live progress."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.prompt import Prompt

from analysis import service, terminal
from analysis.errors import AnalysisError
from analysis.models import Analysis
from progress.client import Client, ClientError
from progress.service import ProgressError, Run, Viewer, follow, in_thread

FAILED = 1


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
        try:
            if options["url"]:
                plain = ask_there(console, options, given)
            else:
                service.market().ensure_sample()
                plain = asyncio.run(ask(console, options["question"], given))
        except (AnalysisError, ProgressError, ClientError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(plain, ensure_ascii=False))
        else:
            terminal.answer(console, plain)
        if plain["status"] in ("failed", "interrupted", "cancelled"):
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
    async for event in follow(analysis.session_id):
        terminal.event(console, event)
        if event["kind"] == "ask" and event["data"]["state"] == "open":
            await in_thread(reply, viewer, analysis.id, event["data"], console)
        if event["kind"] == "state" and event["data"]["state"] in Run.FINAL:
            break
    return await in_thread(now, viewer, analysis.id)


def start(viewer: Viewer, question: str, given: dict[str, str]) -> Analysis:
    return service.ask(viewer, question, assumptions=given)


def reply(viewer: Viewer, analysis_id: uuid.UUID, asked: dict[str, Any], console: Console) -> None:
    given = chosen(console, asked)
    if given is None:
        service.cancel(viewer, analysis_id)
    else:
        service.answer(viewer, analysis_id, asked["id"], **given)


def chosen(console: Console, asked: dict[str, Any]) -> dict[str, str] | None:
    """What whoever sits at the terminal answers; with nobody there None, and the run is cancelled:
    guessing would be a silent wrong answer."""
    if not sys.stdin.isatty():
        console.print("The question has several readings; choose one with --set:")
        return None
    labels = {choice["value"]: choice["label"] for choice in asked["choices"]}
    for value, label in labels.items():
        console.print(f"  {value}: {label}", markup=False)
    given = Prompt.ask(asked["question"], default=asked["default"], console=console)
    return {"choice": given} if given in labels else {"text": given}


def now(viewer: Viewer, analysis_id: uuid.UUID) -> dict[str, Any]:
    return service.represent(service.find(viewer, analysis_id))


def ask_there(console: Console, options: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """The same over the network, as any program does it."""
    with Client(options["url"], options["token"]) as client:
        analysis = client.analyze(options["question"], assumptions=given)
        for event in client.watch(analysis):
            terminal.event(console, event)
            if event["kind"] == "ask" and event["data"]["state"] == "open":
                reply_there(client, analysis["id"], event["data"], console)
        return dict(client.analysis(analysis["id"]))


def reply_there(client: Client, analysis: str, asked: dict[str, Any], console: Console) -> None:
    given = chosen(console, asked)
    if given is None:
        client.cancel(analysis)
    else:
        client.answer(analysis, asked["id"], **given)
