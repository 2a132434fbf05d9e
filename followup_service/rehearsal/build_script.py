"""Makes a `Script` of the values of a script file: names resolved, numbers read, defaults filled in by country."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import phonenumbers
from babel.core import get_global

from followup_service.errors import Refused
from followup_service.escalations.escalation import Outcome
from followup_service.participants.emergency_numbers import emergency_number
from followup_service.participants.participant import ParticipantState
from followup_service.participants.phone_numbers import read_phone
from followup_service.participants.treatment import TreatmentState
from followup_service.protocol.definitions import Study
from followup_service.protocol.study_fields import closest, shown
from followup_service.rehearsal.script import (
    Action,
    Changes,
    ChangesState,
    EndsTreatment,
    Enrols,
    GatewayFails,
    GatewayIs,
    MovesTreatment,
    ParticipantLine,
    Presses,
    RecordsTreatment,
    RecordsVisit,
    Resolves,
    Script,
    SiteLine,
    StaffLine,
    Step,
    Texts,
    Waits,
)

Path = tuple[str | int, ...]
Row = TypeVar("Row", SiteLine, StaffLine, ParticipantLine)

STATES = {
    "withdraw": ParticipantState.WITHDRAWN,
    "deceased": ParticipantState.DECEASED,
    "pause": ParticipantState.PAUSED,
    "resume": ParticipantState.ACTIVE,
    "complete": ParticipantState.COMPLETED,
    "lost": ParticipantState.LOST,
}
LONGEST = timedelta(days=20 * 365)


class BuildScript:
    """Called once with the loaded values; `problems` then holds the path and the sentence of everything that is wrong."""

    def __init__(self, data: dict[str, Any], study: Study, line_of: Callable[[Path], int]) -> None:
        self._data, self._study, self._line_of = data, study, line_of
        self.problems: list[tuple[Path, str]] = []

    def __call__(self) -> Script:
        self._sites = self._rows("sites", "code", self._site)
        self._staff = self._rows("staff", "name", self._person)
        self._participants = self._rows("participants", "code", self._participant)
        self._refuse_shared_phones()
        starts_at = self._data["clock"]
        steps = tuple(self._step(number, step) for number, step in enumerate(self._data["steps"]))
        self._refuse_time_going_backwards(starts_at, steps)
        return Script(
            study=self._study.code,
            starts_at=starts_at,
            sites=tuple(self._sites.values()),
            staff=tuple(self._staff.values()),
            participants=tuple(self._participants.values()),
            steps=steps,
        )

    def _rows(self, block: str, key: str, build: Callable[[Path, dict[str, Any]], Row]) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        for number, values in enumerate(self._data[block]):
            if values[key] in rows:
                self.problems.append(((block, number, key), f"{values[key]} stands here a second time; give another {key}"))
            rows[values[key]] = build((block, number), values)
        return rows

    def _site(self, path: Path, values: dict[str, Any]) -> SiteLine:
        country = values.get("country", get_global("zone_territories").get(values["timezone"], "")).upper()
        example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.FIXED_LINE)
        if example is None:
            self.problems.append(((*path, "country"), "no country is known for this site; write its two letters, such as country: CN"))
        clinic_phone = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL) if example else ""
        takes = values.get("takes_unknown_senders")
        return SiteLine(
            code=values["code"],
            name=values.get("name", f"Hospital {values['code']}"),
            timezone=values["timezone"],
            country=country,
            clinic_phone=values.get("clinic_phone", clinic_phone),
            emergency_number=values.get("emergency_number", emergency_number(country)),
            takes_unknown_senders=takes == "true" if takes else path[1] == 0,
        )

    def _person(self, path: Path, values: dict[str, Any]) -> StaffLine:
        site = self._known((*path, "site"), values["site"], self._sites)
        phone = self._phone((*path, "phone"), values["phone"], self._sites[site].country if site else "")
        marks = {mark: values[mark] == "true" for mark in ("fallback", "principal_investigator")}
        return StaffLine(**(values | {"phone": phone} | marks))

    def _participant(self, path: Path, values: dict[str, Any]) -> ParticipantLine:
        site = self._sites.get(self._known((*path, "site"), values["site"], self._sites))
        self._known((*path, "arm"), values["arm"], self._study.arms)
        self._known_questions(path, values["answers"])
        country = values.get("country", site.country if site else "").upper()
        zone = values.get("timezone", site.timezone if site else "UTC")
        built = {
            "phone": self._phone((*path, "phone"), values["phone"], country),
            "timezone": zone,
            "country": country,
            "consented_on": values.get("consented_on", self._data["clock"].astimezone(ZoneInfo(zone)).date()),
        }
        return ParticipantLine(**(values | built))

    def _step(self, number: int, values: dict[str, Any]) -> Step:
        path: Path = ("steps", number)
        builders: dict[str, Callable[[Path, dict[str, Any]], Action]] = {
            "texts": self._texts,
            "presses": self._presses,
            "record": self._record,
            "resolves": self._resolves,
            "change": self._change,
            "enrol": self._enrol,
            "gateway": self._gateway,
            "until": lambda _path, _values: Waits(),
        }
        action = builders.get(values["kind"], self._state)(path, values)
        return Step(values.get("until") or values["at"], self._line_of(path), action)

    def _texts(self, path: Path, values: dict[str, Any]) -> Texts:
        body = values["texts"]
        if "phone" in values:
            phone = self._phone((*path, "phone"), values["phone"], next(iter(self._sites.values())).country if self._sites else "")
            return Texts(phone, phone, body)
        who, people = ("staff", self._staff) if "staff" in values else ("participant", self._participants)
        sender = self._known((*path, who), values[who], people)
        return Texts(sender, people[sender].phone if sender else "", body)

    def _presses(self, path: Path, values: dict[str, Any]) -> Presses:
        return Presses(self._known((*path, "staff"), values["staff"], self._staff), values["presses"])

    def _record(self, path: Path, values: dict[str, Any]) -> RecordsTreatment | MovesTreatment | EndsTreatment | RecordsVisit:
        path, values = (*path, "record"), values["record"]
        code = self._known((*path, "participant"), values["participant"], self._participants)
        if "treatment_ended_on" in values:
            return EndsTreatment(code, values["treatment_ended_on"])
        if "visit" in values:
            visit = self._known((*path, "visit"), values["visit"], self._study.visits)
            return RecordsVisit(code, visit, values.get("booked_at"), values.get("attended_on"))
        treatment = self._known((*path, "treatment"), values["treatment"], self._study.treatments)
        if "instead_of" in values:
            return MovesTreatment(code, treatment, values["instead_of"], values["on"])
        state = TreatmentState(values["state"]) if "state" in values else None
        return RecordsTreatment(code, treatment, values["on"], state)

    def _resolves(self, path: Path, values: dict[str, Any]) -> Resolves:
        staff = self._known((*path, "staff"), values["staff"], self._staff)
        whose = values["resolves"]
        if not whose.isdigit():
            whose = self._known((*path, "resolves"), whose, self._participants)
        return Resolves(staff, whose, Outcome(values["outcome"]), values["note"])

    def _change(self, path: Path, values: dict[str, Any]) -> Changes:
        path, values = (*path, "change"), values["change"]
        code = self._known((*path, "participant"), values["participant"], self._participants)
        phone = values.get("phone")
        if phone is not None:
            phone = self._phone((*path, "phone"), phone, self._participants[code].country if code else "")
        hours = (values["contact_hours"]["opens"], values["contact_hours"]["closes"]) if "contact_hours" in values else None
        self._known_questions(path, values.get("answers", {}))
        return Changes(code, values.get("language"), values.get("timezone"), phone, values.get("tag"), hours, values.get("answers"))

    def _state(self, path: Path, values: dict[str, Any]) -> ChangesState:
        kind = values["kind"]
        code = self._known((*path, kind), values[kind], self._participants)
        return ChangesState(code, STATES[kind], values["reason"])

    def _enrol(self, path: Path, values: dict[str, Any]) -> Enrols:
        return Enrols(self._known((*path, "enrol"), values["enrol"], self._participants))

    def _gateway(self, path: Path, values: dict[str, Any]) -> GatewayFails | GatewayIs:
        how = values["gateway"]
        if isinstance(how, str):
            return GatewayIs(down=how == "down")
        to = self._known((*path, "gateway", "to"), how["to"], self._participants | self._staff)
        return GatewayFails(to, str(how["fails_with"]))

    def _known_questions(self, path: Path, answers: Iterable[str]) -> None:
        for question in answers:
            self._known((*path, "answers", question), question, self._study.questions)

    def _known(self, path: Path, name: str, names: Iterable[str]) -> str:
        """The name, or the empty string and a problem where nobody and nothing is called so."""
        known = list(names)
        if name in known:
            return name
        advice = f"write {closest(name, known)}" if known else "the script has none yet"
        self.problems.append((path, f"{shown(name)} is not known; {advice}"))
        return ""

    def _phone(self, path: Path, written: str, country: str) -> str:
        try:
            return read_phone(written, country)
        except Refused as refused:
            self.problems.append((path, refused.detail))
            return ""

    def _refuse_shared_phones(self) -> None:
        owners: dict[str, str] = {}
        for block, people in (("staff", self._staff), ("participants", self._participants)):
            for number, (name, person) in enumerate(people.items()):
                owner = owners.setdefault(person.phone, name)
                tags = [self._participants[one].tag for one in (owner, name) if one in self._participants]
                told_apart = len(tags) == 2 and None not in tags and len(set(tags)) == 2  # noqa: PLR2004 - two who share it
                if owner != name and person.phone and not told_apart:
                    self.problems.append(((block, number, "phone"), f"this is the phone of {owner} already; give {name} another"))

    def _refuse_time_going_backwards(self, starts_at: datetime, steps: tuple[Step, ...]) -> None:
        latest = starts_at
        for number, step in enumerate(steps):
            key = "until" if isinstance(step.action, Waits) else "at"
            if step.at < latest:
                local = latest.astimezone(step.at.tzinfo or latest.tzinfo).isoformat(timespec="minutes")
                self.problems.append((("steps", number, key), f'time goes backwards; write "{local}" or later, or move the step up'))
            latest = max(latest, step.at)
            if latest > starts_at + LONGEST:
                self.problems.append(
                    (("steps", number, key), f"is more than {LONGEST.days // 365} years after the start; write an earlier time")
                )
                return
