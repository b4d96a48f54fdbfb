"""What these tests start from: an OAuth server that is not ours, which knows a client by its public key."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.unit.api import keys

PROVIDER: Final = Path(os.environ.get("REDOX_TUI_OIDC_PROVIDER") or os.devnull).absolute()
"""The folder whose node_modules holds oidc-provider; read here, since each test starts from a clean environment."""

CLIENT: Final = "client-1"
_PROGRAM: Final = Path(__file__).with_name("server.mjs")
_PUBLIC: Final = ("kty", "n", "e", "crv", "x", "y")


@dataclass(frozen=True, slots=True)
class ForeignServer:
    """An OAuth server at work; once it has ended, `outcomes` says what became of each request for a token."""

    url: str
    outcomes: list[str] = field(default_factory=list)


@contextmanager
def foreign_server(key: keys.PrivateKey, *, ahead: int = 0, dated: bool = True) -> Iterator[ForeignServer]:
    """A server that knows `key` as the key `k-1` of `CLIENT`.

    Its clock is `ahead` seconds before this machine's; `dated` says whether its answers carry the time.
    """
    settings = json.dumps({"clients": [_client(key)], "ahead": ahead, "dated": dated})
    command = ["node", str(_PROGRAM), str(PROVIDER), settings]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        server = ForeignServer(process.stdout.readline().strip())
        try:
            assert server.url, process.communicate()[1]
            yield server
        finally:
            process.kill()
            server.outcomes.extend(process.communicate()[0].splitlines())


def _client(key: keys.PrivateKey) -> dict[str, Any]:
    algorithm = "RS384" if isinstance(key, RSAPrivateKey) else "ES384"
    jwk = {name: value for name, value in keys.jwk(key).items() if name in _PUBLIC}
    return {"id": CLIENT, "algorithm": algorithm, "keys": [{**jwk, "kid": "k-1"}]}
