"""Callers of the API: each holds a token, and reads answers as JSON."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from followup_service.staff.access_token import TokenScope, make_token
from followup_service.staff.set_up import add_site
from tests.hospital import Hospital

ENROLMENT = {
    "code": "PKU-101",
    "site": "PKU",
    "arm": "rfa",
    "language": "zh_Hans",
    "phone": "138 0013 8101",
    "name": "Canary Wang",
    "consent": {"on": "2026-01-04", "version": "1.0"},
}


class ApiCaller:
    """A program with a token. Addresses are below /api/v1."""

    def __init__(self, hospital: Hospital, token: str) -> None:
        self.hospital, self.token = hospital, token

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._call("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self._call("POST", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self._call("PATCH", path, body, headers)

    def enrols(self, **values: Any) -> TestResponse:
        return self.post("/participants", ENROLMENT | values)

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> TestResponse:
        path = path if path.startswith("/api/") else f"/api/v1{path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"Authorization": f"Bearer {self.token}"}
        # An application context of its own, as a server gives each request: else it would share the test's database session.
        with self.hospital.app.app_context():
            return self.hospital.client.open(path, method=method, json=body, headers=sent)


MakeCaller = Callable[..., ApiCaller]


@pytest.fixture
def make_caller(hospital: Hospital) -> MakeCaller:
    def make(scope: TokenScope = TokenScope.WRITE, site_id: UUID | None = None, days: int = 300, study_id: UUID | None = None) -> ApiCaller:
        with hospital.session() as session:
            now = hospital.clock.now()
            name = f"{scope}-{site_id or 'all'}-{days}-{study_id or 'here'}"
            secret = make_token(
                session,
                name=name,
                study_id=study_id or hospital.study_id,
                site_id=site_id,
                scope=scope,
                now=now,
                expires_at=now + timedelta(days=days),
                actor="tests",
            )
            session.commit()
        return ApiCaller(hospital, secret)

    return make


@pytest.fixture
def writer(make_caller: MakeCaller) -> ApiCaller:
    return make_caller(TokenScope.WRITE)


@pytest.fixture
def reader(make_caller: MakeCaller) -> ApiCaller:
    return make_caller(TokenScope.READ)


@pytest.fixture
def other_site(hospital: Hospital) -> UUID:
    """A second hospital, SYD."""
    with hospital.session() as session:
        site = add_site(
            session,
            hospital.study_id,
            hospital.clock.now(),
            "tests",
            code="SYD",
            name="Sydney Clinic",
            timezone="Australia/Sydney",
            country="AU",
            clinic_phone="02 5550 0000",
            emergency_number="000",
        )
        session.commit()
        return site.id
