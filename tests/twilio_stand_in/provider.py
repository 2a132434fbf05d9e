"""Provider: an account of Twilio's with its messages, phones, opt-outs and faults. What a phone received is what tests judge by."""

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from followup_service import clock
from followup_service.messaging.inbox import PROVIDER_STOPS
from tests.twilio_stand_in.call import Call, problem_of_call, said_in
from tests.twilio_stand_in.faults import DELIVERED, NONE, Answer, Course, Fault
from tests.twilio_stand_in.message import INBOUND, OUTBOUND, Message
from tests.twilio_stand_in.request_shapes import Problem, problem_of_create
from tests.twilio_stand_in.schedule import Schedule
from tests.twilio_stand_in.webhooks import Webhooks

PROVIDER_STARTS = frozenset({"START", "YES", "UNSTOP"})
OPTED_OUT = "21610"


@dataclass(frozen=True)
class Account:
    sid: str
    token: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What creating a message came to: the fault it met, and the message where one was made, or the problem."""

    fault: Fault
    message: Message | Call | None = None
    problem: Problem | None = None


class Provider:
    """`faults` are met by the next texts, one each; `fault_of` and `course_of` are for the texts to one number.

    `problems` are our requests that Twilio would not understand; a test that ends with any has found a mistake of ours.
    """

    def __init__(self, account: Account, schedule: Schedule, inbound_url: str = "", fallback_url: str = "") -> None:
        self.account, self.schedule = account, schedule
        self.inbound_url, self.fallback_url = inbound_url, fallback_url
        self.webhooks = Webhooks(account.token)
        self.faults: deque[Fault] = deque()
        self.courses: deque[Course] = deque()
        self.fault_of: dict[str, Fault] = {}
        self.course_of: dict[str, Course] = {}
        self.course = DELIVERED
        self.seconds_to_answer = 0.0
        self.opted_out: set[str] = set()
        self.problems: list[Problem] = []
        self.calls = 0
        self.phone_calls: list[Call] = []
        self._messages: dict[str, Message] = {}
        self._lock = threading.Lock()

    # What tests ask.

    def handset(self, number: str) -> list[Message]:
        """What arrived on a phone, oldest first."""
        return [message for message in self.sent() if message.to == number and message.on_handset]

    def sent(self) -> list[Message]:
        """Every text that we handed over and the provider took."""
        with self._lock:
            return [message for message in self._messages.values() if message.direction == OUTBOUND]

    def received(self) -> list[Message]:
        """Every text that phones sent to us."""
        with self._lock:
            return [message for message in self._messages.values() if message.direction == INBOUND]

    # What phones do.

    def texts(self, number: str, body: str, to: str = "", reaches_us: bool = True, times: int = 1, media_count: int = 0) -> Message:
        """A phone sends a text: it is kept, and our webhook is called unless `reaches_us` is false. Returns at once."""
        now = clock.now()
        to = to or self.account.numbers[0]
        message = Message(self.account.sid, INBOUND, number, to, body, "received", now, now, media_count=media_count)
        word = body.strip().upper()
        with self._lock:
            self._messages[message.sid] = message
            if word in PROVIDER_STOPS:
                self.opted_out.add(number)
            elif word in PROVIDER_STARTS:
                self.opted_out.discard(number)
        for _ in range(times if reaches_us else 0):
            self.schedule.after(0.0, lambda: self.call_webhook(message))
        return message

    def call_webhook(self, message: Message) -> int | None:
        return self.webhooks.post(self.inbound_url, inbound_form(message), self.fallback_url)

    # What the API does.

    def create(self, form: Mapping[str, Sequence[str]]) -> Outcome:
        self.calls += 1
        problem = problem_of_create(form, self.account.numbers)
        if problem is not None:
            self.problems.append(problem)
            return Outcome(NONE, problem=problem)
        given = {name: values[0] for name, values in form.items()}
        fault = self._next_fault(given["To"])
        if fault.answer is Answer.REFUSED:
            return Outcome(fault, problem=(fault.code, "refused"))
        if given["To"] in self.opted_out:
            return Outcome(NONE, problem=(OPTED_OUT, "Attempt to send to unsubscribed recipient"))
        if not fault.takes:
            return Outcome(fault)
        message = Message(
            self.account.sid,
            OUTBOUND,
            given["From"],
            given["To"],
            given["Body"],
            "queued",
            clock.now(),
            callback_url=given.get("StatusCallback", ""),
            validity_seconds=int(given.get("ValidityPeriod", "36000")),
        )
        with self._lock:
            self._messages[message.sid] = message
            course = self.courses.popleft() if self.courses else self.course_of.get(message.to, self.course)
        self._take_course(message, course)
        return Outcome(fault, message)

    def call(self, form: Mapping[str, Sequence[str]]) -> Outcome:
        """A call rings and waits: a test says what becomes of it."""
        self.calls += 1
        problem = problem_of_call(form, self.account.numbers)
        if problem is not None:
            self.problems.append(problem)
            return Outcome(NONE, problem=problem)
        fault = self._next_fault(form["To"][0])
        if fault.answer is Answer.REFUSED:
            return Outcome(fault, problem=(fault.code, "refused"))
        if not fault.takes:
            return Outcome(fault)
        said, answer_url = said_in(form["Twiml"][0])
        call = Call(self.account.sid, form["From"][0], form["To"][0], clock.now(), said, answer_url, form["StatusCallback"][0])
        with self._lock:
            self.phone_calls.append(call)
        return Outcome(fault, call)

    def change_call(self, sid: str, status: str) -> Call | None:
        """`canceled` ends what is queued or rings; who has picked up goes on."""
        with self._lock:
            call = next((call for call in self.phone_calls if call.sid == sid), None)
            if call is not None and (status == "completed" or call.status in ("queued", "ringing")):
                call.status = status
        return call

    def fetch(self, sid: str) -> Message | None:
        with self._lock:
            return self._messages.get(sid)

    def redact(self, sid: str) -> Message | None:
        message = self.fetch(sid)
        if message is not None:
            message.redacted = True
        return message

    def delete(self, sid: str) -> bool:
        with self._lock:
            return self._messages.pop(sid, None) is not None

    def listed(self, filters: Mapping[str, str]) -> list[Message]:
        """Newest first. A text that is not sent yet has no date, and no filter by date finds it."""
        with self._lock:
            newest_first = list(self._messages.values())[::-1]
        return [message for message in newest_first if _matches(message, filters)]

    # How a text goes its way.

    def _next_fault(self, to: str) -> Fault:
        with self._lock:
            return self.faults.popleft() if self.faults else self.fault_of.get(to, NONE)

    def _take_course(self, message: Message, course: Course) -> None:
        reports = [(status, course.error_code) for status in course.statuses for _ in range(course.times)]
        if course.reverse:
            self.schedule.after(0.0, lambda: self._arrive(message, course))
            reports.reverse()
        for number, (status, error_code) in enumerate(reports, start=1):
            last = not course.reverse and status == course.statuses[-1]
            self.schedule.after(
                course.seconds * number, lambda status=status, code=error_code, last=last: self._go_on(message, status, code, course, last)
            )

    def _go_on(self, message: Message, status: str, error_code: str | None, course: Course, last: bool) -> None:
        if last:
            self._arrive(message, course)
        elif not course.reverse:
            message.status, message.sent_at = status, message.sent_at or clock.now()
        if course.reported and message.callback_url:
            self.report(message, status, error_code if status in ("failed", "undelivered") else None)

    def _arrive(self, message: Message, course: Course) -> None:
        message.status, message.error_code, message.sent_at = course.statuses[-1], course.error_code, message.sent_at or clock.now()
        message.on_handset = course.reaches_the_phone

    def report(self, message: Message, status: str, error_code: str | None = None) -> int | None:
        """One status callback, as the provider sends it."""
        return self.webhooks.post(message.callback_url, status_form(message, status, error_code))


def inbound_form(message: Message) -> dict[str, str]:
    return {
        "ToCountry": "US",
        "SmsMessageSid": message.sid,
        "NumMedia": str(message.media_count),
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "Body": message.body,
        "FromCountry": "CN",
        "To": message.to,
        "NumSegments": "1",
        "MessageSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.from_,
        "ApiVersion": "2010-04-01",
    }


def status_form(message: Message, status: str, error_code: str | None) -> dict[str, str]:
    form = {
        "SmsSid": message.sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": message.to,
        "MessageSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.from_,
        "ApiVersion": "2010-04-01",
    }
    return form | ({"ErrorCode": error_code} if error_code else {})


def _matches(message: Message, filters: Mapping[str, str]) -> bool:
    if message.to != filters.get("To", message.to) or message.from_ != filters.get("From", message.from_):
        return False
    dates = {name: written for name, written in filters.items() if name.startswith("DateSent")}
    if message.sent_at is None:
        return not dates
    sent_at = message.sent_at.replace(microsecond=0)
    for name, written in dates.items():
        first, last = _span(written)
        if (name != "DateSent<" and sent_at < first) or (name != "DateSent>" and sent_at > last):
            return False
    return True


def _span(written: str) -> tuple[datetime, datetime]:
    """First and last instant of a date, or of a second."""
    if "T" in written:
        instant = datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return instant, instant
    day = datetime.fromisoformat(written).replace(tzinfo=UTC)
    return day, day.replace(hour=23, minute=59, second=59)
