"""What a test with real transactions wrote is gone after it, and what belongs to the database itself stays."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.emptying import empty, filled
from tests.factories.results import judge_final, water
from worker.steps import settle_now


@pytest.mark.django_db(transaction=True)
def test_a_cycle_that_was_played_is_gone_and_kinds_of_rows_stay() -> None:
    stays = (ContentType.objects.count(), Permission.objects.count())
    assert (filled(connection), min(stays) > 0) == ([], True)
    played = water()
    judge_final(played)
    settle_now(played.rounds["call"], by=None)
    assert len(filled(connection)) > 20
    empty()
    assert filled(connection) == []
    assert (ContentType.objects.count(), Permission.objects.count()) == stays
