"""Keeps notes: POST /notes stores the body and answers with its number, GET /notes/NUMBER gives it
back, GET /count says how many were stored. `app.py health` asks the running program how it is."""

import http.server
import os
import signal
import sys
import urllib.request

import psycopg2
import redis

PORT = 8000
TIMEOUT = 3  # seconds
COUNT = "notes"


def database():
    """A connection to the server that libpq's own variables name."""
    return psycopg2.connect(connect_timeout=TIMEOUT)


def counter():
    return redis.Redis(os.environ["REDIS_HOST"], socket_timeout=TIMEOUT, decode_responses=True)


def store(text):
    with database() as connection, connection.cursor() as cursor:
        cursor.execute("insert into note (body) values (%s) returning id", (text,))
        number = cursor.fetchone()[0]
    counter().incr(COUNT)
    return str(number)


def load(number):
    """The note, None where there is none."""
    with database() as connection, connection.cursor() as cursor:
        cursor.execute("select body from note where id = %s", (number,))
        row = cursor.fetchone()
    return row and row[0]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        if self.path != "/notes":
            return self.send_error(404)
        size = int(self.headers.get("Content-Length", 0))
        return self.answer(store(self.rfile.read(size).decode()))

    def do_GET(self):
        if self.path == "/health":
            with database():
                counter().ping()
            return self.answer("ok")
        if self.path == "/count":
            return self.answer(counter().get(COUNT) or "0")
        number = self.path.removeprefix("/notes/")
        note = load(int(number)) if number.isdecimal() else None
        return self.send_error(404) if note is None else self.answer(note)

    def answer(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    if sys.argv[1:] == ["health"]:
        urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=TIMEOUT).read()
        return
    # The first process of a container is not ended by a signal that it does not handle.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    http.server.ThreadingHTTPServer(("", PORT), Handler).serve_forever()


if __name__ == "__main__":
    main()
