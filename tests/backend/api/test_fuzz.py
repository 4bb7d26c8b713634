"""Every operation of the schema, with bodies and queries that fit it and such that do not: the answer is always one that the schema tells of."""

import logging
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from typing import Any, Final

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.backend.api.described import schema
from tests.factories.house import House, full_house

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.timeout(300)]
CHECKS: Final = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SHARES: Final = 4
EXAMPLES: Final = 2  # that fit, and as many that do not: each of OTHERS asks once
OTHERS: Final = ("eve", "", "ada", "judith")
MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
TOLD: Final = 400
few: Final = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _one_connection_and_quiet() -> Iterator[None]:
    """As Django's own test client has it: the end of a request does not end the connection, which holds the test's transaction."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    logging.getLogger("django.request").setLevel(logging.ERROR)
    yield
    logging.getLogger("django.request").setLevel(logging.NOTSET)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@cache
def operations() -> list[Any]:
    """All of them, in the order of the schema. Once for all shares of a process."""
    whole = schemathesis.openapi.from_dict(schema())
    return [found.ok() for found in whole.get_all_operations()]


def ids_for(operation: Any) -> dict[str, st.SearchStrategy[Any]]:
    """What may stand in the path: mostly something that is there, sometimes any number."""
    if "{" not in operation.path:
        return {}
    name = operation.path.partition("{")[2].partition("}")[0]
    if name == "key":
        return {
            name: st.sampled_from(
                ["innovation-competition", "gamification-season@1", "none", "a@b@c", "\u00e9@9999999999999999999"]
            )
        }
    view = resolve(operation.path.replace("{" + name + "}", "1")).func
    rows = view.cls.queryset.model if hasattr(view.cls, "queryset") and view.cls.queryset is not None else None
    known = [] if rows is None else sorted(rows._default_manager.values_list("pk", flat=True))
    strange = st.integers(min_value=0, max_value=2**70)
    return {name: st.sampled_from(known) | st.sampled_from(known) | st.sampled_from(known) | strange if known else strange}


def faults(operation: Any, house: House, app: Any) -> Iterator[str]:
    """What the answers to a few examples have against the schema."""
    found: dict[str, str] = {}
    paths = st.fixed_dictionaries(ids_for(operation))
    others = cycle(OTHERS)

    def ask(case: Any, path: dict[str, Any]) -> None:
        case.path_parameters = {**(case.path_parameters or {}), **path}
        for name in ("org", next(others)):
            headers = {"Authorization": f"Bearer {house.secrets[name]}"} if name else {}
            try:
                with transaction.atomic():
                    try:
                        answer = case.call(app=app, headers=headers)
                        case.validate_response(answer, checks=CHECKS, headers=headers)
                    finally:
                        transaction.set_rollback(True)  # every example finds the house as it was
            except (FailureGroup, Exception) as fault:  # noqa: BLE001 -- all are told at once
                told = [f"{one}"[:TOLD] for one in getattr(fault, "exceptions", [fault])]
                found.setdefault(
                    told[0][:60], f"{operation.label} as {name or 'anybody'}: {told} {case.as_curl_command()[:TOLD]}"
                )

    for mode in MODES:
        few(given(case=operation.as_strategy(generation_mode=mode), path=paths)(ask))()
    yield from found.values()


@pytest.mark.parametrize("share", range(SHARES))
def test_every_answer_is_one_the_schema_tells_of(share: int) -> None:
    house, app = full_house(), get_wsgi_application()
    found = [fault for operation in operations()[share::SHARES] for fault in faults(operation, house, app)]
    assert not found, "\n\n".join(found)
