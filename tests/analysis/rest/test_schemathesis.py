"""The OpenAPI document against the running site: requests made up from it, valid and not."""

import json
import uuid
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings

from analysis.idempotency import VISIBLE
from analysis_site.schema import text
from deploy.site import Web

# A stream does not end by itself.
STREAM = "get_progress_id"

schema = schemathesis.openapi.from_dict(json.loads(text("json"))).exclude(operation_id=STREAM)


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_site_keeps_what_its_document_promises(
    case: Any, api_site: Web, credentials: dict[str, str]
) -> None:
    if VISIBLE.fullmatch((case.headers or {}).get("Idempotency-Key", "")):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())  # made-up ones meet each other: 422
    case.call_and_validate(base_url=api_site.url, headers=credentials, timeout=20)
