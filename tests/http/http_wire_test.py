#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""http/ on the wire: raw sockets, and what strangers do with them. HTTP_WIRE_REQUESTS is how many requests
each of 64 connections makes."""

import os
import re
import signal
import socket
import struct
import sys
import threading
import time

from wire import GET, HOST, PATIENCE, POST, Reader, Server, drip, exchange, run, statuses, wait_until

REQUESTS = int(os.environ.get("HTTP_WIRE_REQUESTS", "1000"))

# The table of what the library's own HTTP server lets through, and more of its kind: each hides a
# request to /count behind what two readers could take differently.
HIDDEN = b"GET /count HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLING = [
    (400, POST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN),
    (400, POST + b"Content-Length: %d\r\nContent-Length: 0\r\n\r\n" % len(HIDDEN) + HIDDEN),
    (400, POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
    (400, POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + HIDDEN),
    (501, POST + b"Transfer-Encoding: xchunked\r\n\r\n" + HIDDEN),
    (501, POST + b"Transfer-Encoding: gzip\r\n\r\n" + HIDDEN),
    (501, POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + HIDDEN),
    (411, POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
    (411, b"HEAD /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
    (400, POST + b"Transfer-Encoding: chunked\0z\r\n\r\n0\r\n\r\n" + HIDDEN),
    (400, POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
    (400, b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN),
    (400, POST + b"Content-Length: +0\r\n\r\n" + HIDDEN),
    (400, POST + b"Content-Length: -1\r\n\r\n" + HIDDEN),
    (400, POST + b"Content-Length: 0, 0\r\n\r\n" + HIDDEN),
    (400, POST + b"Content-Length : 0\r\n\r\n" + HIDDEN),
    (400, POST + b"Content-Length: 0\r\n Transfer-Encoding: chunked\r\n\r\n" + HIDDEN),
    (400, POST + b"X: a\nContent-Length: 0\r\n\r\n" + HIDDEN),
    (400, POST + b"X: a\rContent-Length: 0\r\n\r\n" + HIDDEN),
    (400, POST + b": empty\r\n\r\n" + HIDDEN),
    (400, POST + b"Host: other\r\n\r\n" + HIDDEN),
    (400, b"GET /echo HTTP/1.1\r\n\r\n" + HIDDEN),
    (400, b"GET /echo HTTP/1.1\nHost: a\n\n" + HIDDEN),
    (400, b"GET /echo%00evil HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN),
    (400, b"GET /echo evil HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN),
    (400, b"GET /echo HTTP/+1.1\r\n" + HOST + b"\r\n" + HIDDEN),
    (400, b"GET /echo HTTP/4294967297.1\r\n" + HOST + b"\r\n" + HIDDEN),
    (400, b"GET /echo HTTP/1.99\r\n" + HOST + b"\r\n" + HIDDEN),
    (505, b"GET /echo HTTP/2.0\r\n" + HOST + b"\r\n" + HIDDEN),
    (400, b"GET /echo HTTP/1.1\r\n" + HOST + b"X: \x01\r\n\r\n" + HIDDEN),
    (413, POST + b"Content-Length: 65537\r\n\r\n" + HIDDEN),
    (413, POST + b"Content-Length: 18446744073709551616\r\n\r\n" + HIDDEN),
    (414, b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN),
    (431, b"GET /echo HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 17000 + b"\r\n\r\n" + HIDDEN),
    (431, b"GET /echo HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 64 + b"\r\n" + HIDDEN),
    (417, POST + b"Expect: magic\r\nContent-Length: 0\r\n\r\n" + HIDDEN),
]


def test_smuggling():
    with Server() as server:
        for status, request in SMUGGLING:
            got = exchange(server, request)
            assert statuses(got) == [status], (request, got)
            assert b"\r\nConnection: close\r\n" in got, got
        # Nothing but this very request ever reached a handler.
        assert server.get(b"/count")[2] == b"1"


def test_body_of_head_is_read():
    with Server() as server:
        got = exchange(server, b"HEAD /echo HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n" % len(HIDDEN) +
                       b"Connection: close\r\n\r\n" + HIDDEN)
        assert statuses(got) == [200], got
        assert server.get(b"/count")[2] == b"2"


def test_error_pages():
    with Server("--error-pages") as server:
        got = exchange(server, b"nonsense\r\n")
        assert got.startswith(b"HTTP/1.1 400 Bad Request\r\n") and got.endswith(b"\r\n\r\nsorry 400"), got


def test_error_survives_unread_input():
    """The refusal arrives although the visitor is still sending, and is not followed by a reset."""
    with Server() as server, server.connect() as s:
        s.sendall(POST + b"Content-Length: 70000\r\n\r\n" + b"x" * 70000)
        reader = Reader(s)
        status, fields, _ = reader.response()
        assert status == 413 and fields[b"connection"] == b"close"
        assert s.recv(1) == b""
        s.sendall(b"x" * 1000)  # to a closed socket this would bring the reset that the next one meets
        time.sleep(0.1)
        s.sendall(b"x" * 1000)


def test_responses():
    with Server() as server:
        status, fields, body = server.get(b"/page")
        assert (status, body) == (200, b"p" * 12288)
        assert b"connection" not in fields
        assert re.fullmatch(rb"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", fields[b"date"])
        head = server.get(b"/page", method=b"HEAD")
        assert head[0] == 200 and head[2] == b""
        assert {**head[1], b"date": 0} == {**fields, b"date": 0}
        for method in (b"HEAD", b"GET"):
            got = exchange(server, method + b" /page HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            assert len(got.split(b"\r\n\r\n", 1)[1]) == (12288 if method == b"GET" else 0)
        status, fields, _ = server.get(b"/empty")
        assert status == 204 and b"content-length" not in fields
        body = server.get(b"/big")[2]
        assert body == bytes(97 + i % 23 for i in range(4 << 20))
        echoed = server.get(b"/echo?q=1", b"X-A: b\r\n")[2]
        assert b"path: /echo\nquery: q=1\nhost: test.example\ntls: 0\nkeep: 1\n" in echoed
        assert b"field X-A: b\n" in echoed


def test_cut_anywhere():
    """A request that arrives in two pieces, cut at each byte, over one connection."""
    request = POST + b"Content-Length: 5\r\n\r\nhello"
    with Server() as server, server.connect() as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = Reader(s)
        for cut in range(1, len(request)):
            s.sendall(request[:cut])
            time.sleep(0.001)
            s.sendall(request[cut:])
            status, _, body = reader.response()
            assert status == 200 and body.endswith(b"body: hello\n"), (cut, body)


def test_pipelining():
    with Server() as server, server.connect() as s:
        paths = [b"/echo?%d" % i for i in range(300)]
        paths[7::10] = [b"/thread"] * len(paths[7::10])
        paths[150] = b"/big"
        sender = threading.Thread(target=s.sendall, args=(b"".join(GET % path for path in paths),))
        sender.start()
        reader = Reader(s)
        for path in paths:
            status, _, body = reader.response()
            assert status == 200
            if path.startswith(b"/echo"):
                assert b"query: %s\n" % path[6:] in body
            elif path == b"/thread":
                assert b"path: /thread\n" in body
            else:
                assert len(body) == 4 << 20
        sender.join()


def test_pipelining_stops_at_an_error():
    with Server() as server:
        got = exchange(server, GET % b"/empty" + b"GET / HTTP/9.9\r\n\r\n" + GET % b"/empty")
        assert statuses(got) == [204, 505], got


def test_keep_alive():
    with Server() as server:
        with server.connect() as s:
            reader = Reader(s)
            s.sendall(b"GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert reader.response()[1][b"connection"] == b"keep-alive"
            s.sendall(b"GET /echo HTTP/1.1\r\n" + HOST + b"Connection: x, close\r\n\r\n")
            assert reader.response()[1][b"connection"] == b"close"
            assert reader.until_closed() == b""
        with server.connect() as s:
            s.sendall(b"GET /echo HTTP/1.0\r\n\r\n")
            reader = Reader(s)
            assert reader.response()[1][b"connection"] == b"close"
            assert reader.until_closed() == b""


def test_many_connections():
    """64 connections, 1,000 requests on each, all answered and none confused with another."""
    with Server("--per-prefix", "64") as server:
        failures = []

        def work(number):
            try:
                with server.connect() as s:
                    reader = Reader(s)
                    for i in range(REQUESTS):
                        s.sendall(GET % b"/echo?%d-%d" % (number, i))
                        status, _, body = reader.response()
                        assert status == 200 and b"query: %d-%d\n" % (number, i) in body
            except Exception as error:
                failures.append(repr(error))

        threads = [threading.Thread(target=work, args=(n,)) for n in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures, failures[:3]
        assert server.get(b"/count")[2] == b"%d" % (64 * REQUESTS + 1)


def test_continue():
    with Server() as server, server.connect() as s:
        reader = Reader(s)
        s.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert reader.head() == b"HTTP/1.1 100 Continue"
        s.sendall(b"hello")
        status, _, body = reader.response()
        assert status == 200 and body.endswith(b"body: hello\n")
        # Sent at once there is nothing to wait for.
        s.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello")
        assert reader.response()[0] == 200


def test_slow_head_is_cut():
    """A byte now and then does not move the term; a whole request that takes no longer passes."""
    with Server("--deadline", "1500", "--idle", "20000") as server:
        with server.connect() as s:
            dripping = threading.Thread(target=drip, args=(s, b"GET / HTTP/1.1\r\nX: " + b"a" * 900, 0.1))
            dripping.start()
            data = Reader(s).until_closed()
            assert statuses(data) in ([408], []), data
            dripping.join(PATIENCE)
            assert not dripping.is_alive()
        with server.connect() as s:
            s.sendall(GET % b"/echo")
            reader = Reader(s)
            assert reader.response()[0] == 200
            time.sleep(2)  # longer than a request may take, shorter than one may idle
            s.sendall(GET % b"/echo")
            assert reader.response()[0] == 200


def test_slow_body_is_refused():
    with Server("--deadline", "700") as server, server.connect() as s:
        s.sendall(POST + b"Content-Length: 100\r\n\r\nxx")
        reader = Reader(s)
        assert reader.response()[0] == 408
        assert reader.until_closed() == b""


def test_idle_is_cut():
    with Server("--idle", "500") as server, server.connect() as s:
        assert Reader(s).until_closed() == b""
        with server.connect() as s2:
            s2.sendall(GET % b"/echo")
            reader = Reader(s2)
            reader.response()
            assert reader.until_closed() == b""


def test_slow_reader_is_cut():
    """Someone asks for page after page and reads none. (A page's 12 KiB lengthen the term by 12 s.)"""
    with Server("--write", "200", "--linger", "200") as server:
        base = server.open_files()
        with server.connect() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.sendall(GET % b"/page" * 800)
            wait_until(lambda: server.open_files() > base, "never accepted")
            wait_until(lambda: server.open_files() == base, "a visitor who reads nothing is still there")
        assert server.get(b"/echo")[0] == 200


def test_lingering_ends():
    """After a refusal a visitor who neither reads nor closes is dropped."""
    with Server("--linger", "300") as server:
        base = server.open_files()
        held = [server.connect() for _ in range(5)]
        for s in held:
            s.sendall(b"nonsense\r\n")
        wait_until(lambda: server.open_files() == base, "lingering connections stay open")
        # and one who keeps sending has a bound too
        with server.connect() as s:
            try:
                s.sendall(b"nonsense\r\n")
                end = time.monotonic() + PATIENCE
                while time.monotonic() < end:
                    s.sendall(b"x" * 65536)
                raise AssertionError("still taking")
            except (BrokenPipeError, ConnectionResetError):
                pass
        for s in held:
            s.close()


def test_caps():
    with Server("--per-prefix", "4") as server:
        held = [server.connect(("127.0.0.5", 0)) for _ in range(4)]
        for s in held:
            s.sendall(GET % b"/echo")
            assert Reader(s).response()[0] == 200
        with server.connect(("127.0.0.5", 0)) as s:
            assert Reader(s).until_closed() == b""
        with server.connect(("127.0.0.6", 0)) as s:  # another prefix is not touched
            s.sendall(GET % b"/echo")
            assert Reader(s).response()[0] == 200
        held.pop().close()

        def comes_in():
            with server.connect(("127.0.0.5", 0)) as again:
                try:
                    again.sendall(GET % b"/echo")
                    return Reader(again).response()[0] == 200
                except (EOFError, ConnectionError):
                    return False

        wait_until(comes_in, "a place that was left is not given again")
        for s in held:
            s.close()


def test_cap_in_all_spares_the_busy():
    """When all places are taken, who only holds one makes room; who asked for something stays."""
    with Server("--connections", "6", "--threads", "1") as server:
        busy = [server.connect() for _ in range(3)]
        for s in busy:
            s.sendall(GET % b"/late")
        wait_until(lambda: server.get(b"/count")[0] == 200 and int(server.get(b"/count")[2]) >= 5, "late ones")
        idle = [server.connect() for _ in range(3)]
        for n in range(6):
            assert server.get(b"/echo")[0] == 200
        assert server.get(b"/release")[0] == 200
        for s in busy:
            assert Reader(s).response()[0] == 200
            s.close()
        for s in idle:
            assert Reader(s).until_closed() == b""
            s.close()
    with Server("--connections", "3", "--threads", "1") as server:
        busy = [server.connect() for _ in range(3)]
        for s in busy:
            s.sendall(POST + b"Content-Length: 5\r\n\r\nhel")
        time.sleep(0.3)
        with server.connect() as s:
            assert Reader(s).until_closed() == b""
        for s in busy:
            s.sendall(b"lo")
            assert Reader(s).response()[0] == 200
            s.close()


def test_file_limit():
    """No descriptors left: no spinning, no flood of log lines, and service when some are free again."""
    with Server("--per-prefix", "400", files=40) as server:
        held = []
        for _ in range(120):
            held.append(server.connect())
        wait_until(lambda: "no file descriptor" in server.messages(), "the limit was not met")
        before = server.cpu()
        time.sleep(3)
        used = server.cpu() - before
        assert used < 0.6, f"{used:.2f} s of CPU in 3 s"
        served = 0
        for s in held[:10]:
            s.sendall(GET % b"/echo")
            served += Reader(s).response()[0] == 200
        assert served == 10
        for s in held:
            s.close()
        assert server.get(b"/echo")[0] == 200
        lines = server.messages().splitlines()
        assert len(lines) < 10, lines


def test_answer_from_another_thread():
    with Server() as server, server.connect() as s:
        reader = Reader(s)
        for _ in range(200):
            s.sendall(GET % b"/thread")
            status, _, body = reader.response()
            assert status == 200 and b"path: /thread\n" in body


def test_visitor_gone_before_the_answer():
    with Server() as server:
        for way in ("close", "reset", "bytes"):
            for _ in range(10):
                s = server.connect()
                s.sendall(GET % b"/late")
                if way == "reset":
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if way == "bytes":
                    s.sendall(b"more")
                wait_until(lambda: True, "")
                s.close()
        wait_until(lambda: int(server.get(b"/count")[2]) >= 31, "the late ones arrive")
        assert server.get(b"/release")[0] == 200
        assert server.get(b"/echo")[0] == 200


def test_half_closed_visitor_gets_the_answer():
    with Server() as server, server.connect() as s:
        s.sendall(GET % b"/late")
        s.shutdown(socket.SHUT_WR)
        wait_until(lambda: int(server.get(b"/count")[2]) >= 2, "")
        before = server.cpu()
        time.sleep(1)
        used = server.cpu() - before
        assert used < 0.3, f"{used:.2f} s of CPU in 1 s for a half-closed connection"
        assert server.get(b"/release")[0] == 200
        reader = Reader(s)
        assert reader.response()[0] == 200
        assert reader.until_closed() == b""


def test_answers_while_stopping():
    """SIGTERM: a request under way is finished; an answer after the term finds nobody, and no harm."""
    server = Server("--stop", "30", "--threads", "1")  # so that what one connection sees of the stop, the other does too
    with server.connect() as s, server.connect() as idle:
        s.sendall(GET % b"/late")
        wait_until(lambda: int(server.get(b"/count")[2]) >= 2, "")
        other = server.connect()
        other.sendall(POST + b"Content-Length: 5\r\n\r\n")
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        assert Reader(idle).until_closed() == b""  # so the stop has begun
        other.sendall(b"hello")
        assert Reader(other).response()[1][b"connection"] == b"close"
        other.close()
        s.close()
    server.process.kill()
    server.process.wait()

    server = Server("--stop", "0")
    with server.connect() as s:
        s.sendall(GET % b"/late")
        wait_until(lambda: int(server.get(b"/count")[2]) >= 2, "")
        server.stop()


def test_trusted_proxies():
    def prefix(server, fields=b"", source=None):
        with server.connect(source) as s:
            s.sendall(b"GET /prefix HTTP/1.1\r\n" + HOST + fields + b"\r\n")
            return Reader(s).response()[2]

    one, two = b"X-Forwarded-For: 192.0.2.1\r\n", b"X-Forwarded-For: 192.0.2.2\r\n"
    with Server("--trusted", "127.0.0.1 10.0.0.0/8", "--per-prefix", "2") as server:
        assert prefix(server, one) != prefix(server, two)
        assert prefix(server, one) == prefix(server, b"X-Forwarded-For: 1.1.1.1, 192.0.2.1, 10.1.1.1\r\n")
        assert prefix(server, one, ("127.0.0.9", 0)) == prefix(server, two, ("127.0.0.9", 0))
        assert b"tls: 1\n" in server.get(b"/echo", b"X-Forwarded-Proto: https\r\n")[2]
        held = [server.connect() for _ in range(10)]  # a proxy holds as many as it likes
        for s in held:
            s.sendall(GET % b"/echo")
            assert Reader(s).response()[0] == 200
            s.close()
    with Server() as server:
        assert prefix(server, one) == prefix(server, two)
        assert b"tls: 0\n" in server.get(b"/echo", b"X-Forwarded-Proto: https\r\n")[2]


def test_listening():
    with Server("--listen", "127.0.0.1:0 [::1]:0") as server:
        assert server.get(b"/echo")[0] == 200
        taken = Server("--listen", f"127.0.0.1:{server.port}")
        taken.stop(quiet=True)
        assert taken.first.startswith(f"fault cannot listen on 127.0.0.1:{server.port}: "), taken.first
    for bad in ("127.0.0.1", "localhost:80", "::1:80", "127.0.0.1:x", "127.0.0.1:70000", "", "[::1:80"):
        server = Server("--listen", bad)
        server.stop(quiet=True)
        assert re.match("fault (no|.* is not an) address to listen on", server.first), (bad, server.first)


def test_leaves_nothing_open():
    """After everything above in small, the server holds as many descriptors as when it began."""
    with Server("--linger", "200") as server:
        base = server.open_files()
        for _ in range(30):
            exchange(server, b"nonsense\r\n")
            server.get(b"/thread")
            server.connect().close()
            s = server.connect()
            s.sendall(b"GET / HT")
            s.close()
        wait_until(lambda: server.open_files() == base, "descriptors leak")


if __name__ == "__main__":
    sys.exit(run("http_wire_test", globals()))
