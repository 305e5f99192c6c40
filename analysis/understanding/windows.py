"""Windows of time: "last 5 years", "since 2010", "from D1 to D2", "Q1 2020", "ever", "YTD"."""

from __future__ import annotations

import datetime as dt

from analysis.intent import Window
from analysis.understanding import calendar
from analysis.understanding.calendar import Span
from analysis.understanding.data_range import checked
from analysis.understanding.draft import Draft, Stop
from analysis.understanding.refusing import refusal
from analysis.understanding.relative import relative
from analysis.understanding.spans import Found, Spans, amount_of_time, before

_SIDES = ("before", "after")
_JOINTS = ("and", "&", "-", "/", "or")


def find_windows(draft: Draft) -> None:
    """Claims every stretch of time and keeps the windows in the order of the text."""
    reader = _Windows(draft)
    i = 0
    while i < len(draft.reading.items):
        i = reader.step(i)
    if draft.windows:
        draft.window = draft.windows[0]


class _Windows:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.reading = draft.reading
        self.last = draft.facts.last_date
        self.spans = Spans(draft.reading, self.last)
        self.sided: Span | None = None  # what the latest "before" or "after" was about

    def step(self, i: int) -> int:
        """Tries each rule at item `i`; gives the next index."""
        item = self.reading.items[i]
        if item.used:
            return i + 1
        for rule in (self._range, self._connected, self._fixed, self._trailing, self._bare):
            end = rule(i)
            if end > i:
                self.reading.claim(*range(i, end))
                if len(self.draft.windows) > len(self.draft.window_at):
                    self.draft.window_at.append((i, end))
                return end
        return i + 1

    def _range(self, i: int) -> int:
        """ "from A to B", "between A and B", "A-B", "since A until B"."""
        item = self.reading.items[i]
        between = item.is_("compare_op", "between")
        opened = between or item.is_("connect", "since")
        first, second = self._two_spans(i + 1 if opened else i, between)
        if not first or not second:
            return i
        label = f"{first.span.label} to {second.span.label}"
        start = first.span.end if first.span.kind == "day" else first.span.base
        if first.span.base >= second.span.end:
            raise Stop(refusal("bad_window", self.draft, label=label))
        running = second.span.kind != "day" and second.span.base < self.last
        self._add(start, second.span.end, label, "range", partial=running)
        return second.end

    def _two_spans(self, i: int, between: bool) -> tuple[Found | None, Found | None]:
        first = self.spans.at(i)
        middle = first.end if first else self._partial_end(i)
        joint = self.reading.at(middle) if middle else None
        joined = joint and (
            joint.is_("connect", "until")
            or joint.text in ("-", "/")
            or (joint.text == "and" and (between or first is None))
        )
        if not joined or middle is None:
            return None, None
        second = self.spans.at(middle + 1)
        if second and not first:
            first = self.spans.at(i, year=second.span.end.year)
        if joint and joint.text == "and" and not between and not _adjacent(first, second):
            return None, None
        return first, second

    def _partial_end(self, i: int) -> int | None:
        """ "March to June 2020": the first month has no year of its own."""
        item = self.reading.at(i)
        if item is None or not (item.is_("month_name") or item.is_("quarter_name")):
            return None
        return i + 1

    def _connected(self, i: int) -> int:
        """ "since 2010", "after March 2020", "before the crisis", "until 2015"."""
        word = self.reading.items[i].tags.get("connect")
        if word is None or word == "during":
            return i
        found = self.spans.at(i + 1) or self._of_other_side(i, word)
        if found is None or (self.reading.items[i].is_("compare_op") and found.span.kind != "year"):
            return i
        end = found.end if word in ("before", "until") else self._onwards(found.end)
        if word == "asof" and found.span.kind != "day":
            return i
        if word == "asof" or (end == found.end and self._only_names(i, found.span)):
            self._point(found.span)
            return end
        self._sided(word, found.span)
        return end

    def _sided(self, word: str, span: Span) -> None:
        """The stretch on one side of a span, to the end or from the start of the data."""
        label = f"{word} {span.label}"
        self.sided = span
        if word in ("since", "after"):
            since = span.end if word == "after" or span.kind in ("day", "episode") else span.base
            self._add(since, self.last, label, "since")
        else:
            until = span.base if word == "before" else span.end
            self._add(None, _day_before(until, word, span), label, "until")

    def _of_other_side(self, i: int, word: str) -> Found | None:
        """ "before and after covid", "before covid compared to after": one span for both."""
        joint, other = self.reading.at(i + 1), self.reading.at(i + 2)
        if word not in _SIDES:
            return None
        if joint is None or (joint.stop and self.reading.at(i + 2) is None):
            return Found(self.sided, i, i + 1) if self.sided else None
        both = other is not None and other.tags.get("connect") in _SIDES
        if not both or not (joint.text in _JOINTS or "versus" in joint.tags):
            return None
        found = self.spans.at(i + 3)
        return Found(found.span, i, i + 1) if found else None

    def _only_names(self, i: int, span: Span) -> bool:
        """ "recover from the crash", "recovery after the crisis": the crash is the stretch."""
        if span.kind != "episode":
            return False
        recovering = self.reading.has("shape", "recovery")
        return recovering or self.reading.items[i].text == "from"

    def _onwards(self, i: int) -> int:
        item = self.reading.at(i)
        return i + 1 if item is not None and item.is_("onwards") else i

    def _fixed(self, i: int) -> int:
        item = self.reading.items[i]
        if item.is_("alltime"):
            self._add(None, self.last, "the whole history", "all")
        elif item.is_("ytd"):
            start = calendar.year(self.last.year).base
            self._add(start, self.last, f"{self.last.year} to date", "ytd")
        elif "relative" in item.tags:
            self._add(*relative(item.tags["relative"], self.last))
        else:
            return i
        return i + 1

    def _trailing(self, i: int) -> int:
        """ "last 5 years", "past 6 months", "over 10 years", "10y", "a 3-year"."""
        item = self.reading.items[i]
        named = item.is_("trailing")
        if not named and self._is_extreme(i):
            return i
        count, unit, end = amount_of_time(self.reading, i + 1 if named else i)
        if not count or (not named and item.number is None) or self._is_rate(end):
            return i
        if unit == "trading_day":
            raise Stop(refusal("trading_days", self.draft, label=f"last {count} trading days"))
        if not named and unit in ("day", "week") and not self._framed(i):
            return i
        if not named and count == 1 and self._once(i):
            return i
        start = before(self.last, count, unit)
        plural = "" if count == 1 else "s"
        label = f"last {count} {unit}{plural}" if count > 1 else f"last {unit}"
        self._add(start, self.last, label if count > 1 else f"the past {unit}", "trailing")
        return end

    def _is_extreme(self, i: int) -> bool:
        """ "worst 3 months" are three months, "best 10-year return" is a window."""
        previous = self.reading.at(self.reading.skip(i - 1, step=-1))
        _, _, end = amount_of_time(self.reading, i)
        after = self.reading.at(end)
        ordered = (
            previous is not None
            and any(t in previous.tags for t in ("vague", "order", "listed"))
            and previous.text not in ("longer", "shorter")
        )
        measured = after is not None and any(
            t in after.tags for t in ("metric", "annual", "ranked", "move")
        )
        return ordered and not measured

    def _once(self, i: int) -> bool:
        """ "fell 5 % in one day": how fast it fell, not when."""
        before_ = self.reading.at(self.reading.skip(i - 1, step=-1))
        moved = any("move" in k.tags and not k.stop for k in self.reading.items[:i])
        return moved and before_ is not None and before_.text in ("in", "within", "on")

    def _framed(self, i: int) -> bool:
        before_ = self.reading.at(self.reading.skip(i - 1, step=-1))
        return before_ is not None and before_.text in ("over", "in", "during", "for", "within")

    def _is_rate(self, end: int) -> bool:
        """ "5 days in a row" and "3 months of falls" are no windows; "10 years ago" is a day."""
        after = self.reading.at(end)
        return after is not None and (after.is_("ago") or after.is_("shape", "streak"))

    def _bare(self, i: int) -> int:
        found = self.spans.at(i)
        item = self.reading.items[i]
        before_ = self.reading.at(i - 1)
        compared = (
            before_ is not None and "compare_op" in before_.tags and "connect" not in before_.tags
        )
        if found is None or compared or self._is_amount(i, found):
            return i
        end = self._onwards(found.end)
        span = found.span
        since = end > found.end or (item.is_("onwards") and span.kind != "day")
        if since:
            start = span.end if span.kind in ("day", "episode") else span.base
            self._add(start, self.last, f"since {span.label}", "since")
            return end
        self._point(span)
        return found.end

    def _is_amount(self, i: int, found: Found) -> bool:
        """ "invested 2000 in Apple": money, not a year."""
        before_ = self.reading.at(self.reading.skip(i - 1, step=-1))
        return (
            found.span.kind == "year"
            and before_ is not None
            and before_.is_("shape", "invest")
            and (
                (after := self.reading.at(found.end)) is not None
                and after.text in ("in", "into", "on")
            )
        )

    def _point(self, span: Span) -> None:
        rule = span.kind
        if span.kind == "day":
            self.draft.days.append(span)
            return
        self._add(span.base, span.end, span.label, rule, partial=True)
        self.draft.spans.append(span)

    def _add(
        self, start: dt.date | None, end: dt.date, label: str, rule: str, partial: bool = False
    ) -> None:
        self.draft.windows.append(checked(Window(start, end, label, rule), self.draft, partial))


def _adjacent(first: Found | None, second: Found | None) -> bool:
    """ "March and April 2020" is one stretch; "March and June 2020" are two."""
    return first is not None and second is not None and first.span.end == second.span.base


def _day_before(until: dt.date, word: str, span: Span) -> dt.date:
    return until - calendar.DAY if word == "before" and span.kind == "day" else until
