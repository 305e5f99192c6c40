from collections.abc import Awaitable, Callable
from typing import NamedTuple

from progress.service import ActiveRun, task, work

from .models import Price


class Reply(NamedTuple):
    """What a model says: a tool to call, or (without a tool) its answer."""

    text: str
    tool: str = ""


async def model(messages: list[str]) -> Reply:
    """Call your provider here. This one looks the price up, and then knows it."""
    if len(messages) == 1:
        return Reply("ACME", tool="latest_price")
    return Reply(f"ACME cost {messages[-1]}.")


async def latest_price(ticker: str) -> str:
    found = await Price.objects.filter(ticker=ticker).order_by("-day").afirst()
    return f"{found.close} on {found.day}" if found else "nothing that is known"


TOOLS: dict[str, Callable[[str], Awaitable[str]]] = {"latest_price": latest_price}


@task()
async def research(run_id: str) -> None:
    await work(run_id, agent)


async def agent(run: ActiveRun) -> None:
    """Think, ask whether the tool may be used, use it, think again."""
    # What must survive a pause, or the death of a worker, is kept in the checkpoint.
    messages = run.checkpoint.setdefault("messages", ["What did ACME cost?"])
    for turn in range(len(messages), 10):
        await run.ainfo(f"Turn {turn}: thinking")
        reply = await model(messages)
        if not reply.tool:
            return run.result({"answer": reply.text}, reply.text)
        question = f"May I use {reply.tool}({reply.text})?"
        may = await run.ask(f"turn-{turn}", question, [("yes", "Yes"), ("no", "No")])
        async with run.step(turn, f"{reply.tool}({reply.text})"):
            messages.append(await TOOLS[reply.tool](reply.text) if may == "yes" else "not allowed")
    await run.awarning("No answer after ten turns")
