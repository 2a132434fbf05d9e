"""The page that shows the API comes from our own files, and those are what the registry published."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from followup_service.api.docs import SWAGGER_UI
from tests.hospital import Hospital

VENDORED = Path(__file__).resolve().parents[2] / "followup_service" / "static" / SWAGGER_UI


def test_the_page_loads_only_what_is_ours(hospital: Hospital) -> None:
    page = hospital.client.get("/api/v1/docs")
    assert page.status_code == 200
    html = page.get_data(as_text=True)
    addresses = re.findall(r'(?:src|href|data-document)="([^"]+)"', html)
    assert len(addresses) >= 5
    for address in addresses:
        assert address.startswith(("/static/", "/api/v1/", "data:,")), address
        if not address.startswith("data:"):
            with hospital.client.get(address) as loaded:
                assert loaded.status_code == 200, address
    assert not re.search(r"<script[^>]*>[^<]", html), "a script stands in the page"
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]


def test_the_vendored_files_are_as_published() -> None:
    manifest = json.loads((VENDORED / "manifest.json").read_text(encoding="utf-8"))
    assert VENDORED.name == f"{manifest['name']}-{manifest['version']}"
    assert manifest["integrity"].startswith("sha512-")
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDORED.iterdir() if path.name != "manifest.json"}
    assert found == manifest["files"]
    assert "LICENSE" in found


@pytest.mark.parametrize("address", ["/static/../config.py", "/static/%2e%2e/config.py", "/static/vendor/"])
def test_no_other_file_is_served(app: Flask, address: str) -> None:
    assert app.test_client().get(address).status_code == 404
