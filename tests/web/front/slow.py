"""vsee-web under people who never finish, and with a worker that fails in every way."""

import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import packet
import webrig
from webrig import HOST, Worker, main
from pages import CHANGE, LINK, LINK_COOKIE

THREADS = 4  # main, the watch, the library's; and a sanitizer's
GET = f"GET /done HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()


def plain(front, source="127.0.0.1"):
    sock = socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET)
    sock.settimeout(40)
    sock.bind((source, 0))
    sock.connect(front.address)
    return sock


def unfinished(front, number):
    """Four kinds: no TLS at all, half a hello, half a head, half a body."""
    if number % 4 < 2:
        sock = plain(front)
        if number % 4:
            sock.sendall(b"\x16\x03\x01\x02\x00\x01")
        return sock
    sock = front.connect()
    sock.sendall(GET[:-3] if number % 4 == 2 else
                 f"POST /change HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {webrig.FORM}\r\n"
                 f"Content-Length: 100\r\n\r\nuser=".encode())
    return sock


def serve_many(front, count):
    """So many at the same time; the seconds that each took, or None where it got no answer."""
    took = [None] * count

    def one(number):
        begin = time.monotonic()
        try:
            if front.raw(GET).status == 303:
                took[number] = time.monotonic() - begin
        except OSError:
            pass

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def who_never_finishes_stops_nobody(front):
    with_body = [unfinished(front, number) for number in range(200)]
    begin = time.monotonic()
    took = serve_many(front, 300)
    print(f"# 300 beside 200: {time.monotonic() - begin:.1f} s, slowest {max(filter(None, took))}")
    assert None not in took, took.count(None)
    assert len(with_body) == 200
    gone = time.monotonic() + 40
    for sock in with_body:
        sock.settimeout(max(0.1, gone - time.monotonic()))
        try:
            while sock.recv(4096):
                pass
        except ConnectionError:
            pass
    assert front.get("/done").status == 303
    assert threads_of(front) <= THREADS, threads_of(front)


def connections_take_no_memory_for_good(front):
    """GnuTLS 3.7 keeps 0.2 kB for each thread that shook hands; no malloc(3) of a thread's own."""
    with open(front.options[0], "rb") as file:
        program = file.read()
    if b"__asan" in program or b"__tsan" in program:
        raise webrig.Skip("a sanitizer keeps memory for itself")
    front.stop()
    with open(front.log_path, "ab") as log:
        front.process = webrig.launch(front.options, [front.listener], log,
                                      {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"})
    sizes = []
    for _ in range(4):
        assert None not in serve_many(front, 300) + serve_many(front, 300)
        time.sleep(1)
        sizes.append(dirty(front))
    print(f"# {sizes} kB after 600 connections each")
    assert sizes[-1] - sizes[1] < 64, sizes


def dirty(front):
    with open(f"/proc/{front.process.pid}/smaps_rollup", encoding="ascii") as file:
        return int(re.search(r"^Private_Dirty: +(\d+) kB", file.read(), re.M)[1])


def threads_of(front):
    return len(os.listdir(f"/proc/{front.process.pid}/task"))


def ask_beside(front, sources, other):
    """600 connections of a few addresses, then a request of another: its status, and seconds."""
    held = []
    try:
        for number in range(600):
            held.append(plain(front, sources[number % len(sources)]))
        begin = time.monotonic()
        sock = webrig.CERT.context.wrap_socket(plain(front, other), server_hostname=HOST)
        return front.raw(GET, sock=sock).status, time.monotonic() - begin
    finally:
        for sock in held:
            sock.close()


def one_address_cannot_take_all(front):
    """Its share is 512 of 576; the rest is for others."""
    status, took = ask_beside(front, ["127.0.0.1"], "127.0.0.2")
    assert status == 303 and took < 5, (status, took)


def one_network_of_ipv6_cannot_take_all(front):
    """Within a /64 everybody draws addresses as they like. IPv4 over IPv6 is no such network."""
    if os.geteuid() != 0:
        raise webrig.Skip("needs root: a network of its own")
    front.stop()
    told = []
    thread = threading.Thread(target=lambda: told.extend(serve_a_network(front)))
    thread.start()
    thread.join()
    assert len(told) == 2 and all(status == 303 and took < 5 for status, took in told), told


def serve_a_network(front):
    assert ctypes.CDLL(None).unshare(0x40000000) == 0  # CLONE_NEWNET, of this thread alone
    crowd, other = [f"2001:db8::{number}" for number in range(1, 5)], "2001:db8:0:1::1"
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in [*crowd, other]:
        subprocess.run(["ip", "address", "add", address + "/128", "dev", "lo"], check=True)
    with socket.create_server(("::", 0), family=socket.AF_INET6, backlog=1024,
                              dualstack_ipv6=True) as listener, open(front.log_path, "ab") as log:
        front.process = webrig.launch(front.options, [listener], log)
        for family, sources in (("::1", (crowd, other)),
                                ("127.0.0.1", (["127.0.0.1"], "127.0.0.2"))):
            front.address = (family, listener.getsockname()[1])
            yield ask_beside(front, *sources)
        front.stop()


def who_drips_is_ended(front):
    """A byte a second keeps no connection idle, and none beyond 20 s."""
    begin = time.monotonic()
    kinds = [plain(front), front.connect(), front.connect()]
    ended = {}
    while len(ended) < 3 and time.monotonic() < begin + 40:
        for number, sock in enumerate(kinds):
            if number in ended:
                continue
            try:
                sock.send((b"\x16\x03\x01\x02\x00" + bytes(900), GET, b"\r\n" * 900)[number]
                          [int(time.monotonic() - begin):][:1])
            except OSError:
                ended[number] = time.monotonic() - begin
        time.sleep(1)
    print("# drips ended after " + ", ".join(f"{ended[key]:.0f} s" for key in sorted(ended)))
    assert len(ended) == 3 and all(after < 30 for after in ended.values()), ended


def descriptors(front):
    return len(os.listdir(f"/proc/{front.process.pid}/fd"))


def who_never_reads_is_ended(front):
    before = descriptors(front)
    sock = front.connect()
    name = front.get("/").body.decode().split('src="')[-1].split('"')[0]
    line = f"GET {name} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    begin = time.monotonic()
    try:
        sock.settimeout(5)
        while time.monotonic() < begin + 4:
            sock.sendall(line * 50)
    except OSError:
        pass
    for _ in range(45):
        if descriptors(front) == before:
            break
        time.sleep(1)
    assert descriptors(front) == before, (descriptors(front), before)


def wait_then(seconds, status):
    def play(worker, connection):
        worker.take(connection)
        time.sleep(seconds)
        connection.send(packet.print_reply(status))
    return play


def unread(_worker, connection):
    connection.close()


def read_and_gone(worker, connection):
    worker.take(connection)


def says(data):
    def play(worker, connection):
        worker.take(connection)
        connection.send(data)
    return play


def what_may_have_happened_is_never_denied(front):
    good = packet.print_reply(packet.CHANGED)
    cases = [("gone unread", unread, 503), ("gone after it read", read_and_gone, 502)]
    for name, data in {
            "garbage": b"garbage", "an empty packet": b"", "cut": good[:-1], "more": good + b"x",
            "another version": good[:4] + b"\x02" + good[5:], "no such status": good[:5] +
            b"\xff" + good[6:], "too large": good + bytes(5000), "a request":
            b"VSEE\x01\x01\x00\x08", "the answer to a look":
            packet.print_reply(packet.LINK_GOOD)}.items():
        cases.append((name, says(data), 502))
    for name, play, status in cases:
        front.worker.play = play
        answer = front.post("/change", CHANGE)
        assert answer.status == status, (name, answer.status)
        answer = front.post("/link", LINK, Cookie=LINK_COOKIE)
        assert answer.status == status, (name, answer.status)
        assert front.get("/", Cookie=LINK_COOKIE).status in (200, 503), name
    assert front.log().count("no worker took the request") == 2
    front.worker.play = wait_then(3, packet.CHANGED)
    assert front.post("/change", CHANGE).status == 303, "late, and good"


def a_worker_that_hangs_is_waited_for_25_s(front):
    front.worker.play = wait_then(33, packet.CHANGED)
    begin = time.monotonic()
    answer = front.post("/change", CHANGE)
    assert answer.status == 502 and 24 < time.monotonic() - begin < 30
    assert "nobody knows" in front.log()


def without_a_worker_nothing_is_changed(front):
    front.worker.close()
    for answer in (front.post("/change", CHANGE), front.get("/", Cookie=LINK_COOKIE),
                   front.post("/link", LINK, Cookie=LINK_COOKIE)):
        assert answer.status == 503 and int(answer.one("Retry-After")) > 0
        assert answer.cookie("__Host-vsee-link") is None, "the link may still be good"
    assert front.get("/").status == 200
    with open(front.worker.path, "w", encoding="ascii"):
        assert front.post("/change", CHANGE).status == 503, "a file, no socket"
    os.unlink(front.worker.path)
    front.worker.listen()
    assert front.post("/change", CHANGE).status == 303, "it is found again"
    assert "no worker at" in front.log()


def post_all(front, sources):
    """At the same time: the statuses."""
    got = []
    threads = [threading.Thread(target=lambda source=source: got.append(
        front.post("/change", CHANGE, source=source).status)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(got)


def eight_calls_at_once_and_four_of_one_source(front):
    lock, now, most = threading.Lock(), [], {"one": 0, "all": 0}

    def play(worker, connection):
        source = worker.take(connection)["source"]
        with lock:
            now.append(source)
            most["all"] = max(most["all"], len(now))
            most["one"] = max(most["one"], now.count(source))
        time.sleep(0.5)
        with lock:
            now.remove(source)
        connection.send(packet.print_reply(packet.WRONG))

    front.worker.play = play
    got = post_all(front, [f"127.0.0.{1 + number % 2}" for number in range(24)])
    assert got == [403] * 24 and most == {"one": 4, "all": 8}, (got, most)


def a_flood_of_two_sources_stops_no_other(front):
    front.worker.play = wait_then(1, packet.WRONG)
    flood = threading.Thread(target=post_all, args=(front, ["127.0.0.1", "127.0.0.3"] * 30))
    flood.start()
    while len(front.worker.requests) < 8:
        time.sleep(0.05)
    begin = time.monotonic()
    assert front.post("/change", CHANGE, source="127.0.0.2").status == 403
    took = time.monotonic() - begin
    flood.join()
    assert took < 3, took


def who_waits_too_long_is_told_so(front):
    front.worker.play = wait_then(13, packet.CHANGED)
    assert post_all(front, ["127.0.0.1"] * 5) == [303] * 4 + [503]
    assert len(front.worker.requests) == 4


def the_end_waits_for_whoever_is_served(front):
    """And asks the worker nothing more, which others would wait for as well."""
    front.worker.play = wait_then(3, packet.CHANGED)
    got = []
    thread = threading.Thread(target=lambda: got.append(front.post("/change", CHANGE).status))
    thread.start()
    idle = front.connect()
    while not front.worker.requests:
        time.sleep(0.05)
    front.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    idle.sendall(GET.replace(b"/done", b"/"))
    assert b" 503 " in webrig.read_answer(idle, head_only=True)
    assert front.process.wait(timeout=30) == 0
    thread.join()
    idle.close()
    assert got == [303], got
    front.worker.play = Worker.say(packet.CHANGED)
    front.start()  # on the same socket, as systemd would
    assert front.get("/").status == 200


def the_end_has_an_end_where_the_worker_hangs(front):
    """The fifth of a source asks when the first four have their answer, and gets none."""
    front.worker.play = wait_then(9, packet.CHANGED)
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(
        front.post("/change", CHANGE).status)) for _ in range(5)]
    for thread in threads:
        thread.start()
    while len(front.worker.requests) < 4:
        time.sleep(0.05)
    front.worker.play = wait_then(40, packet.CHANGED)
    begin = time.monotonic()
    front.stop()
    assert 24 < time.monotonic() - begin < 29, time.monotonic() - begin
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [0] + [303] * 4, statuses  # 0: none
    assert "has not answered all in 25 s" in front.log()


def the_end_does_not_wait_for_who_drips(front):
    held = [unfinished(front, number) for number in range(8)]
    begin = time.monotonic()
    front.stop()
    assert time.monotonic() - begin < 29, time.monotonic() - begin
    assert len(held) == 8


def systemd_is_told(front):
    front.stop()
    notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notes.bind(front.folder + "/notify")
    notes.settimeout(10)
    with open(front.log_path, "ab") as log:
        front.process = webrig.launch(front.options, [front.listener], log,
                                      {"NOTIFY_SOCKET": front.folder + "/notify"})
    assert notes.recv(100) == b"READY=1"
    front.process.send_signal(signal.SIGINT)
    assert notes.recv(100) == b"STOPPING=1" and front.process.wait(timeout=30) == 0


TESTS = [
    who_never_finishes_stops_nobody, connections_take_no_memory_for_good, one_address_cannot_take_all,
    one_network_of_ipv6_cannot_take_all, who_drips_is_ended,
    who_never_reads_is_ended, what_may_have_happened_is_never_denied,
    a_worker_that_hangs_is_waited_for_25_s, without_a_worker_nothing_is_changed,
    eight_calls_at_once_and_four_of_one_source, a_flood_of_two_sources_stops_no_other,
    who_waits_too_long_is_told_so, the_end_waits_for_whoever_is_served,
    the_end_has_an_end_where_the_worker_hangs,
    the_end_does_not_wait_for_who_drips, systemd_is_told,
]

if __name__ == "__main__":
    sys.exit(main(TESTS))
