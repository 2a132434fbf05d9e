"""Ways to hand a text, a call or an e-mail over: an interface for texts and one for other pages, one file per provider."""

from collections.abc import Mapping

from flask import Flask, current_app

from followup_service.config import Config, SmsGateway
from followup_service.messaging.gateways.gateway import Gateway, PageGateway
from followup_service.messaging.gateways.simulator import SimulatedPages, SimulatorGateway
from followup_service.messaging.gateways.smtp import SmtpGateway
from followup_service.messaging.gateways.twilio import TwilioGateway
from followup_service.messaging.gateways.twilio_voice import TwilioCalls
from followup_service.protocol.definitions import Study
from followup_service.protocol.paging_clock import Channel

PageGateways = Mapping[Channel, PageGateway]


def make_gateway(config: Config) -> Gateway:
    return TwilioGateway(config) if config.sms_gateway is SmsGateway.TWILIO else SimulatorGateway()


def make_page_gateways(config: Config) -> dict[Channel, PageGateway]:
    """What there is beside texts. The simulator has all, and nothing leaves it; else what is not configured is passed over by the chain."""
    if config.sms_gateway is SmsGateway.SIMULATOR:
        return {Channel.VOICE: SimulatedPages(Channel.VOICE, "in-progress"), Channel.EMAIL: SimulatedPages(Channel.EMAIL, "sent")}
    gateways: dict[Channel, PageGateway] = {}
    if config.twilio_voice_number:
        gateways[Channel.VOICE] = TwilioCalls(config)
    if config.smtp_url:
        gateways[Channel.EMAIL] = SmtpGateway(config)
    return gateways


def gateway_of(app: Flask) -> Gateway:
    gateway: Gateway = app.extensions["sms_gateway"]
    return gateway


def page_gateways_of(app: Flask) -> PageGateways:
    gateways: PageGateways = app.extensions["page_gateways"]
    return gateways


def channels_here() -> frozenset[Channel]:
    """By what a page can go out in this installation."""
    return frozenset({Channel.TEXT, *page_gateways_of(current_app)})


def channels_passed_over(study: Study) -> list[str]:
    """The channels that the study's chains name and this installation does not have."""
    named = {step.by for clock in study.paging.values() for step in (*clock.chain, *clock.round_again)}
    return sorted(named - channels_here())


def gateway_names(app: Flask) -> dict[Channel, str]:
    """By which gateway each channel goes out."""
    return {Channel.TEXT: gateway_of(app).name, **{channel: gateway.name for channel, gateway in page_gateways_of(app).items()}}
