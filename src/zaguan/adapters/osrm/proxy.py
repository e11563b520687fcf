"""The only place that speaks HTTP with OSRM."""

from typing import Any, Final

import httpx
import orjson

from zaguan.adapters.osrm.mapper import Question, url_of
from zaguan.adapters.osrm.refusals import AnswerStrange, OwnServerUnreachable, QuestionRefused
from zaguan.base.kit.closing import Closing

_SHOWN_BYTES: Final = 200
CONNECT_S: Final = 10.0

Answer = dict[str, Any]


class Unanswered(Exception):
    """The local server went away before or while it answered."""


class OsrmProxy(Closing):
    """Asks OSRM servers, local ones and the user's own. Safe to be used by several threads."""

    def __init__(self, *, answer_s: float) -> None:
        timeout = httpx.Timeout(answer_s, connect=CONNECT_S)
        # no proxy of the environment may stand between us and our own child
        self._local = httpx.Client(timeout=timeout, trust_env=False)
        self._remote = httpx.Client(timeout=timeout, follow_redirects=True)

    def ask_local(self, address: str, question: Question) -> Answer:
        """Ask a local server; raises Unanswered when it is lost.

        Refused: QuestionRefused (OSRM's own refusal, such as NoRoute), AnswerStrange.
        """
        url = f"{address}/{question.service}/v1/driving"
        try:
            response = self._local.post(
                url, content=orjson.dumps(question.body), headers={"content-type": "application/json"}
            )
        except httpx.TransportError as cause:
            raise Unanswered(str(cause) or type(cause).__name__) from cause
        return _checked(response, url)

    def ask_own(self, address: str, question: Question) -> Answer:
        """Ask a user's own server, by GET, which every version understands.

        Refused: OwnServerUnreachable, QuestionRefused, AnswerStrange.
        """
        url = f"{address.rstrip('/')}/{url_of(question)}"
        try:
            response = self._remote.get(url)
        except (httpx.HTTPError, httpx.InvalidURL) as cause:
            raise OwnServerUnreachable(url=address, reason=str(cause) or type(cause).__name__) from cause
        return _checked(response, address)

    def close(self) -> None:
        """Hang up."""
        self._local.close()
        self._remote.close()


def _checked(response: httpx.Response, url: str) -> Answer:
    """Return OSRM's answer, or refuse what is none."""
    try:
        answer = orjson.loads(response.content)
        code = answer["code"]
    except (ValueError, KeyError, TypeError) as cause:
        shown = response.content[:_SHOWN_BYTES].decode("utf-8", "replace")
        raise AnswerStrange(url=url, status=response.status_code, answer=shown) from cause
    if code != "Ok":
        raise QuestionRefused(answer=code, reason=answer.get("message", ""))
    return answer  # type: ignore[no-any-return]
