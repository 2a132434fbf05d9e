"""`flask texts`: what goes out in which language, at what length, and on whose word."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from unicodedata import category

import click

from followup_service import clock
from followup_service.cli.table import table
from followup_service.errors import FollowupError
from followup_service.messaging.approvals import SignOff, Status, sign, sign_offs, words_hash
from followup_service.messaging.catalogues import check_language, languages
from followup_service.messaging.text_sizes import SizedText, sized_texts
from followup_service.protocol.definitions import Study
from followup_service.protocol.load_study import StudyFileError, load_study, study_codes

WIDTH = 160
MOST_LETTERS = 6
UNSEEN = ("Cc", "Cf", "Mc", "Me", "Mn", "Zs")

study_option = partial(click.option, "--study", "code", default=lambda: study_codes()[0], help="The study; the only one if there is one.")


@click.group("texts")
def texts_commands() -> None:
    """The texts that go out: their sizes, and who approved them."""


@texts_commands.command("show")
@click.option("--language", help="Only this one, such as zh_Hans.")
@study_option()
def show(language: str | None, code: str) -> None:
    """Print every text in every language, with its longest values, its parts and what makes it long.

    In full: with codes, numbers and places as long as they may be entered, the longest preparation that staff may write, and to a
    phone of a caregiver or of several participants.
    """
    with _refusals_told():
        chosen = (check_language(language, "--language"),) if language else languages()
        sized = list(sized_texts(_study(code), chosen))
    titles = ("text", "language", "parts", "most", "in full", "most", "characters", "encoding", "UCS-2 because of", "words")
    for line in table(titles, map(_size_row, sized), WIDTH):
        click.echo(line)
    longer = [one for one in sized if not one.fits]
    click.echo(f"\n{len(sized)} texts, {len(longer)} longer than they may be{': shorten those marked with !' if longer else '.'}")


@texts_commands.command("status")
@study_option()
def status(code: str) -> None:
    """Print for every language whether its texts are a draft, reviewed or approved, and whether those are still the words."""
    with _refusals_told():
        rows = [row for language in languages() for row in _status_rows(language, _study(code))]
    for line in table(("language", "in the study", "status", "on", "words", "by"), rows):
        click.echo(line)


@texts_commands.command("approve")
@click.option("--language", required=True, help="Such as zh_Hans.")
@click.option("--by", required=True, help="The ethics committee; with --reviewed, the clinician and native speaker.")
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day, like 2026-01-31.")
@click.option("--reviewed", is_flag=True, help="Read and found right by a clinician; not yet approved.")
@study_option()
def approve(language: str, by: str, on: datetime, reviewed: bool, code: str) -> None:
    """Write down who approved the texts of a language as they stand now. A word changed later needs a new approval."""
    study, day = _study(code), on.date()
    if not by.strip() or any(category(character) in ("Cc", "Cs") for character in by):
        raise click.UsageError("--by is no name: write the committee's, or the clinician's with --reviewed")
    if day > clock.now().date():
        raise click.UsageError(f"--on is in the future ({day}): write the day on which it was given")
    signed = Status.REVIEWED if reviewed else Status.APPROVED
    with _refusals_told():
        path = sign(check_language(language, "--language"), study.code, signed, by.strip(), day)
    click.echo(f"The texts in {language} are {signed} for {study.code} as they stand. Keep {path} with the code.")


def _study(code: str) -> Study:
    try:
        return load_study(code)
    except StudyFileError as error:
        raise click.ClickException("\n".join(error.problems)) from error


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except FollowupError as error:
        raise click.ClickException(error.detail) from error


def _size_row(one: SizedText) -> tuple[str, ...]:
    sizes = (*_against(one.size.parts, one.most_parts), *_against(one.in_full.parts, one.most_in_full), str(len(one.words)))
    return one.key, one.language, *sizes, one.size.encoding, _letters(one.made_long_by), one.words


def _against(parts: int, most: int) -> tuple[str, str]:
    return f"{parts}{' !' if parts > most else ''}", str(most)


def _letters(characters: tuple[str, ...]) -> str:
    """The first few; those that cannot be seen by themselves by their code point."""
    shown = [f"U+{ord(one):04X}" if category(one) in UNSEEN else one for one in characters[:MOST_LETTERS]]
    more = len(characters) - MOST_LETTERS
    return " ".join([*shown, f"and {more} more"] if more > 0 else shown) or "-"


def _status_rows(language: str, study: Study) -> Iterator[tuple[str, ...]]:
    used = "yes" if language in study.languages else "no"
    signed = sign_offs(language, study.code)
    if not signed:
        yield language, used, Status.DRAFT.value, "-", "-", "nobody"
    for one in signed:
        yield language, used, one.status.value, one.on.isoformat(), _still(one, words_hash(language, study.code)), one.by


def _still(one: SignOff, words: str) -> str:
    return "as they stand" if one.words == words else "changed since"
