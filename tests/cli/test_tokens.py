"""`flask tokens`: a token is shown once, works for what it was made for, and ends when it is revoked."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from followup_service.audit import AuditEvent
from followup_service.cli.tokens import tokens_commands
from followup_service.staff.access_token import AccessToken
from followup_service.staff.staff_member import StaffMember
from tests.hospital import Hospital

ROBOT = ("create", "--name", "robot", "--scope", "read", "--days", "30")


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(tokens_commands, arguments)


def test_a_made_token_opens_the_api_and_is_stored_only_as_a_hash(app: Flask, hospital: Hospital) -> None:
    made = run(app, *ROBOT, "--study-wide")
    assert made.exit_code == 0, made.output
    secret = made.output.strip()
    with app.app_context():
        answer = hospital.client.get("/api/v1/study", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    with hospital.session() as session:
        token = session.scalars(select(AccessToken)).one()
        assert secret.encode() not in token.token_hash
        assert session.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "token")).all() == ["token_created"]


def test_the_list_shows_no_secret(app: Flask, hospital: Hospital) -> None:
    secret = run(app, *ROBOT, "--site", "PKU").output.strip()
    listed = run(app, "list").output
    assert listed == "robot\tread\tPKU\tuntil 2026-02-04 01:00 UTC\tworks\n"
    assert secret not in listed
    hospital.clock.move(days=31)
    assert run(app, "list").output.endswith("\texpired\n")


def test_a_revoked_token_no_longer_opens_anything(app: Flask, hospital: Hospital) -> None:
    secret = run(app, *ROBOT, "--study-wide").output.strip()
    assert run(app, "revoke", "robot").exit_code == 0
    with app.app_context():
        answer = hospital.client.get("/api/v1/study", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401
    assert run(app, "list").output.endswith("\trevoked\n")
    assert "already" in run(app, "revoke", "robot").output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*ROBOT,), "write either --study-wide or --site CODE"),
        ((*ROBOT, "--study-wide", "--site", "PKU"), "write either --study-wide or --site CODE"),
        ((*ROBOT, "--site", "NEW"), "unknown site 'NEW': write one of PKU"),
        (("create", "--name", "x", "--scope", "all", "--days", "3", "--study-wide"), "'read', 'write'"),
        (("create", "--name", "x", "--scope", "read", "--days", "0", "--study-wide"), "1<=x<=366"),
        (("revoke", "nobody"), "there is no token 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_said(app: Flask, hospital: Hospital, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(app, *arguments)
    assert result.exit_code != 0
    assert sentence in result.output


def test_two_tokens_do_not_share_a_name(app: Flask, hospital: Hospital) -> None:
    run(app, *ROBOT, "--study-wide")
    again = run(app, *ROBOT, "--study-wide")
    assert (again.exit_code, again.output) == (1, "Error: there is a token 'robot' already: give another name\n")


def test_a_token_may_be_a_persons_own(app: Flask, hospital: Hospital) -> None:
    made = run(app, *ROBOT, "--site", "PKU", "--held-by", "dr-wang")
    assert made.exit_code == 0, made.output
    with hospital.session() as session:
        holder = session.scalars(select(StaffMember).where(StaffMember.handle == "dr-wang")).one()
        assert session.scalars(select(AccessToken.staff_id)).one() == holder.id
    assert "unknown member of staff 'dr-no' at PKU" in run(app, *ROBOT, "--site", "PKU", "--held-by", "dr-no").output
    assert "write --site CODE with --held-by" in run(app, *ROBOT, "--study-wide", "--held-by", "dr-wang").output
