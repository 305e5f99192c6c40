import csv
from pathlib import Path

from asgiref.sync import sync_to_async

from progress.service import ActiveRun, task, work

from .models import Price

FILE = Path(__file__).parent / "prices.csv"


@task()
async def import_prices(run_id: str) -> None:
    await work(run_id, job)


async def job(run: ActiveRun) -> None:
    await sync_to_async(load, thread_sensitive=False)(run, FILE)


def load(run: ActiveRun, path: Path) -> int:
    """Store a file of prices; returns how many there were."""
    with run.step(1, "Read the file"):
        rows = list(csv.DictReader(path.read_text().splitlines()))
        run.info(f"{path.name} has {len(rows)} rows")
    with run.step(2, "Store"):
        for row in run.track(rows):
            store(run, row)
    run.result({"rows": len(rows)}, "The prices are imported")
    return len(rows)


def store(run: ActiveRun, row: dict[str, str]) -> None:
    if row["close"]:
        key = {"ticker": row["ticker"], "day": row["day"]}
        Price.objects.update_or_create(**key, defaults={"close": row["close"]})
    else:
        run.warning(f"{row['ticker']} has no price on {row['day']}")
