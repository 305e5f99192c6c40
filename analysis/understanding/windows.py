"""Windows of time: "last 5 years", "since 2010", "from D1 to D2", "Q1 2020", "ever", "YTD"."""

from __future__ import annotations

import datetime as dt

from analysis.intent import Window
from analysis.understanding import calendar
from analysis.understanding.calendar import Span
from analysis.understanding.data_range import checked
from analysis.understanding.draft import Draft
from analysis.understanding.relative import relative
from analysis.understanding.spans import Found, Spans, amount_of_time, before
from analysis.understanding.stopping import refuse

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
            refuse(self.draft, "bad_window", label)
        running = second.span.kind != "day" and second.span.base < self.last
        self._add(start, second.span.end, label, "range", partial=running)
        return second.end

    def _two_spans(self, i: int, between: bool) -> tuple[Found | None, Found | None]:
        first = self.spans.at(i)
        partial = self.reading.at(i).is_any("month_name", "quarter_name")
        if not first and not partial:
            return None, None
        middle = first.end if first else i + 1  # "March to June 2020": no year of its own
        joint = self.reading.at(middle)
        by_and = joint.text == "and" and (between or first is None)
        if not (by_and or joint.is_("connect", "until") or joint.text in ("-", "/")):
            return None, None
        second = self.spans.at(middle + 1)
        if second and not first:
            first = self.spans.at(i, year=second.span.end.year)
        if by_and and not between and not _adjacent(first, second):
            return None, None
        return first, second

    def _connected(self, i: int) -> int:
        """ "since 2010", "after March 2020", "before the crisis", "until 2015"."""
        item = self.reading.items[i]
        word = item.tags.get("connect", "during")
        if word == "during":
            return i
        found = self.spans.at(i + 1) or self._of_other_side(i, word)
        if found is None:
            return i
        kind = found.span.kind
        if (item.is_("compare_op") and kind != "year") or (word == "asof" and kind != "day"):
            return i
        end = found.end if word in ("before", "until") else self._onwards(found.end)
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
        if word not in _SIDES:
            return None
        joint, rest = self.reading.at(i + 1), self.reading.items[i + 1 :]
        if not rest or (len(rest) == 1 and joint.stop):
            return Found(self.sided, i, i + 1) if self.sided else None
        both = self.reading.at(i + 2).is_("connect", *_SIDES)
        if not both or not (joint.text in _JOINTS or joint.is_("versus")):
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
        return i + 1 if self.reading.at(i).is_("onwards") else i

    def _fixed(self, i: int) -> int:
        item = self.reading.items[i]
        if item.is_("alltime"):
            self._add(None, self.last, "the whole history", "all")
        elif item.is_("ytd"):
            start = calendar.year(self.last.year).base
            self._add(start, self.last, f"{self.last.year} to date", "ytd")
        elif item.is_("relative"):
            self._keep(relative(item.tags["relative"], self.last))
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
            refuse(self.draft, "trading_days", f"last {count} trading days")
        if not named and unit in ("day", "week") and not self._framed(i):
            return i
        if not named and count == 1 and self._once(i):
            return i
        label = f"last {count} {unit}s" if count > 1 else f"the past {unit}"
        self._add(before(self.last, count, unit), self.last, label, "trailing")
        return end

    def _is_extreme(self, i: int) -> bool:
        """ "worst 3 months" are three months, "best 10-year return" is a window."""
        previous = self.reading.before(i)
        _, _, end = amount_of_time(self.reading, i)
        measured = self.reading.at(end).is_any("metric", "annual", "ranked", "move")
        compared = previous.text in ("longer", "shorter")
        return previous.is_any("vague", "order", "listed") and not (compared or measured)

    def _once(self, i: int) -> bool:
        """ "fell 5 % in one day": how fast it fell, not when."""
        moved = any(item.moves for item in self.reading.items[:i])
        return moved and self.reading.before(i).text in ("in", "within", "on")

    def _framed(self, i: int) -> bool:
        return self.reading.before(i).text in ("over", "in", "during", "for", "within")

    def _is_rate(self, end: int) -> bool:
        """ "5 days in a row" and "3 months of falls" are no windows; "10 years ago" is a day."""
        after = self.reading.at(end)
        return after.is_("ago") or after.is_("shape", "streak")

    def _bare(self, i: int) -> int:
        found = self.spans.at(i)
        previous = self.reading.at(i - 1)
        compared = previous.is_("compare_op") and not previous.is_("connect")
        if found is None or compared or self._is_amount(i, found):
            return i
        end, span = self._onwards(found.end), found.span
        if end > found.end or (self.reading.items[i].is_("onwards") and span.kind != "day"):
            start = span.end if span.kind in ("day", "episode") else span.base
            self._add(start, self.last, f"since {span.label}", "since")
            return end
        self._point(span)
        return found.end

    def _is_amount(self, i: int, found: Found) -> bool:
        """ "invested 2000 in Apple": money, not a year."""
        invested = self.reading.before(i).is_("shape", "invest")
        placed = self.reading.at(found.end).text in ("in", "into", "on")
        return found.span.kind == "year" and invested and placed

    def _point(self, span: Span) -> None:
        if span.kind == "day":
            self.draft.days.append(span)
            return
        self._add(span.base, span.end, span.label, span.kind, partial=True)
        self.draft.spans.append(span)

    def _add(
        self, start: dt.date | None, end: dt.date, label: str, rule: str, partial: bool = False
    ) -> None:
        self._keep(Window(start, end, label, rule), partial)

    def _keep(self, window: Window, partial: bool = False) -> None:
        self.draft.windows.append(checked(window, self.draft, partial))


def _adjacent(first: Found | None, second: Found | None) -> bool:
    """ "March and April 2020" is one stretch; "March and June 2020" are two."""
    return first is not None and second is not None and first.span.end == second.span.base


def _day_before(until: dt.date, word: str, span: Span) -> dt.date:
    return until - calendar.DAY if word == "before" and span.kind == "day" else until
