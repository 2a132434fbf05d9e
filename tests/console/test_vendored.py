"""What the pages load is ours or as its maker published it, and nothing comes from elsewhere."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from followup_service.console.security_headers import CONTENT_SECURITY_POLICY
from tests.console.people import Person, hires
from tests.hospital import Hospital

CONSOLE = Path(__file__).resolve().parents[2] / "followup_service" / "console"
VENDORED = sorted((CONSOLE / "static" / "vendor").iterdir())


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.name)
def test_the_vendored_files_are_as_published(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert folder.name == f"{manifest['name'].removesuffix('.org')}-{manifest['version']}"
    assert manifest["integrity"].startswith("sha512-")
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.name != "manifest.json"}
    assert found == manifest["files"]
    assert "LICENSE" in found


def test_a_page_loads_only_what_is_there(hospital: Hospital) -> None:
    person = hires(hospital)
    person.signs_in()
    page = person.opens("/account")
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert page.headers["Cache-Control"] == "no-store"
    addresses = re.findall(r'(?:src|<link[^>]+href)="([^"]+)"', page.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/console/static/"), address
        with Person(hospital, "x").opens(address) as loaded:
            assert loaded.status_code == 200
            assert loaded.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("template", sorted(CONSOLE.glob("templates/**/*.html")), ids=lambda path: path.name)
def test_no_template_holds_script_or_style_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"|hx-on|javascript:|\bjs:|\|safe\b", text)
    assert not re.search(r"(?:src|href|action)=\"https?:", text)


@pytest.mark.parametrize("template", sorted(CONSOLE.glob("templates/**/*.html")), ids=lambda path: path.name)
def test_every_form_that_changes_something_has_a_token(template: Path) -> None:
    for form in re.findall(r'<form\b[^>]*method="post".*?</form>', template.read_text(encoding="utf-8"), re.S):
        assert "csrf()" in form or 'name="csrf_token"' in form, form[:120]
