"""The sending of a webhook: the name is looked up, looked at, and exactly that address is called."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping

import httpx

from zaguan.adapters.webhooks.mapper import failure_of
from zaguan.adapters.webhooks.settings import WebhookSettings
from zaguan.base.kit.clock import elapsed_s
from zaguan.records.webhooks.model import Sent, is_private_address

LookUp = Callable[[str, int], Awaitable[list[str]]]


async def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses that a name stands for now."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class WebhookSender:
    """Fills the port `Sender`. Redirects are not followed, the body of an answer is not read, no proxy is used."""

    def __init__(
        self, settings: WebhookSettings, *, look_up: LookUp = addresses_of, trusted: ssl.SSLContext | None = None
    ) -> None:
        self._settings, self._look_up = settings, look_up
        self._trusted = trusted or ssl.create_default_context()

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Sent:
        """Send, and tell how it went."""
        began_s = elapsed_s()
        status, failure = asyncio.run(self._try(url, headers, body))
        return Sent(status=status, failure=failure, duration_ms=round((elapsed_s() - began_s) * 1000))

    async def _try(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int | None, str]:
        try:
            # a receiver that answers byte by byte holds us no longer than one that is silent
            async with asyncio.timeout(self._settings.seconds):
                target = httpx.URL(url)
                port = target.port or (443 if target.scheme == "https" else 80)
                found = await self._look_up(target.host, port)
                if not found or (not self._settings.private_allowed and any(map(is_private_address, found))):
                    return None, "private_target" if found else "name"
                return await self._post(target, found[0], headers, body), ""
        except socket.gaierror:
            return None, "name"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            return None, failure_of(error)

    async def _post(self, target: httpx.URL, address: str, headers: Mapping[str, str], body: bytes) -> int:
        """Call the address that was looked at; the name goes into the certificate's check and the Host header."""
        told = {"host": target.netloc.decode("ascii"), "user-agent": "zaguan-webhooks/1", **headers}
        extensions = {"sni_hostname": target.raw_host.decode("ascii")}
        async with (
            httpx.AsyncClient(
                verify=self._trusted, trust_env=False, follow_redirects=False, timeout=self._settings.seconds
            ) as line,
            line.stream(
                "POST", target.copy_with(host=address), headers=told, content=body, extensions=extensions
            ) as answer,
        ):
            return answer.status_code
