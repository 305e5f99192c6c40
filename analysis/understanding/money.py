"""What-if questions: how much was invested, once or every month."""

from __future__ import annotations

from analysis.understanding.draft import Draft
from analysis.understanding.reading import ARTICLES

_INVESTED = ("invest", "lump", "save", "worth")
_WHERE = ("in", "into", "on", "to", "a month", "per month", "each month", "every month")


def find_money(draft: Draft) -> None:
    """ "$1,000 in Apple", "$100 a month": the amount, and the words that say once or monthly."""
    reading = draft.reading
    i = _amount_at(draft)
    if i is None or not _is_investment(draft, i):
        return
    item = reading.items[i]
    draft.amount, draft.invested = item.number, True
    reading.claim(i)
    if reading.at(i + 1).is_("money"):
        reading.claim(i + 1)
    _mode(draft)
    draft.invest_said = reading.has("shape", "invest")
    reading.take("shape", "worth", "invest", "trend")
    reading.take("today")  # "worth today": the end of the data
    reading.take_words("right now", "at the moment")


def _amount_at(draft: Draft) -> int | None:
    """A number with a "$", with "dollars" after it, or right after "invested"."""
    for i, item in enumerate(draft.reading.items):
        if item.number is None or item.used or item.number <= 0:
            continue
        if item.unit == "$" and _a_month(draft, i):
            return i
        if _is_money(draft, i, item.number) and not draft.reading.at(i + 1).is_("unit"):
            return i
    return None


def _a_month(draft: Draft, i: int) -> bool:
    """ "$300/month", "$300 per month"."""
    joint, unit = draft.reading.at(i + 1), draft.reading.at(i + 2)
    if joint.text not in ("/", "per", "a", "each", "every") or not unit.is_("unit", "month"):
        return False
    draft.params["mode"] = "monthly"
    unit.used = True
    return True


def _is_money(draft: Draft, i: int, number: float) -> bool:
    reading, unit = draft.reading, draft.reading.items[i].unit
    if unit in ("$", "k") or reading.at(i + 1).is_("money"):
        return True
    paid = reading.before(i, (*ARTICLES, "of")).is_("shape", *_INVESTED)
    placed = _placed(draft, i) and reading.has("shape", "worth") and number >= 10
    return placed or (paid and not unit)


def _placed(draft: Draft, i: int) -> bool:
    """ "1000 in AAPL": a bare number placed in a company."""
    inside, company = draft.reading.at(i + 1), draft.reading.after(i + 1)
    return inside.text in ("in", "into") and company.is_("company")


def _is_investment(draft: Draft, i: int) -> bool:
    """A sum of money with a company and a word of investing; not "stocks under $20"."""
    if draft.reading.before(i).is_("compare_op"):
        return False
    said = draft.reading.has("shape", *_INVESTED)
    placed = draft.reading.after(i, ("dollar", "buck", "usd", "of")).text in _WHERE
    one = draft.reading.items[i].number == 1 and draft.reading.has("metric", "growth")
    monthly = "mode" in draft.params
    return (said or placed or monthly) and not one


def _mode(draft: Draft) -> None:
    reading = draft.reading
    if reading.take("shape", "save"):
        draft.params["mode"] = "monthly"
        reading.take("by", "month")
        reading.take("frequency", "monthly")
    if reading.take("shape", "lump"):
        draft.params.setdefault("mode", "lump")
