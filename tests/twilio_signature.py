"""The provider's signature by its published recipe, without its library: base64(HMAC-SHA1(token, address + sorted names and values))."""

import base64
import hmac
from collections.abc import Iterable


def sign(url: str, fields: Iterable[tuple[str, str]], token: str) -> str:
    """Sign an address and its form. A value that is repeated under one name counts once."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
