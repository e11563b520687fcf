"""A small server that speaks as much of S3 as the store of objects asks for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class BucketServer(ThreadingHTTPServer):
    """Keeps what is put, by path. `fails` makes every answer a 500."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.kept: dict[str, bytes] = {}
        self.fails = False

    @property
    def endpoint(self) -> str:
        """Return the address that a store is given."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BucketServer

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.server.fails:
            self.server.kept[self.path] = body
        self._answer(500 if self.server.fails else 200, b"")

    def do_GET(self) -> None:
        content = None if self.server.fails else self.server.kept.get(self.path)
        status = 500 if self.server.fails else 404 if content is None else 200
        self._answer(status, content or b"")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        keys = re.findall(r"<Key>(.*?)</Key>", asked)
        for key in keys:
            self.server.kept.pop(f"{self.path.partition('?')[0]}/{key}", None)
        done = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{done}</DeleteResult>".encode())

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Sat, 21 Nov 2026 12:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def a_bucket_server() -> Iterator[BucketServer]:
    """Run a server for as long as the block lasts."""
    server = BucketServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
