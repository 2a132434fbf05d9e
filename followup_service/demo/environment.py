"""Where the demo runs: its address, its settings (none of those of a real service), and where its children write their logs."""

import os
import socket

from followup_service.config import PROJECT, VARIABLES

HOST = "127.0.0.1"
FIRST_PORT = 8000
PORTS_TO_TRY = 50
LOGS = PROJECT / "instance"


def free_port() -> int:
    """8000, or the next port that nobody listens on."""
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind((HOST, port))
            except OSError:
                continue
            return port
    raise SystemExit(f"Ports {FIRST_PORT} to {FIRST_PORT + PORTS_TO_TRY - 1} of {HOST} are all in use: stop what uses them.")


def demo_environment(address: str) -> dict[str, str]:
    """The environment without any setting of a real service that happens to be in it."""
    ours = {name for variable in VARIABLES for name in (variable.name, f"{variable.name}_FILE")}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"FOLLOWUP_DEMO": "1", "SMS_GATEWAY": "simulator", "PUBLIC_BASE_URL": address}
