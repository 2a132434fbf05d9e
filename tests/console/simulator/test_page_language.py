"""The pages speak the language that was chosen, else the browser's; Arabic from right to left; the texts on the phones stay as they are."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from followup_service.console import words
from followup_service.console.page_language import PAGE_LANGUAGES, page_words
from followup_service.errors import ConfigError
from followup_service.escalations.escalation import EscalationState
from followup_service.messaging import catalogues
from followup_service.messaging.outbound_message import OutboundState
from followup_service.messaging.purposes import Purpose
from followup_service.participants.participant import ParticipantState
from followup_service.protocol.findings import MeasurementSite
from followup_service.protocol.rule_definitions import Level
from followup_service.staff.staff_member import StaffRole
from tests.console.simulator.test_simulator import types
from tests.hospital import Hospital

NOTHING_OPEN = {
    "en": "Nothing is open.",
    "zh_Hans": "没有待处理的事项。",
    "es": "No hay nada pendiente.",
    "fr": "Rien à traiter.",
    "ar": "لا شيء بانتظار الفريق.",
}


def page(app: Flask, address: str = "/simulator", accepts: str = "") -> str:
    response = app.test_client().get(address, headers={"Accept-Language": accepts})
    assert response.status_code == 200
    return unescape(response.text)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", PAGE_LANGUAGES)
def test_a_chosen_language_is_spoken_and_kept(hospital: Hospital, language: str) -> None:
    hospital.enrols()
    shown = page(hospital.app, f"/simulator?lang={language}", accepts="ru, fr;q=0.5")
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language.replace("_", "-")}" dir="{direction}">' in shown
    assert NOTHING_OPEN[language] in shown
    assert f"/simulator?phone=PKU-001&lang={language}" in shown
    assert f'action="/simulator?lang={language}"' in shown


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_Hans"),
        ("zh-TW", "zh_Hans"),
        ("fr-CA", "fr"),
        ("ru,ar-EG;q=0.7,en;q=0.3", "ar"),
        ("es-419", "es"),
        ("ru", "en"),
        ("*", "en"),
        ("en;q=0.1, fr;q=0.9", "fr"),
    ],
)
def test_else_the_browsers_language_counts(hospital: Hospital, accepts: str, language: str) -> None:
    assert NOTHING_OPEN[language] in page(hospital.app, accepts=accepts)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("written", ["klingon", "", "../../etc", "%00", "<script>"])
def test_a_language_that_is_not_ours_is_passed_over(hospital: Hospital, written: str) -> None:
    shown = page(hospital.app, f"/simulator?lang={written}", accepts="fr")
    assert NOTHING_OPEN["fr"] in shown
    assert "<script>" not in shown


def test_who_types_stays_in_the_language(hospital: Hospital) -> None:
    hospital.enrols()
    client = hospital.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/simulator?lang=ar").text)
    assert token is not None
    answer = client.post("/simulator?lang=ar", data={"csrf_token": token[1], "phone": "PKU-001", "text": "39.1"})
    assert (answer.status_code, answer.location) == (303, "/simulator?phone=PKU-001&lang=ar")


def test_dates_numbers_and_reasons_are_the_languages_and_texts_are_the_participants(hospital: Hospital) -> None:
    hospital.enrols(language="zh_Hans")
    types(hospital.app, "PKU-001", "38度5 打寒战")
    hospital.run_due()
    french = page(hospital.app, "/simulator?phone=PKU-001&lang=fr")
    assert "URGENCE VITALE" in french
    assert "lundi 5 janvier 2026" in french
    assert "38,50 °C" in french
    assert 'lang="zh-Hans"><bdi>谢谢您告诉我们。' in french
    chinese = page(hospital.app, "/simulator?phone=PKU-001&lang=zh_Hans")
    assert "<code>RIGOR</code> 寒战" in chinese
    assert "2026年1月5日星期一" in chinese


def test_in_arabic_codes_and_numbers_keep_their_own_direction(hospital: Hospital) -> None:
    hospital.enrols()
    shown = page(hospital.app, "/simulator?lang=ar&phone=PKU-001")
    assert "<bdi>PKU-001</bdi>" in shown
    assert '<bdi class="number" dir="ltr">+8613800138000</bdi>' in shown


def test_everything_that_has_a_state_has_words_for_it() -> None:
    assert set(words.LEVELS) == set(Level)
    assert set(words.EPISODE_STATES) == set(EscalationState)
    assert set(words.PARTICIPANT_STATES) == set(ParticipantState)
    assert set(words.ROLES) == set(StaffRole)
    assert set(words.PLACES) == set(MeasurementSite)
    assert set(words.PURPOSES) >= set(Purpose)
    assert set(words.MESSAGE_STATES) == set(OutboundState)


def test_a_broken_catalogue_of_the_pages_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in catalogues.TRANSLATIONS.rglob("console.po*"):
        copy = tmp_path / file.relative_to(catalogues.TRANSLATIONS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text(encoding="utf-8").replace("Rien à traiter.", ""), encoding="utf-8")
    monkeypatch.setattr(catalogues, "TRANSLATIONS", tmp_path)
    page_words.cache_clear()
    with pytest.raises(ConfigError, match=r"fr.LC_MESSAGES.console\.po: 'Nothing is open\.' is not translated"):
        page_words()
    (tmp_path / "ar" / "LC_MESSAGES" / "console.po").unlink()
    with pytest.raises(ConfigError, match=r"console\.po"):
        page_words()
    monkeypatch.undo()
    assert set(page_words()) == set(PAGE_LANGUAGES)
