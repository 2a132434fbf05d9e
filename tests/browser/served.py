"""The service on loopback in this process, so that a test can move its clock, and people who use it with a browser."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import make_server

from followup_service import create_app
from followup_service.staff.second_factor import totp
from tests.conftest import make_config
from tests.console.people import PASSWORD, Person
from tests.databases import sqlite_url
from tests.hospital import Hospital

LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


class Served:
    """The service at an address."""

    hospital: Hospital

    def __init__(self, app: Flask, address: str) -> None:
        self.app, self.address = app, address


def local_app(directory: Path, migrated: Path, address: str) -> Flask:
    app = create_app(replace(make_config(sqlite_url(directory, migrated), directory), public_base_url=address))
    app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=64)
    return app


@contextmanager
def serve(make_app: Callable[[str], Flask]) -> Iterator[Served]:
    # The name and not the number: browsers offer passkeys at a name only.
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    address = f"http://localhost:{server.port}"
    app = make_app(address)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(app, address)
    server.shutdown()
    thread.join()
    server.server_close()


class Desk:
    """A person before a browser window. Whatever the page complains of fails the test when the desk is left."""

    def __init__(self, browser: Browser, served: Served, person: Person | None = None, **context: object) -> None:
        options = {"viewport": LAPTOP, "locale": "en-GB", "timezone_id": "Asia/Shanghai"} | context
        self.context: BrowserContext = browser.new_context(base_url=served.address, **options)
        self.page: Page = self.context.new_page()
        self.served, self.person = served, person
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.context.close()
        if kind is None:
            assert self.complaints == [], self.complaints

    def signs_in(self) -> None:
        """Both steps by hand. The clock goes on by one code, so that the next sign-in has a code of its own."""
        assert self.person is not None
        self.gives_password()
        clock = self.served.hospital.clock
        self.page.locator("#code").fill(totp.code_at(self.person.secret, clock.now()))
        self.page.locator("#code").press("Enter")
        self.page.wait_for_url(lambda url: "sign-in" not in url)
        clock.move(seconds=30)

    def gives_password(self) -> None:
        assert self.person is not None
        self.goes_to("/sign-in")
        self.page.locator("#name").fill(self.person.name)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("#password").press("Enter")
        self.page.wait_for_url("**/second-step*")

    def enters(self) -> None:
        """Signed in without the two pages: with the cookie that they would give."""
        assert self.person is not None
        self.person.signs_in()
        for name in ("session", "device"):
            kept = self.person.browser.get_cookie(name, domain="followup.example.org", path="/" if name == "session" else "/console")
            assert kept is not None
            self.context.add_cookies([{"name": name, "value": kept.value, "url": self.served.address}])
        self.served.hospital.clock.move(seconds=30)

    def goes_to(self, path: str) -> None:
        self.page.goto(f"/console{path}")

    def is_no_wider_than_its_window(self) -> bool:
        """Nothing has to be scrolled sideways to be read, and nothing is cut off where that cannot be done."""
        return bool(
            self.page.evaluate(
                "[document.documentElement, ...document.querySelectorAll('.panel')].every(part => part.scrollWidth <= part.clientWidth + 1)"
            )
        )

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)
