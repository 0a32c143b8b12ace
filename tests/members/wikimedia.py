"""A server on this machine that answers as Meta-Wiki's OAuth 2 does, in its own words."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

TOKEN = {
    "token_type": "Bearer",
    "expires_in": 14400,
    "access_token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl",
    "refresh_token": "def50200a1b2",
}
PROFILE = {
    "sub": "1234567",
    "username": "Zoë Example",
    "editcount": 4711,
    "confirmed_email": True,
    "blocked": False,
    "registered": "20150312101112",
    "groups": ["*", "user", "autoconfirmed"],
    "rights": ["read", "edit"],
    "realname": "",
    "email": "Zoe@Example.org",
}


class Wiki:
    """Its address, what it was asked, and what it says next."""

    def __init__(self, address: str) -> None:
        self.rest_api = f"{address}/w/rest.php"
        self.profile: dict[str, Any] = dict(PROFILE)
        self.status = 200
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    def answer(self, path: str) -> dict[str, Any]:
        return TOKEN if path == "/w/rest.php/oauth2/access_token" else self.profile


@contextmanager
def running() -> Iterator[Wiki]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server's name for it
            self._answer("")

        def do_POST(self) -> None:  # as above
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, body: str) -> None:
            told = {key: value for key, (value,) in parse_qs(body).items()}
            wiki.asked.append((self.path, self.headers.get("Authorization", ""), told))
            content = json.dumps(wiki.answer(self.path)).encode()
            self.send_response(wiki.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        wiki = Wiki(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield wiki
        finally:
            server.shutdown()
            thread.join()
