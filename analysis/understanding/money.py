"""What-if questions: how much was invested, once or every month."""

from __future__ import annotations

from analysis.understanding.draft import Draft

_INVESTED = ("invest", "lump", "save", "worth")


def find_money(draft: Draft) -> None:
    """ "$1,000 in Apple", "$100 a month": the amount, and the words that say once or monthly."""
    reading = draft.reading
    i = _amount_at(draft)
    if i is None or not _is_investment(draft, i):
        return
    item = reading.items[i]
    draft.amount, draft.invested = item.number, True
    reading.claim(i)
    _claim_dollar(draft, i)
    _mode(draft)
    draft.invest_said = reading.has("shape", "invest")
    for name in ("worth", "invest", "trend"):
        reading.take("shape", name)
    _claim_now(draft)


def _amount_at(draft: Draft) -> int | None:
    """A number with a "$", with "dollars" after it, or right after "invested"."""
    items = draft.reading.items
    for i, item in enumerate(items):
        after = draft.reading.at(i + 1)
        if item.number is None or item.used or item.number <= 0:
            continue
        before = draft.reading.at(
            draft.reading.skip(i - 1, step=-1, words=("a", "an", "the", "of"))
        )
        paid = before is not None and before.tags.get("shape") in _INVESTED
        placed = _placed(draft, i) and draft.reading.has("shape", "worth") and item.number >= 10
        money = placed or item.unit in ("$", "k") or (after is not None and after.is_("money"))
        if item.unit == "$" and _a_month(draft, i):
            return i
        if (money or (paid and item.unit in ("", "k"))) and not (
            after is not None and after.is_("unit")
        ):
            return i
    return None


def _a_month(draft: Draft, i: int) -> bool:
    """ "$300/month", "$300 per month"."""
    joint, unit = draft.reading.at(i + 1), draft.reading.at(i + 2)
    if joint is None or unit is None or joint.text not in ("/", "per", "a", "each", "every"):
        return False
    if not unit.is_("unit", "month"):
        return False
    draft.params["mode"] = "monthly"
    unit.used = True
    return True


def _placed(draft: Draft, i: int) -> bool:
    """ "1000 in AAPL": a bare number placed in a company."""
    following = [draft.reading.at(i + 1), draft.reading.at(draft.reading.skip(i + 2))]
    inside, company = following
    return (
        inside is not None
        and inside.text in ("in", "into")
        and company is not None
        and "company" in company.tags
    )


def _is_investment(draft: Draft, i: int) -> bool:
    """A sum of money with a company and a word of investing; not "stocks under $20"."""
    before = draft.reading.at(draft.reading.skip(i - 1, step=-1))
    if before is not None and "compare_op" in before.tags:
        return False
    said = any(draft.reading.has("shape", name) for name in _INVESTED)
    after = draft.reading.at(draft.reading.skip(i + 1, words=("dollar", "buck", "usd", "of")))
    placed = after is not None and after.text in (
        "in",
        "into",
        "on",
        "to",
        "a month",
        "per month",
        "each month",
        "every month",
    )
    one = draft.reading.items[i].number == 1 and draft.reading.has("metric", "growth")
    monthly = "mode" in draft.params
    return (said or placed or monthly) and not one


def _claim_dollar(draft: Draft, i: int) -> None:
    after = draft.reading.at(i + 1)
    if after is not None and after.is_("money"):
        after.used = True


def _mode(draft: Draft) -> None:
    reading = draft.reading
    if reading.take("shape", "save"):
        draft.params["mode"] = "monthly"
        reading.take("by", "month")
        reading.take("frequency", "monthly")
    if reading.take("shape", "lump"):
        draft.params.setdefault("mode", "lump")


def _claim_now(draft: Draft) -> None:
    """ "worth today": the end of the data."""
    for item in draft.reading.items:
        if item.is_("today") or item.text in ("right now", "at the moment"):
            item.used = True
