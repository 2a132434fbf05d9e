"""Both arms from the first day to the end of the study, as a participant reads them: kept as a file, and compared."""

from pathlib import Path

import pytest

from tests.rehearsal.conftest import Rehearse

SCRIPT = Path(__file__).parents[2] / "docs" / "rehearsals" / "twenty_six_months.yaml"
KEPT = SCRIPT.with_suffix(".txt")
PLAY_IT_ANEW = f"flask --app wsgi rehearse docs/rehearsals/{SCRIPT.name} > docs/rehearsals/{KEPT.name}"


@pytest.mark.no_cover
def test_it_reads_as_it_was_kept(rehearse: Rehearse) -> None:
    """On SQLite alone, for its length: the words and days are the same there, and the journeys of visits run on both databases."""
    played = rehearse(SCRIPT)
    assert played.exit_code == 0, played.output
    kept = KEPT.read_text(encoding="utf-8")
    assert played.stdout.splitlines() == kept.splitlines(), f"play it anew, and read what has changed: {PLAY_IT_ANEW}"
