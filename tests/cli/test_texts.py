"""`flask texts`: the table of sizes, who signed for which language, and signing."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from followup_service import clock
from followup_service.cli.texts import texts_commands
from followup_service.clock import MovableClock
from followup_service.messaging import approvals
from followup_service.messaging.catalogues import languages


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.use(MovableClock(datetime.fromisoformat("2026-02-01T12:00+00:00"))):
        yield


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the test in which approvals are kept."""
    monkeypatch.setattr(approvals, "TRANSLATIONS", tmp_path)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(texts_commands, arguments)
    return result.exit_code, result.output


def test_show_lists_every_text_with_its_parts_and_what_makes_it_long() -> None:
    status, printed = run("show")
    assert status == 0
    assert any(line.split()[:8] == ["received", "en", "1", "2", "1", "3", "32", "GSM-7"] for line in printed.splitlines())
    (chinese,) = (line for line in printed.splitlines() if line.startswith("received ") and "zh_Hans" in line)
    assert "UCS-2     谢 ， 您 的 短 信 and 4 more" in chinese
    assert printed.splitlines()[-1].endswith("0 longer than they may be.")


def test_show_keeps_to_one_language_and_its_columns_are_straight() -> None:
    status, printed = run("show", "--language", "zh_Hans", "--study", "NCT06609434")
    assert status == 0
    assert " en " not in printed
    assert run("show", "--language", "zh")[0] == 1
    assert "write zh_Hans" in run("show", "--language", "zh")[1]
    assert "there is no study X" in run("show", "--study", "X")[1]


def test_status_and_approval(folder: Path) -> None:
    assert run("status")[1].count("draft") == len(languages())
    status, printed = run("approve", "--language", "zh_Hans", "--by", "Dr Li, Beijing", "--on", "2026-01-30", "--reviewed")
    assert status == 0, printed
    assert "The texts in zh_Hans are reviewed for NCT06609434 as they stand." in printed
    status, printed = run("approve", "--language", "zh_Hans", "--by", "Ethics committee", "--on", "2026-02-01")
    assert status == 0, printed
    rows = [line.split(maxsplit=4) for line in run("status")[1].splitlines() if line.startswith("zh_Hans")]
    assert [row[:4] for row in rows] == [["zh_Hans", "yes", "reviewed", "2026-01-30"], ["zh_Hans", "yes", "approved", "2026-02-01"]]
    assert [row[4].split("  ") for row in rows] == [["as they stand", "Dr Li, Beijing"], ["as they stand", "Ethics committee"]]


def test_an_approval_of_other_words_is_told_as_such(folder: Path) -> None:
    run("approve", "--language", "en", "--by", "Ethics committee", "--on", "2026-02-01")
    file = folder / "en" / "approvals.toml"
    file.write_text(file.read_text().replace('words = "', 'words = "0'))
    assert "changed since" in run("status")[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--by", "X", "--on", "2026-02-02"), "in the future"),
        (("--by", " ", "--on", "2026-02-01"), "--by is no name"),
        (("--by", "a\nb", "--on", "2026-02-01"), "--by is no name"),
        (("--by", "X", "--on", "yesterday"), "yesterday"),
        (("--by", "X", "--on", "2026-02-01", "--language", "klingon"), "unknown language"),
    ],
)
def test_what_cannot_be_signed(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    status, printed = run("approve", "--language", "en", *arguments)
    assert status != 0
    assert says in printed
    assert not list(folder.iterdir())
