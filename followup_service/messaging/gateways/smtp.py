"""E-mail over SMTP: what the server answered is certain, a connection that breaks while the message is on its way is told as unknown."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

from followup_service import clock
from followup_service.config import Config, is_loopback
from followup_service.messaging.gateways.gateway import SendResult
from followup_service.messaging.outbound_message import AttemptState

SECONDS_TO_ANSWER = 10.0
TLS_PORT, SUBMISSION_PORT = 465, 587
_FIRST_PERMANENT = 500


class SmtpGateway:
    name = "smtp"

    def __init__(self, config: Config) -> None:
        self._url, self._from = urlsplit(config.smtp_url), config.email_from

    def page(self, *, to: str, words: str, language: str, attempt_id: UUID) -> SendResult:
        try:
            server = self._log_in()
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code)
        except (smtplib.SMTPException, OSError) as error:
            return SendResult(AttemptState.NEVER_LEFT, error_code=type(error).__name__)
        try:
            server.send_message(self._message(to, words, language, attempt_id))
        except smtplib.SMTPRecipientsRefused as error:
            return _refusal(next(iter(error.recipients.values()))[0])
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code)
        except (smtplib.SMTPException, OSError) as error:
            return SendResult(AttemptState.UNKNOWN, error_code=type(error).__name__)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        return SendResult(AttemptState.ACCEPTED, f"mail-{attempt_id.hex}", "sent")

    def take_back(self, provider_sid: str) -> bool:
        """What was sent stays sent."""
        return False

    def _log_in(self) -> smtplib.SMTP:
        host = self._url.hostname or ""
        server: smtplib.SMTP
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(host, self._url.port or TLS_PORT, timeout=SECONDS_TO_ANSWER, context=context)
        else:
            server = smtplib.SMTP(host, self._url.port or SUBMISSION_PORT, timeout=SECONDS_TO_ANSWER)
        try:
            if self._url.scheme == "smtp" and not is_loopback(host):
                server.starttls(context=ssl.create_default_context())
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, to: str, words: str, language: str, attempt_id: UUID) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._from, to, words
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{attempt_id.hex}@{self._from.rpartition('@')[2]}>"
        message["Content-Language"] = language.replace("_", "-")
        # No out-of-office note answers it (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(words + "\n")
        return message


def _refusal(code: int) -> SendResult:
    """A server that says "later" (4xx) is asked again; one that says "no" is not."""
    outcome = AttemptState.REFUSED if code >= _FIRST_PERMANENT else AttemptState.NEVER_LEFT
    return SendResult(outcome, error_code=f"smtp_{code}")
