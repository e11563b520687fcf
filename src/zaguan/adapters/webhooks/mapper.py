"""What happened on the network, in the words of the delivery log."""

import ssl

import httpx


def failure_of(error: BaseException) -> str:
    """Return why there was no answer: timeout, tls, name, connection or protocol."""
    match error:
        case TimeoutError() | httpx.TimeoutException():
            return "timeout"
        case ssl.SSLError():
            return "tls"
        case UnicodeError():
            return "name"
        case httpx.ConnectError():
            inner = error.__cause__ or error.__context__
            while inner is not None and not isinstance(inner, ssl.SSLError):
                inner = inner.__cause__ or inner.__context__
            return "connection" if inner is None else "tls"
        case httpx.ProtocolError() | httpx.InvalidURL():
            return "protocol"
        case _:
            return "connection"
