"""Failpoints do nothing unless the environment names one, and every one that is named exists."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from followup_service.config import PROJECT
from followup_service.failpoints import FAILPOINTS

# The package without the application in it, which takes seconds to import.
PASS_BY = """
import sys, types
package = sys.modules["followup_service"] = types.ModuleType("followup_service")
package.__path__ = ["followup_service"]
from followup_service.failpoints import reached
reached("text_received")
reached("text_received")
print("passed", end="")
"""


def passes_by(failpoint: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "FAILPOINT"}
    environment |= {} if failpoint is None else {"FAILPOINT": failpoint}
    return subprocess.run([sys.executable, "-c", PASS_BY], cwd=PROJECT, env=environment, capture_output=True, text=True)  # noqa: S603 - our own words


def test_without_the_variable_or_for_another_place_nothing_happens() -> None:
    for failpoint in (None, "", "text_committed:kill"):
        assert passes_by(failpoint).stdout == "passed"


def test_the_named_place_kills_or_fails() -> None:
    assert passes_by("text_committed:kill,text_received:kill").returncode == -signal.SIGKILL
    assert "a failpoint was reached" in passes_by("text_received:fail").stderr


def test_a_file_acts_once(tmp_path: Path) -> None:
    assert passes_by(f"in:{tmp_path}").stdout == "passed"
    (tmp_path / "text_received:kill").touch()
    assert passes_by(f"in:{tmp_path}").returncode == -signal.SIGKILL
    assert passes_by(f"in:{tmp_path}").stdout == "passed"


def test_a_name_that_is_wrong_is_refused() -> None:
    for failpoint in ("nonsense:kill", "text_received:nonsense", "text_received"):
        assert "FAILPOINT is" in passes_by(failpoint).stderr


def test_each_failpoint_is_somewhere_on_the_way() -> None:
    paths = [*(PROJECT / "followup_service").rglob("*.py"), PROJECT / "migrations" / "env.py"]
    code = "\n".join(path.read_text() for path in paths)
    assert set(re.findall(r'reached\("(\w+)"\)', code)) == FAILPOINTS
