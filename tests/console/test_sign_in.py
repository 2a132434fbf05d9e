"""Signing in and what ends it: two factors, codes that work once, waiting that hits only who guesses, sessions kept on the server."""

import json
import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from followup_service.staff.account_session import ABSOLUTE, IDLE, AccountSession, SessionEnd, end_sessions
from followup_service.staff.manage_account import disable_account, enable_account, new_set_up_link, reset_account
from followup_service.staff.second_factor import new_recovery_codes, totp
from tests.console.people import BASE, PASSWORD, Person, account_of, changes, hires
from tests.hospital import Hospital

NEW_PASSWORD = "nine grey geese over ice"


@pytest.fixture
def li(hospital: Hospital) -> Person:
    return hires(hospital)


def elsewhere(person: Person, address: str = "198.51.100.7") -> Person:
    """The same person's name in another browser, at another address."""
    return Person(person.hospital, person.name, person.secret, address)


def sessions(hospital: Hospital) -> int:
    with hospital.session() as session:
        return int(session.scalar(select(func.count()).select_from(AccountSession).where(AccountSession.ended_at.is_(None))) or 0)


def test_password_and_code_open_the_pages(li: Person, hospital: Hospital) -> None:
    assert li.opens("/account").status_code == 303
    answer = li.signs_in(onward="/console/account")
    assert (answer.status_code, answer.location) == (303, "/console/account")
    assert "Full Name of li.na" in li.shown("/account")
    assert [event.detail for event in hospital.events("signed_in")] == [{"factor": "app"}]


def test_the_password_alone_opens_nothing(li: Person) -> None:
    assert li.sends("/sign-in", {"name": "li.na", "password": PASSWORD}).location == "/console/sign-in/second-step"
    assert not li.is_signed_in()


@pytest.mark.parametrize(("name", "password"), [("li.na", "wrong"), ("nobody", PASSWORD), ("", ""), ("李" * 300, "x" * 9000)])
def test_a_wrong_name_and_a_wrong_password_answer_alike(li: Person, name: str, password: str) -> None:
    answer = li.sends("/sign-in", {"name": name, "password": password})
    assert answer.status_code == 422
    assert "Sign-in name or password is wrong." in answer.text
    assert "li.na" not in answer.text or name.startswith("li.na")


def test_a_nul_is_refused_everywhere(li: Person) -> None:
    assert li.sends("/sign-in", {"name": "li.na\x00", "password": PASSWORD}).status_code == 400
    li.signs_in()
    assert li.opens("/accounts/%00").status_code == 400
    assert li.opens("/account?lang=%00").status_code == 400


def test_names_are_told_apart_by_small_letters_only(li: Person) -> None:
    li.name = " Li.Na "
    assert li.signs_in().status_code == 303
    assert li.is_signed_in()


def test_a_code_works_once(li: Person) -> None:
    code = li.code()
    assert li.signs_in(code=code).status_code == 303
    other = elsewhere(li)
    answer = other.signs_in(code=code)
    assert answer.status_code == 422
    assert "used before" in answer.text
    assert not other.is_signed_in()


def test_an_older_code_works_no_more_after_a_newer_one(li: Person, hospital: Hospital) -> None:
    older = li.code()
    hospital.clock.move(seconds=30)
    assert li.signs_in().status_code == 303
    assert elsewhere(li).signs_in(code=older).status_code == 422


def test_of_twenty_uses_of_a_code_at_once_one_counts(hospital: Hospital, li: Person) -> None:
    code = li.code()
    browsers = [elsewhere(li, f"198.51.100.{number}") for number in range(20)]
    for browser in browsers[:4]:
        assert browser.sends("/sign-in", {"name": "li.na", "password": PASSWORD}).status_code == 303
    tokens = [browser.token() for browser in browsers]
    # The step after the password: all of them hold the cookie that says the password was right.
    kept = browsers[0].browser.get_cookie("session", domain="followup.example.org")
    assert kept is not None
    barrier, answers = threading.Barrier(4), []

    def use(browser: Person, token: str) -> None:
        barrier.wait()
        answers.extend(browser.sends("/sign-in/second-step", {"code": code}, token=token).status_code for _ in range(5))

    threads = [threading.Thread(target=use, args=(browser, token)) for browser, token in zip(browsers[:4], tokens[:4], strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(303) >= 1
    assert sessions(hospital) == 1


def test_a_recovery_code_stands_in_for_the_app_once(li: Person, hospital: Hospital) -> None:
    codes = changes(hospital, "li.na", lambda session, account: new_recovery_codes(account, hospital.clock.now()))
    assert len(set(codes)) == 10
    assert li.signs_in(code=f" {codes[3].upper()} ").status_code == 303
    assert "Recovery codes left: 9" in li.shown("/account")
    assert elsewhere(li).signs_in(code=codes[3]).status_code == 422


def test_a_recovery_code_of_digits_alone_is_one_too(li: Person, hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totp, "generate_recovery_codes", lambda _count: ["4031-0600-2596"])
    changes(hospital, "li.na", lambda session, account: new_recovery_codes(account, hospital.clock.now()))
    assert li.signs_in(code="4031-0600-2596").status_code == 303


def test_who_guesses_waits_and_the_owner_elsewhere_does_not(li: Person, hospital: Hospital) -> None:
    guesser = elsewhere(li, "203.0.113.9")
    statuses = [guesser.sends("/sign-in", {"name": "li.na", "password": f"guess {number}"}).status_code for number in range(8)]
    assert statuses == [422] * 5 + [429] * 3
    refused = guesser.sends("/sign-in", {"name": "li.na", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert li.signs_in().status_code == 303
    hospital.clock.move(minutes=15)
    assert guesser.sends("/sign-in", {"name": "li.na", "password": PASSWORD}).status_code == 303


def test_on_a_known_device_nobody_is_made_to_wait_by_others_at_the_same_address(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    li.signs_out()
    neighbour = elsewhere(li, li.address)
    for number in range(12):
        neighbour.sends("/sign-in", {"name": "li.na", "password": f"guess {number}"})
    assert neighbour.sends("/sign-in", {"name": "li.na", "password": PASSWORD}).status_code == 429
    hospital.clock.move(seconds=30)
    assert li.signs_in().status_code == 303


def test_a_whole_team_cannot_be_locked_out_from_its_own_address(hospital: Hospital) -> None:
    team = [hires(hospital, name) for name in ("li.na", "wang.wei", "zhao")]
    intruder = Person(hospital, "x", address=team[0].address)
    for person in team:
        for number in range(20):
            intruder.sends("/sign-in", {"name": person.name, "password": f"guess {number}"})
    hospital.clock.move(minutes=15)
    for person in team:
        assert person.signs_in().status_code == 303, person.name


def test_codes_are_guessed_from_many_addresses_in_vain(li: Person) -> None:
    statuses = []
    for number in range(9):
        guesser = elsewhere(li, f"203.0.113.{number}")
        statuses.append(guesser.signs_in(code=f"{number:06}").status_code)
    assert statuses[5:] == [429] * 4


def test_failures_are_in_the_audit_trail_without_what_was_typed(li: Person, hospital: Hospital) -> None:
    li.sends("/sign-in", {"name": "li.na", "password": "wrong"})
    li.signs_in(code="000000")
    assert [(event.actor, event.detail) for event in hospital.events("sign_in_failed")] == [
        ("unknown", {"step": "password"}),
        ("unknown", {"step": "second_factor"}),
    ]
    assert PASSWORD not in json.dumps([event.detail for event in hospital.events()])


def test_signing_out_ends_the_session_wherever_its_cookie_is(li: Person) -> None:
    li.signs_in()
    copy = elsewhere(li)
    kept = li.browser.get_cookie("session", domain="followup.example.org")
    assert kept is not None
    copy.browser.set_cookie("session", kept.value, domain="followup.example.org")
    assert copy.is_signed_in()
    assert li.signs_out().location == "/console/sign-in"
    assert not copy.is_signed_in()
    assert not li.is_signed_in()


@pytest.mark.parametrize("end", [disable_account, reset_account])
def test_disabling_and_resetting_end_every_session(li: Person, hospital: Hospital, end: Any) -> None:
    li.signs_in()
    changes(hospital, "li.na", lambda session, account: end(session, account, hospital.clock.now(), "tests"))
    assert not li.is_signed_in()
    hospital.clock.move(seconds=30)
    assert li.signs_in().status_code == 422


def test_an_enabled_account_works_again(li: Person, hospital: Hospital) -> None:
    changes(hospital, "li.na", lambda session, account: disable_account(session, account, hospital.clock.now(), "tests"))
    assert li.signs_in().status_code == 422
    changes(hospital, "li.na", lambda session, account: enable_account(account, hospital.clock.now(), "tests"))
    assert li.signs_in().status_code == 303


def test_disabling_between_the_two_steps_counts(li: Person, hospital: Hospital) -> None:
    li.sends("/sign-in", {"name": "li.na", "password": PASSWORD})
    changes(hospital, "li.na", lambda session, account: disable_account(session, account, hospital.clock.now(), "tests"))
    assert li.sends("/sign-in/second-step", {"code": li.code()}).location == "/console/sign-in"
    assert not li.is_signed_in()


def test_the_second_step_is_open_for_ten_minutes(li: Person, hospital: Hospital) -> None:
    li.sends("/sign-in", {"name": "li.na", "password": PASSWORD})
    hospital.clock.move(minutes=10)
    assert li.sends("/sign-in/second-step", {"code": li.code()}).location == "/console/sign-in"
    assert not li.is_signed_in()


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    hospital.clock.move(seconds=30)
    other = elsewhere(li)
    other.signs_in()
    answer = li.sends("/account/password", {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert answer.status_code == 303
    assert li.is_signed_in()
    assert not other.is_signed_in()
    hospital.clock.move(seconds=30)
    assert other.signs_in().status_code == 422
    assert other.signs_in(password=NEW_PASSWORD).status_code == 303


@pytest.mark.parametrize("password", ["short words", "aaaaaaaaaaaaaaaa", "my name is li.na ok", "x y" * 60])
def test_a_weak_password_is_refused(li: Person, password: str) -> None:
    li.signs_in()
    answer = li.sends("/account/password", {"password": password, "again": password})
    assert answer.status_code == 422


def test_two_different_passwords_are_refused(li: Person) -> None:
    li.signs_in()
    answer = li.sends("/account/password", {"password": NEW_PASSWORD, "again": PASSWORD})
    assert answer.status_code == 422
    assert "differ" in answer.text


def test_a_session_that_nobody_uses_ends_by_itself(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    hospital.clock.move(seconds=IDLE.total_seconds() - 1)
    assert li.is_signed_in()
    hospital.clock.move(seconds=IDLE.total_seconds() - 1)
    assert li.is_signed_in()
    hospital.clock.move(seconds=IDLE.total_seconds())
    assert not li.is_signed_in()


def test_a_page_that_refreshes_itself_keeps_no_session_alive(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    for _ in range(3):
        hospital.clock.move(minutes=9)
        assert li.opens("/account", X_Live="1", HX_Request="true").status_code == 200
    hospital.clock.move(minutes=4)
    assert li.opens("/account", X_Live="1", HX_Request="true").status_code == 401


def test_no_session_lasts_longer_than_half_a_day(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    for _ in range(int(ABSOLUTE.total_seconds() // 1200) - 1):
        hospital.clock.move(minutes=20)
        assert li.is_signed_in()
    hospital.clock.move(minutes=20)
    assert not li.is_signed_in()


def test_a_new_person_sets_password_and_app_with_the_link(hospital: Hospital) -> None:
    hires(hospital, "new.person")
    secret = changes(hospital, "new.person", lambda session, account: reset_account(session, account, hospital.clock.now(), "tests"))
    person = Person(hospital, "new.person")
    assert "new.person" in person.shown(f"/set-up/{secret}")
    assert person.sends(f"/set-up/{secret}", {"password": NEW_PASSWORD, "again": NEW_PASSWORD}).location == "/console/second-factor"
    assert not person.is_signed_in()
    person.secret = "".join(person.shown("/second-factor").partition('<code dir="ltr">')[2].partition("</code>")[0].split())
    picture = person.opens("/second-factor/picture.svg")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert person.sends("/second-factor", {"code": "123456"}).status_code == 422
    codes = person.sends("/second-factor", {"code": person.code()})
    assert "Recovery codes" in codes.text
    assert person.is_signed_in()
    assert Person(hospital, "x").opens(f"/set-up/{secret}").status_code == 404


def test_a_link_ends_after_two_days_and_with_the_next_one(hospital: Hospital, li: Person) -> None:
    first, second = (
        changes(hospital, "li.na", lambda s, account: new_set_up_link(account, hospital.clock.now(), "tests")) for _ in range(2)
    )
    stranger = Person(hospital, "x")
    assert stranger.opens(f"/set-up/{first}").status_code == 404
    assert stranger.opens(f"/set-up/{second}").status_code == 200
    hospital.clock.move(hours=48)
    assert stranger.opens(f"/set-up/{second}").status_code == 404


def test_security_changes_ask_for_the_password_again(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    hospital.clock.move(minutes=11)
    for path in ("/account/password", "/second-factor", "/account/passkeys"):
        assert li.opens(path).location == f"/console/confirm?next=/console{path}"
    assert "/console/confirm" in str(li.sends("/account/recovery-codes").location)
    wrong = li.sends("/confirm", {"password": "wrong", "next": "/console/account/password"})
    assert wrong.status_code == 422
    right = li.sends("/confirm", {"password": PASSWORD, "next": "/console/account/password"})
    assert right.location == "/console/account/password"
    assert li.opens("/account/password").status_code == 200


def test_a_second_app_takes_the_place_of_the_first(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    before = li.secret
    li.secret = "".join(li.shown("/second-factor").partition('<code dir="ltr">')[2].partition("</code>")[0].split())
    assert li.secret != before
    assert li.sends("/second-factor", {"code": li.code()}).status_code == 200
    hospital.clock.move(seconds=30)
    other = elsewhere(li)
    assert other.signs_in(code=totp.code_at(before, hospital.clock.now())).status_code == 422
    assert other.signs_in().status_code == 303


def test_ending_the_other_sessions(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    hospital.clock.move(seconds=30)
    other = elsewhere(li)
    other.signs_in()
    assert li.sends("/account/sessions/end").status_code == 303
    assert li.is_signed_in()
    assert not other.is_signed_in()


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/console/..//evil", "javascript:alert(1)", "/api/v1/docs", "\n//evil"],
)
def test_nobody_is_led_elsewhere(li: Person, onward: str) -> None:
    assert li.signs_in(onward=onward).location == "/console/"


def test_the_name_of_the_host_is_not_believed(li: Person) -> None:
    answer = li.browser.get("/console/account", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil" not in (answer.location or "") + answer.text


def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_http(li: Person) -> None:
    answer = li.signs_in()
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    assert li.secret not in "".join(cookies)


def test_a_form_without_its_token_changes_nothing(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    for path in ("/account", "/sign-out", "/account/recovery-codes", "/account/sessions/end", "/sign-in"):
        assert li.sends(path, token="forged").status_code == 400, path
    assert li.sends("/sign-out", Referer="https://evil.example/").status_code == 400
    assert li.is_signed_in()


def test_looks_are_kept_and_spoken(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    li.sends("/account", {"language": "fr", "timezone": "Europe/Paris"})
    account = account_of(hospital, "li.na")
    assert (account.language, account.timezone, account.single_keys) == ("fr", "Europe/Paris", False)
    assert '<html lang="fr"' in li.shown("/account")
    assert '<html lang="ar" dir="rtl"' in li.shown("/account?lang=ar")


def test_a_session_ended_by_the_server_is_told_apart(li: Person, hospital: Hospital) -> None:
    li.signs_in()
    changes(hospital, "li.na", lambda session, account: end_sessions(session, account.id, SessionEnd.RESET, hospital.clock.now()))
    answer = li.browser.post("/console/sign-out", base_url=BASE)
    assert answer.status_code == 401
    assert "You are no longer signed in" in answer.text
