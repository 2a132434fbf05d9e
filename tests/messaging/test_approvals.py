"""A language's texts are a draft until somebody signs for them, and a word changed afterwards makes them one again."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from followup_service.errors import ConfigError, Refused
from followup_service.extensions import db
from followup_service.messaging import approvals
from followup_service.messaging.approvals import (
    Status,
    check_approvals,
    check_participants_language,
    is_approved,
    may_write_in,
    sign,
    sign_offs,
)
from followup_service.messaging.outbound_message import OutboundMessage
from followup_service.messaging.wording import wording
from followup_service.protocol.load_study import load_study
from tests.hospital import Hospital

STUDY = load_study("NCT06609434")
DAY = date(2026, 1, 31)
BY = 'Ethics committee "North", 北京'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Approvals are kept in a folder of the test."""
    monkeypatch.setattr(approvals, "TRANSLATIONS", tmp_path)
    return tmp_path


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_all_begin_as_drafts(language: str) -> None:
    assert sign_offs(language, STUDY.code) == ()
    assert not is_approved(language, STUDY.code)


def test_a_review_is_no_approval() -> None:
    sign("zh_Hans", STUDY.code, Status.REVIEWED, "Dr Li", DAY)
    assert [(one.status, one.by, one.on) for one in sign_offs("zh_Hans", STUDY.code)] == [(Status.REVIEWED, "Dr Li", DAY)]
    assert not is_approved("zh_Hans", STUDY.code)


def test_an_approval_stands_beside_the_review_and_is_for_one_language_and_one_study() -> None:
    sign("zh_Hans", STUDY.code, Status.REVIEWED, "Dr Li", DAY)
    sign("zh_Hans", STUDY.code, Status.APPROVED, "an earlier one", DAY)
    sign("zh_Hans", STUDY.code, Status.APPROVED, BY, DAY)
    assert [(one.status, one.by) for one in sign_offs("zh_Hans", STUDY.code)] == [(Status.REVIEWED, "Dr Li"), (Status.APPROVED, BY)]
    assert is_approved("zh_Hans", STUDY.code)
    assert not is_approved("en", STUDY.code)
    assert sign_offs("zh_Hans", "OTHER") == ()


@pytest.mark.parametrize("place", ["TEXTS.page", "texts.emergency_now", "questions.red_flags.text", "symptoms.RIGOR.name", "LEVELS.urgent"])
def test_one_word_changed_anywhere_ends_the_approval(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    sign("en", STUDY.code, Status.APPROVED, BY, DAY)
    words = dict(wording("en", STUDY.code))
    words[place] += "!"
    monkeypatch.setattr(approvals, "wording", lambda language, study: words)
    assert not is_approved("en", STUDY.code)


def test_two_texts_that_change_places_end_the_approval(monkeypatch: pytest.MonkeyPatch) -> None:
    sign("en", STUDY.code, Status.APPROVED, BY, DAY)
    words = dict(wording("en", STUDY.code))
    words["texts.emergency_now"], words["texts.closing"] = words["texts.closing"], words["texts.emergency_now"]
    monkeypatch.setattr(approvals, "wording", lambda language, study: words)
    assert not is_approved("en", STUDY.code)


@pytest.mark.parametrize(
    "broken",
    [
        "not = = toml",
        '[NCT06609434]\napproved = "yes"\n',
        '[NCT06609434.approved]\nby = "x"\non = "2026-01-31"\nwords = ""\n',
        '[NCT06609434.approved]\nby = "x"\non = 2026-01-31\n',
    ],
)
def test_a_broken_file_stops_the_start_and_is_named(folder: Path, broken: str) -> None:
    (folder / "en").mkdir()
    (folder / "en" / "approvals.toml").write_text(broken)
    with pytest.raises(ConfigError, match=r"en.approvals\.toml"):
        check_approvals(STUDY)


def test_without_the_setting_a_draft_will_do(hospital: Hospital) -> None:
    assert may_write_in("zh_Hans", STUDY)
    assert check_participants_language("zh_Hans", "PKU-001", STUDY) == "zh_Hans"


def test_with_the_setting_a_draft_is_refused_and_the_sentence_says_what_to_do(strict: Hospital) -> None:
    with pytest.raises(Refused, match="not approved as they stand.*flask texts approve --language zh_Hans --by"):
        check_participants_language("zh_Hans", "PKU-001", STUDY)
    sign("zh_Hans", STUDY.code, Status.APPROVED, BY, DAY)
    assert check_participants_language("zh_Hans", "PKU-001", STUDY) == "zh_Hans"


def test_a_language_that_is_not_the_studys_is_refused(hospital: Hospital) -> None:
    with pytest.raises(Refused, match="PKU-001: write one of en$"):
        check_participants_language("zh_Hans", "PKU-001", replace(STUDY, languages=("en",)))
    with pytest.raises(Refused, match="write zh_Hans"):
        check_participants_language("zh", "PKU-001", STUDY)


def test_who_asks_for_a_language_whose_texts_are_a_draft_stays_and_a_person_hears_of_it(strict: Hospital) -> None:
    phone = strict.enrols()
    phone.texts("中文")
    assert strict.participant().language == "en"
    assert "QUESTION_FOR_TEAM" in strict.the_escalation().reasons
    sign("zh_Hans", STUDY.code, Status.APPROVED, BY, DAY)
    phone.texts("中文")
    assert strict.participant().language == "zh_Hans"


def test_who_writes_in_a_language_whose_texts_are_a_draft_is_not_offered_it_and_staff_are_told(strict: Hospital) -> None:
    phone = strict.enrols()
    phone.texts("今天天气不错，我很好，谢谢你们的关心")
    with strict.session() as session:
        assert not session.scalars(db.select(OutboundMessage).where(OutboundMessage.message == "offer_language")).all()
    assert "OTHER_LANGUAGE" in strict.the_escalation().reasons
