"""vsee-web on its host: sockets, certificate, TLS, and where passwords must not be found."""

import os
import re
import resource
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time

import packet
import webrig
from webrig import HOST, PROGRAMS, Certificate, Skip, launch, main, publish
from pages import CHANGE, LINK, LINK_COOKIE, TOKEN

NAME = "mark-of-a-name-7793"
MARKS = {"current": "MaRk-current-7791", "new": "MaRk-fresh-7792", "confirm": "MaRk-fresh-7792"}


def listener(kind=socket.SOCK_STREAM, family=socket.AF_INET, address=("127.0.0.1", 0), ready=True):
    sock = socket.socket(family, kind)
    sock.bind(address)
    if ready and kind == socket.SOCK_STREAM:
        sock.listen()
    return sock


def start(folder, *options, sockets=1, environment=(), listeners=None, tls=True):
    """Run it until it ends by itself. Returns what it says."""
    listeners = [listener() for _ in range(sockets)] if listeners is None else listeners
    own = ["--cert", webrig.CERT.path, "--key", webrig.CERT.key] if tls else []
    process = launch([PROGRAMS["vsee-web"], "--root", folder, *own, *options], listeners,
                     subprocess.PIPE, environment)
    try:
        _, told = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        _, told = process.communicate()
        raise AssertionError("it serves: " + told.decode()) from None
    for sock in listeners:
        sock.close()
    told = told.decode()
    assert process.returncode == 1 and told.startswith("<3>") and told.count("\n") == 1, told
    return told


def what_it_cannot_serve_on(front):
    folder = front.folder
    assert "vsee-web.socket starts this program" in start(folder, sockets=0)
    assert "2 sockets were passed, one is wanted" in start(folder, sockets=2)
    for sock in (listener(socket.SOCK_DGRAM), listener(ready=False),
                 listener(family=socket.AF_UNIX, address=folder + "/u", ready=False),
                 listener(socket.SOCK_SEQPACKET, socket.AF_UNIX, folder + "/s")):
        assert "no listening TCP or AF_UNIX stream socket" in start(folder, listeners=[sock])


def tcp_never_without_tls(front):
    assert "LoadCredential=tls-cert:" in start(front.folder, tls=False)
    with socket.socket() as sock:
        sock.connect(front.address)
        sock.settimeout(15)
        sock.sendall(b"GET / HTTP/1.1\r\nHost: page.test\r\n\r\n")
        try:
            got = sock.recv(4096)
        except ConnectionError:
            got = b""
    assert b"HTTP" not in got, got


def what_is_wrong_with_the_certificate_is_said(front):
    other = Certificate(os.path.join(front.folder, "etc"))
    empty = os.path.join(front.folder, "empty")
    with open(empty, "wb"):
        pass
    for cert, key, told in (
            ("/nowhere", other.key, "certificate /nowhere: No such file"),
            (other.path, "/nowhere", "key /nowhere: No such file"),
            (other.path, webrig.CERT.key, "both must be PEM"), (empty, other.key, "both must be"),
            (other.key, other.path, "both must be PEM"), (other.path, empty, "both must be PEM")):
        said = start(front.folder, "--cert", cert, "--key", key, tls=False)
        assert told in said, said
    said = start(front.folder, tls=False, environment={"CREDENTIALS_DIRECTORY": front.folder})
    assert f"certificate {front.folder}/tls-cert: No such file" in said, said


def a_certificate_that_ends_is_served_and_said(front):
    """One of 10 days, one that has ended, one of a year, as credentials."""
    front.stop()
    for days, told in ((10, "ends in "), (-1, "has ended: browsers warn"), (100, None)):
        folder = os.path.join(front.folder, f"credentials{days}")
        os.makedirs(folder)
        one = make_certificate(folder, days)
        shutil.copy(one[0], folder + "/tls-cert")
        shutil.copy(one[1], folder + "/tls-key")
        with open(front.log_path, "wb") as log:
            front.process = launch([PROGRAMS["vsee-web"], "--root", front.folder],
                                   [front.listener], log, {"CREDENTIALS_DIRECTORY": folder})
        context = ssl._create_unverified_context()  # pylint: disable=protected-access
        for _ in range(100):
            try:
                sock = front.connect(context=context)
                break
            except OSError:
                time.sleep(0.05)
        answer = front.raw(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode(), sock=sock)
        assert answer.status == 200
        assert told in front.log() if told else "<4>" not in front.log(), front.log()
        front.process.send_signal(signal.SIGTERM)
        assert front.process.wait(timeout=40) == 0


def make_certificate(folder, days):
    path, key = folder + "/c", folder + "/k"
    request = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
               "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + HOST, "-keyout", key,
               "-out", folder + "/r"]
    subprocess.run(request, check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-req", "-in", folder + "/r", "-signkey", key, "-days",
                    str(days), "-out", path], check=True, capture_output=True)
    return path, key


def only_new_tls(front):
    address = f"127.0.0.1:{front.address[1]}"

    def connects(*options):
        done = subprocess.run(["openssl", "s_client", "-connect", address, *options],
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=20)
        found = re.search(rb"Cipher is (\S+)", done.stdout)
        return found[1].decode() if found and found[1] != b"(NONE)" else None

    weak = "@SECLEVEL=0"
    assert connects("-tls1_3") and connects("-tls1_2")
    assert not connects("-tls1_1", "-cipher", "ALL:" + weak)
    assert not connects("-tls1", "-cipher", "ALL:" + weak)
    names = subprocess.run(["openssl", "ciphers", "-tls1_2", "ALL:COMPLEMENTOFALL:" + weak],
                           capture_output=True, check=True, text=True).stdout.strip().split(":")
    taken = {name for name in names if not name.startswith("TLS_") and
             connects("-tls1_2", "-cipher", name + ":" + weak)}
    print("# TLS 1.2: " + " ".join(sorted(taken)))
    assert taken and all(re.fullmatch(r"ECDHE-ECDSA-(AES\d+-(GCM-SHA\d+|CCM8?)|CHACHA20-POLY1305)",
                                      name) for name in taken), taken
    for group in ("ffdhe2048", "ffdhe3072"):
        assert not connects("-tls1_3", "-groups", group), group
    assert connects("-tls1_3", "-groups", "X25519")


def extension(kind, data):
    return struct.pack(">HH", kind, len(data)) + data


def nothing_weak_is_agreed_on(front):
    """Compression and heartbeats are offered; OpenSSL can't do so any more, and no scanner does."""
    offered = (extension(15, b"\1") + extension(10, b"\0\2\0\x17") + extension(11, b"\1\0") +
               extension(13, b"\0\2\4\3") + extension(0xff01, b"\0"))
    hello = (b"\3\3" + bytes(32) + b"\0" + b"\0\2\xc0\x2b" + b"\2\1\0" +
             struct.pack(">H", len(offered)) + offered)
    hello = b"\1" + len(hello).to_bytes(3, "big") + hello
    with socket.create_connection(front.address, timeout=20) as sock:
        sock.sendall(b"\x16\3\1" + struct.pack(">H", len(hello)) + hello)
        said = sock.recv(65536)
    assert said[0] == 22 and said[5] == 2, said[:10]
    answer = said[9:9 + int.from_bytes(said[6:9], "big")]
    place = 35 + answer[34]
    assert answer[place:place + 3] == b"\xc0\x2b\0", answer[place:place + 3]
    rest, kinds = answer[place + 5:], []
    while rest:
        kind, size = struct.unpack(">HH", rest[:4])
        kinds.append(kind)
        rest = rest[4 + size:]
    assert 0xff01 in kinds and 15 not in kinds, kinds


def a_browsers_first_group_is_good_enough(front):
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{front.address[1]}",
                           "-tls1_3", "-groups", "X25519:P-256", "-msg"],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20)
    assert done.stdout.count(b", ServerHello") == 1, "another group is asked for: a round trip"


def what_the_system_forbids_stays_forbidden(front):
    front.stop()
    path = os.path.join(front.folder, "policy")
    with open(path, "w", encoding="ascii") as file:
        file.write("[priorities]\nSYSTEM=NORMAL:-VERS-TLS1.2:-CHACHA20-POLY1305\n")
    with open(front.log_path, "ab") as log:
        front.process = launch(front.options, [front.listener], log,
                               {"GNUTLS_SYSTEM_PRIORITY_FILE": path})
    front.wait_ready()
    with front.connect() as sock:
        assert sock.version() == "TLSv1.3"
    old = ssl.create_default_context(cafile=webrig.CERT.path)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        front.connect(context=old).close()
    except OSError:
        return
    raise AssertionError("TLS 1.2 is spoken")


def memory(pid):
    """All that the process can read of itself, as one answer to "is this in there"."""
    found = b""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, \
            open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for line in maps:
            span, rights = line.split()[:2]
            if "r" not in rights or "[v" in line:
                continue
            begin, end = (int(part, 16) for part in span.split("-"))
            if end - begin > 1 << 30:
                continue
            try:
                mem.seek(begin)
                found += mem.read(end - begin)
            except OSError:
                pass
    return found


def what_can_be_read(pid):
    with open(PROGRAMS["vsee-web"], "rb") as file:
        program = file.read()
    if b"__asan" in program or b"__tsan" in program:
        raise Skip("memory: the sanitizer keeps what was freed as it was, or fills too much")
    left = memory(pid)
    assert len(left) > 1 << 20 and HOST.encode() in left, "the dump is none"
    return left


def passwords_are_found_nowhere(front):
    if os.geteuid() != 0:
        raise Skip("needs root: the front forbids everybody else to read its memory")
    for number in range(5):
        front.worker.play = front.worker.say(packet.CHANGED if number % 2 else packet.WRONG)
        assert front.post("/change", {**CHANGE, **MARKS}).status in (303, 403)
        assert front.post("/link", {**LINK, **MARKS, "current": ""}, Cookie=LINK_COOKIE).status
        fields = {name: MARKS[name] for name in ("new", "confirm")}
        front.post("/link", {"user": "alice", **fields}, Cookie=LINK_COOKIE)
        front.post("/change", {**CHANGE, **MARKS, "confirm": "x"})
        front.post("/change", {**CHANGE, **MARKS}, Content_Type="text/plain")
        front.get(f"/?user=alice&token={TOKEN}")
    assert any(request["new"] == MARKS["new"] for request in front.worker.requests)
    assert "MaRk" not in front.log() and TOKEN not in front.log()
    pid = front.process.pid
    for name in ("cmdline", "environ"):
        with open(f"/proc/{pid}/{name}", "rb") as file:
            assert b"MaRk" not in file.read()
    time.sleep(1)
    left = what_can_be_read(pid)
    for mark in (MARKS["current"], MARKS["new"], TOKEN):
        places = left.count(mark.encode())
        assert places == 0, (mark, places)


def a_link_is_not_left_in_a_connection_that_stays_open_nor_a_name_in_a_thread(front):
    """With the unit's own setting: a thread may not keep freed memory for later as it was. People
    type passwords into the field of the name."""
    if os.geteuid() != 0:
        raise Skip("needs root: the front forbids everybody else to read its memory")
    with open(f"{os.environ['VSEE_SOURCE']}/web/front/vsee-web.service.in",
              encoding="ascii") as file:
        name, value = re.search(r"^Environment=(\w+)=(\S+)$", file.read(), re.M).groups()
    front.stop()
    with open(front.log_path, "ab") as log:
        front.process = launch(front.options, [front.listener], log, {name: value})
    front.wait_ready()
    assert front.post("/change", {**CHANGE, "user": NAME, "confirm": "x"}).status == 422
    with front.connect() as sock:
        sock.sendall(f"GET /?user=alice&token={TOKEN} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert b" 303 See Other" in webrig.read_answer(sock, head_only=True)
        time.sleep(0.5)
        left = what_can_be_read(front.process.pid)
    for word in TOKEN, NAME:
        assert left.count(word[-20:].encode()) == 0, word  # free(3) writes over the beginning


def no_core_is_left(front):
    limits = resource.prlimit(front.process.pid, resource.RLIMIT_CORE)
    assert limits == (0, 0), limits


def what_is_wrong_with_the_configuration_is_said(front):
    folder = os.path.join(front.folder, "other")
    os.makedirs(folder)
    assert "olicy" in start(folder)
    publish(folder, webrig.ORIGIN)
    assert "File name too long" in start(folder, "--worker", "/" + "x" * 200)


def limits():
    """The numbers that the page tells of, as the code has them."""
    text = ""
    for name in ("server.h", "watch.h", "client.h", "turns.h"):
        with open(f"{os.environ['VSEE_SOURCE']}/web/front/{name}", encoding="ascii") as file:
            text += file.read()
    found = [re.search(rf"#define {name} (\d+)", text)[1] for name in (
        "SERVER_CONNECTIONS_MAX", "SERVER_CONNECTIONS_PER_ADDRESS", "SERVER_IDLE_SECONDS",
        "SERVER_DRAIN_SECONDS", "WATCH_REQUEST_SECONDS", "TURNS_MAX", "TURNS_SOURCE_MAX",
        "CLIENT_WAIT_SECONDS", "CLIENT_ANSWER_SECONDS")]
    return found


def the_command_line(front):
    def run(*options):
        return subprocess.run([PROGRAMS["vsee-web"], *options], capture_output=True, text=True,
                              check=False, timeout=10, cwd=front.folder)
    assert run("--version").stdout.startswith("vsee-web ")
    text = run("--help").stdout
    options = re.findall(r"^  --([a-z]+)", text, re.M)
    with open(os.environ["VSEE_SOURCE"] + "/man/vsee-web.8", encoding="ascii") as file:
        page = file.read()
    assert len(options) == 7 and re.findall(r"^\.It Fl -([a-z]+)", page, re.M) == options
    assert sorted(re.findall(r"\bFl -([a-z]+)", page.split(".Sh DESC")[0])) == options
    for limit in limits():
        assert re.search(rf"\b{limit}\b", page.split(".Ss Limits")[1].split(".Sh FILES")[0]), limit
    for wrong in (["--nothing"], ["word"], ["--cert", "x"], ["--key", "x"], ["--root"]):
        done = run(*wrong)
        assert done.returncode == 2 and "usage: vsee-web" in done.stderr, (wrong, done)


TESTS = [
    what_it_cannot_serve_on, tcp_never_without_tls, what_is_wrong_with_the_certificate_is_said,
    a_certificate_that_ends_is_served_and_said, only_new_tls,
    nothing_weak_is_agreed_on, a_browsers_first_group_is_good_enough,
    what_the_system_forbids_stays_forbidden, passwords_are_found_nowhere,
    a_link_is_not_left_in_a_connection_that_stays_open_nor_a_name_in_a_thread,
    no_core_is_left, what_is_wrong_with_the_configuration_is_said, the_command_line,
]

if __name__ == "__main__":
    sys.exit(main(TESTS))
