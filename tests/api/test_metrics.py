"""Figures for monitoring: only for their own token, true, by class, and without personal data."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from followup_service.messaging.purposes import Purpose
from followup_service.staff.access_token import TokenScope
from tests.api.conftest import ApiCaller, MakeCaller
from tests.hospital import Hospital
from tests.sending import LOST, Desk

CANARIES = ("Canary Wang", "13800138000", "canary soup")


def figures(hospital: Hospital, caller: ApiCaller) -> dict[tuple[str, str], float]:
    """Every figure by its name and the values of its labels, in the order of their names."""
    with hospital.app.app_context():
        answer = hospital.client.get("/metrics", headers={"Authorization": f"Bearer {caller.token}"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    samples = (sample for family in text_string_to_metric_families(answer.text) for sample in family.samples)
    return {(sample.name, "/".join(value for _, value in sorted(sample.labels.items()))): sample.value for sample in samples}


@pytest.fixture
def prometheus(make_caller: MakeCaller) -> ApiCaller:
    return make_caller(TokenScope.METRICS)


@pytest.mark.parametrize(("scope", "status"), [(TokenScope.READ, 403), (TokenScope.WRITE, 403), (TokenScope.METRICS, 200)])
def test_only_a_token_for_metrics_opens_them(hospital: Hospital, make_caller: MakeCaller, scope: TokenScope, status: int) -> None:
    with hospital.app.app_context():
        answer = hospital.client.get("/metrics", headers={"Authorization": f"Bearer {make_caller(scope).token}"})
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert hospital.client.get("/metrics").status_code == 401


def test_a_token_for_metrics_opens_nothing_else(prometheus: ApiCaller, hospital: Hospital) -> None:
    hospital.enrols()
    for path in ("/study", "/participants", "/participants/PKU-001", "/nothing"):
        assert prometheus.get(path).status_code == 403
    assert prometheus.enrols().status_code == 403


def test_metrics_of_one_site_are_no_thing(hospital: Hospital) -> None:
    result = hospital.runs("tokens", "create", "--name", "prom", "--site", "PKU", "--scope", "metrics", "--days", "300")
    assert "make the token study-wide" in result.output
    assert hospital.runs("tokens", "create", "--name", "prom", "--study-wide", "--scope", "metrics", "--days", "300").output.startswith(
        "fus_"
    )


def test_the_figures_say_what_waits_what_is_unknown_and_who_has_not_answered(hospital: Hospital, prometheus: ApiCaller) -> None:
    hospital.enrols(name=CANARIES[0])
    desk = Desk(hospital, LOST)
    hospital.post_inbound("+8613800138000", f"39.5 after the {CANARIES[2]}")
    hospital.run_due()
    hospital.clock.move(minutes=2)
    desk.queues(Purpose.QUESTION)
    hospital.clock.move(minutes=1)
    found = figures(hospital, prometheus)
    assert found["followup_texts_due", "question"] == 1
    assert found["followup_texts_oldest_due_seconds", "question"] == 60
    assert found["followup_texts_unknown", "page"] == 1
    assert found["followup_attempts_last_hour", "unknown/page"] == 1
    assert found["followup_texts_last_hour", "alarm_answer/unknown"] == 1
    assert found["followup_escalations_unacknowledged", "emergency"] == 1
    assert found["followup_escalations_unacknowledged", "review"] == 0
    assert found["followup_escalations_oldest_unacknowledged_seconds", "emergency"] == 180
    assert found["followup_inbound_unhandled", ""] == 0
    assert found["followup_inbound_last_received_seconds", ""] == 180
    assert found["followup_sending_on_hold", "everything"] == 0
    assert [value for (name, _), value in found.items() if name == "followup_worker_silent_seconds"] == [180]


def test_the_figures_name_nobody(hospital: Hospital, prometheus: ApiCaller) -> None:
    phone = hospital.enrols(name=CANARIES[0])
    phone.texts(f"39.5 after the {CANARIES[2]}")
    hospital.runs("outbox", "hold", "--reason", CANARIES[2])
    with hospital.app.app_context():
        answers = [
            hospital.client.get(path, headers={"Authorization": f"Bearer {prometheus.token}"}).text
            for path in ("/metrics", "/readyz", "/livez")
        ]
    assert [canary for canary in (*CANARIES, "PKU-001", "nurse-li", "13900000001") if canary in "".join(answers)] == []
    assert figures(hospital, prometheus)["followup_sending_on_hold", "all_but_alarms"] == 1
