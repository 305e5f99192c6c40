"""The conversation: what was asked and answered before, which follow-ups start from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from analysis.intent import Intent, Refusal
from analysis.models import Analysis, Message
from analysis.outcome import unsupported
from analysis.result import Column, Result
from progress.service import Run, Session, Viewer


def log_question(analysis: Analysis) -> None:
    log(analysis, Message.Role.USER, analysis.question)


def log_answer(analysis: Analysis) -> None:
    """Store the outcome, then its sentence as the other side of the conversation."""
    analysis.save(update_fields=["intent", "outcome", "cached_at"])
    log(analysis, Message.Role.ASSISTANT, (analysis.outcome or {}).get("answer", ""))


def log_refusal(analysis: Analysis, refusal: Refusal) -> None:
    analysis.unsupported = unsupported(refusal)
    analysis.save(update_fields=["unsupported"])


def log(analysis: Analysis, role: str, text: str) -> None:
    """One side of the conversation; a run that is worked on again says it once."""
    Message.objects.get_or_create(
        run_id=analysis.run_id,
        role=role,
        defaults={"session_id": analysis.session_id, "text": text},
    )


def is_first(analysis: Analysis) -> bool:
    return not before(analysis, run__session_id=analysis.session_id).exists()


def before(analysis: Analysis, **which: Any) -> QuerySet[Analysis]:
    """Earlier analyses, the latest first."""
    earlier = Analysis.objects.filter(run__created_at__lt=analysis.run.created_at, **which)
    return earlier.order_by("-run__created_at")


def answered(analysis: Analysis) -> QuerySet[Analysis]:
    """The answered questions before this one in its conversation, the latest first."""
    return before(
        analysis,
        run__session_id=analysis.session_id,
        run__state=Run.State.SUCCEEDED,
        kind=Analysis.Kind.QUESTION,
        intent__isnull=False,
    )


def previous_intent(analysis: Analysis) -> Intent | None:
    """What the latest answered question of this conversation meant, for follow-ups."""
    # Without the outcome, whose table and chart would be read for nothing.
    found = answered(analysis).values_list("intent", flat=True).first()
    return Intent.from_json(found) if found else None


def previous_result(analysis: Analysis) -> tuple[Intent, Result] | None:
    """The intent and the table of the question before, for "why is it first?"."""
    found = answered(analysis).first()
    if found is None or not found.intent or not (found.outcome or {}).get("table"):
        return None
    return Intent.from_json(found.intent), result_of(found.outcome or {})


def result_of(outcome: dict[str, Any]) -> Result:
    """The table of a stored outcome, dates as dates; script and facts are not stored."""
    columns = tuple(Column(**column) for column in outcome["table"]["columns"])
    rows = tuple(
        tuple(typed(column, value) for column, value in zip(columns, row, strict=True))
        for row in outcome["table"]["rows"]
    )
    return Result(
        columns=columns,
        rows=rows,
        sql=outcome["sql"],
        script="",
        data_through=dt.date.fromisoformat(outcome["data_through"]),
    )


def typed(column: Column, value: Any) -> Any:
    return dt.date.fromisoformat(value) if column.type == "date" and value else value


def past_questions(analyses: QuerySet[Analysis], limit: int = 200) -> list[str]:
    """The newest questions of one owner, for suggestions while typing."""
    questions = analyses.filter(kind=Analysis.Kind.QUESTION).order_by("-run__created_at")
    return list(dict.fromkeys(questions.values_list("question", flat=True)[:limit]))


def own_questions(analysis: Analysis) -> list[str]:
    """The questions that whoever owns this analysis asked before it."""
    session = analysis.run.session
    owner = Viewer(user_id=session.user_id, browser=session.browser)
    own = Session.objects.visible_to(owner)
    return past_questions(before(analysis, run__session__in=own))
