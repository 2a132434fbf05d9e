"""Ways to hand a text to a provider: one interface, one file per provider."""

from flask import Flask

from followup_service.config import Config, SmsGateway
from followup_service.messaging.gateways.gateway import Gateway
from followup_service.messaging.gateways.simulator import SimulatorGateway
from followup_service.messaging.gateways.twilio import TwilioGateway


def make_gateway(config: Config) -> Gateway:
    return TwilioGateway(config) if config.sms_gateway is SmsGateway.TWILIO else SimulatorGateway()


def gateway_of(app: Flask) -> Gateway:
    gateway: Gateway = app.extensions["sms_gateway"]
    return gateway
