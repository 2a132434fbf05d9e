"""Wires: each host in a network namespace of its own, with two cables that can be cut. Inside is the database, outside everybody else.

For root on Linux; whoever may not do this gets None and a line that says why. Names carry the id of the process that made them: what a
run that is dead left behind goes with the next one that begins.
"""

import ctypes
import ipaddress
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from ipaddress import IPv4Network
from pathlib import Path

# Set aside for trying out networks (RFC 2544): nobody's own.
RANGE = IPv4Network("198.18.0.0/15")
INSIDE, OUTSIDE = "inside", "outside"
_NAMESPACES = Path("/run/netns")
_NAMESPACE = re.compile(r"followup-(\d+)-\d+")
# At most 15 letters, with an id of seven digits.
_LINK = re.compile(r"fu(\d+)[io]\d*")
_CLONE_NEWNET = 0x40000000
_FIRST_HOST = 10


class NoWires(Exception):
    """Why this process cannot have any."""


class Wires:
    """The hosts are numbered from 1. `database` and `provider` are the addresses at which they find us."""

    def __init__(self, hosts: int) -> None:
        self.hosts = range(1, hosts + 1)
        self._inside, self._outside = _free_network().subnets(new_prefix=25)
        self.database, self.provider = str(self._inside[1]), str(self._outside[1])
        for name, network in ((INSIDE, self._inside), (OUTSIDE, self._outside)):
            bridge = _link_name(name)
            _ip("link", "add", "name", bridge, "type", "bridge")
            _ip("address", "add", f"{network[1]}/{network.prefixlen}", "dev", bridge)
            _ip("link", "set", bridge, "up")
        for host in self.hosts:
            self._wire(host)

    @property
    def range_of_hosts(self) -> str:
        """Whence they come to the database."""
        return str(self._inside)

    def address(self, host: int) -> str:
        """At which a host is found from outside."""
        return str(self._outside[_FIRST_HOST + host])

    def cut(self, host: int, *cables: str) -> None:
        """Nothing comes or goes by these cables any more, and nobody is told. None named: by none of them."""
        for cable in cables or (INSIDE, OUTSIDE):
            _ip("link", "set", _link_name(cable, host), "down")

    def mend(self, host: int) -> None:
        for cable in (INSIDE, OUTSIDE):
            _ip("link", "set", _link_name(cable, host), "up")

    def _wire(self, host: int) -> None:
        name = namespace(host)
        _ip("netns", "add", name)
        _ip("-n", name, "link", "set", "lo", "up")
        for cable, network in ((INSIDE, self._inside), (OUTSIDE, self._outside)):
            ours = _link_name(cable, host)
            _ip("link", "add", ours, "type", "veth", "peer", "name", cable, "netns", name)
            _ip("link", "set", ours, "master", _link_name(cable), "up")
            _ip("-n", name, "address", "add", f"{network[_FIRST_HOST + host]}/{network.prefixlen}", "dev", cable)
            _ip("-n", name, "link", "set", cable, "up")


@contextmanager
def wired(hosts: int) -> Iterator[Wires | None]:
    """Namespaces for so many hosts, gone with all that runs in them when the block ends. None where that is impossible here."""
    try:
        _refuse_where_impossible()
        remove_leftovers()
        made = _made(hosts)
    except NoWires as why:
        print(f"# hosts are groups of processes and no network namespaces: {why}", file=sys.stderr, flush=True)
        yield None
        return
    try:
        yield made
    finally:
        _remove(os.getpid())


def namespace(host: int) -> str:
    """The name of a host's namespace, of this process's run."""
    return f"followup-{os.getpid()}-{host}"


def enter(name: str) -> None:
    """This process goes into a namespace, and what it opens from now on is there."""
    libc = ctypes.CDLL(None, use_errno=True)
    with (_NAMESPACES / name).open() as file:
        if libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {name}")


def left_behind(process_id: int) -> list[str]:
    """Names of namespaces and links that a process made."""
    return [*_of(_NAMESPACE, process_id, _namespaces()), *_of(_LINK, process_id, _links())]


def remove_leftovers() -> None:
    """What runs made that died before they could remove it, and the processes that live on in it."""
    made = {int(found[1]) for name in (*_namespaces(), *_links()) if (found := _NAMESPACE.fullmatch(name) or _LINK.fullmatch(name))}
    for process_id in made:
        if not Path(f"/proc/{process_id}").exists():
            _remove(process_id)


def _refuse_where_impossible() -> None:
    if sys.platform != "linux":
        raise NoWires("that needs Linux")
    if os.geteuid() != 0:
        raise NoWires("that needs root")
    if shutil.which("ip") is None:
        raise NoWires("that needs the program ip (Debian: iproute2)")


def _made(hosts: int) -> Wires:
    try:
        return Wires(hosts)
    except BaseException as error:
        _remove(os.getpid())
        if isinstance(error, subprocess.CalledProcessError):
            # A container may keep its root from this.
            raise NoWires(error.stderr.strip()) from error
        raise


def _remove(process_id: int) -> None:
    """Who else removes the same at this moment is no error."""
    for name in _of(_NAMESPACE, process_id, _namespaces()):
        with suppress(subprocess.CalledProcessError):
            for lives in _ip("netns", "pids", name).split():
                with suppress(ProcessLookupError):
                    os.kill(int(lives), signal.SIGKILL)
            _ip("netns", "delete", name)
    # Cables before the bridges that they hang on: with one end goes the other.
    for name in sorted(_of(_LINK, process_id, _links()), key=len, reverse=True):
        with suppress(subprocess.CalledProcessError):
            _ip("link", "delete", name)


def _of(pattern: re.Pattern[str], process_id: int, names: Sequence[str]) -> list[str]:
    return [name for name in names if (found := pattern.fullmatch(name)) and int(found[1]) == process_id]


def _namespaces() -> list[str]:
    return sorted(path.name for path in _NAMESPACES.iterdir()) if _NAMESPACES.is_dir() else []


def _links() -> list[str]:
    return sorted(path.name for path in Path("/sys/class/net").iterdir())


def _link_name(cable: str, host: int | None = None) -> str:
    return f"fu{os.getpid()}{cable[0]}{'' if host is None else host}"


def _free_network() -> IPv4Network:
    """256 addresses to which this machine knows no way but the one to everywhere."""
    ways = (route["dst"] for route in json.loads(_ip("-json", "route", "show", "table", "all")))
    known = [ipaddress.ip_network(way) for way in ways if way != "default"]
    networks = list(RANGE.subnets(new_prefix=24))
    begin = os.getpid() % len(networks)
    for network in (*networks[begin:], *networks[:begin]):
        if not any(network.overlaps(other) for other in known if isinstance(other, IPv4Network)):
            return network
    raise NoWires(f"every address of {RANGE} is taken")


def _ip(*words: str) -> str:
    command = ("ip", *words)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own words
