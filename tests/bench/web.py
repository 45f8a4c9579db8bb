"""Loads of the page over TLS from vsee-web beside nginx, which serves the same bytes as files."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

import send

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "web/front"))

import webrig  # the made-up host of the front's own tests

# visits: connections; times: how often each asks for everything.
LOADS = {
    "web-page": {"visits": 1000, "times": 1, "assets": True},
    "web-page-alone": {"visits": 1000, "times": 1, "assets": False},
    "web-page-kept": {"visits": 8, "times": 500, "assets": False},
}
THREADS = 8
TINY_VISITS = 10
TICK = os.sysconf("SC_CLK_TCK")
# A new connection stays one: neither side gives tickets. Ours writes a log of accesses to a file.
CONF = """daemon off;
user root;
worker_processes 2;
pid /mnt/nginx.pid;
error_log /mnt/error.log;
events { worker_connections 1024; }
http {
  types { text/html html; text/css css; text/javascript js; }
  charset utf-8;
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  client_body_temp_path /mnt/tmp;
  proxy_temp_path /mnt/tmp;
  fastcgi_temp_path /mnt/tmp;
  uwsgi_temp_path /mnt/tmp;
  scgi_temp_path /mnt/tmp;
  server {
    listen 127.0.0.1:%d ssl;
    root /mnt/site;
    ssl_certificate /mnt/cert.pem;
    ssl_certificate_key /mnt/key.pem;
    ssl_protocols TLSv1.3;
    ssl_session_tickets off;
    ssl_conf_command NumTickets 0;
  }
}
"""


def nginx_root():
    """The throw-away root, where it holds nginx."""
    root = send.postfix_root()
    return root if root and os.path.exists(root + "/usr/sbin/nginx") else None


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Nginx:
    """It runs in the root; its own folder is seen there as /mnt, in our mounts only."""

    def __init__(self, root, folder, certificate):
        self.root, self.folder, self.port = root, folder, free_port()
        (folder / "tmp").mkdir()
        (folder / "nginx.conf").write_text(CONF % self.port, encoding="ascii")
        shutil.copy(certificate.path, folder / "cert.pem")
        shutil.copy(certificate.key, folder / "key.pem")
        self.process = None

    def __enter__(self):
        subprocess.run(["mount", "--bind", str(self.folder), self.root + "/mnt"], check=True)
        self.process = subprocess.Popen(
            ["chroot", self.root, "/usr/sbin/nginx", "-c", "/mnt/nginx.conf", "-e",
             "/mnt/error.log"], stdin=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("nginx does not answer: " + (self.folder / "error.log").read_text())

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait()
        subprocess.run(["umount", self.root + "/mnt"], check=True)


def processor_time(pid):
    """Microseconds that it and its children of now have used."""
    folder = pathlib.Path(f"/proc/{pid}")
    children = (folder / f"task/{pid}/children").read_text(encoding="ascii").split()
    fields = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) * 1e6 / TICK
    return own + sum(map(processor_time, children))


def save_site(front, folder):
    """The page and what it needs, as files for nginx: a list of target and file."""
    page = front.get("/", Sec_Fetch_Site="none", Accept_Language="en")
    assets = re.findall(r'(?:href|src)="(/page-[^"]*)"', page.body.decode())
    assert page.status == 200 and len(assets) == 2, (page.status, assets)
    saved = [("/", folder / "index.html")] + [(name, folder / name[1:]) for name in assets]
    saved[0][1].write_bytes(page.body)
    for name, path in saved[1:]:
        path.write_bytes(front.get(name).body)
    return saved


def visit(stage, port, load, saved):
    """Microseconds for each visit; every answer is compared with the file."""
    wanted = saved if load["assets"] else saved[:1]
    words = [str(word) for pair in wanted for word in pair]
    return float(stage.program("bench-visit", webrig.HOST, str(port), str(THREADS),
                               str(load["visits"]), str(load["times"]), *words))


def take_turns(stage, rounds, load, saved, sides):
    """For each side its times and its processor times, one a round."""
    times = {name: [] for name in sides}
    cpu = {name: [] for name in sides}
    for place in range(rounds):
        for name in sorted(sides, reverse=place % 2 == 0):
            port, pid = sides[name]
            before = processor_time(pid)
            times[name].append(visit(stage, port, load, saved) / load["times"])
            cpu[name].append((processor_time(pid) - before) / load["visits"] / load["times"])
    return times, cpu


def report(board, name, times, cpu):
    board.ratio(name, times["ours"], times["peer"])
    for side, runs in times.items():
        board.inform(f"{name}-rate-{side}", [1e6 / run for run in runs], "a second")
    for side, runs in cpu.items():
        board.inform(f"{name}-cpu-{side}", runs, "us each")


def measure_web(stage, board, size, wanted):
    root = nginx_root()
    if not root or not shutil.which("ip") or "vsee-web" not in stage.programs:
        for name in wanted:
            board.skip(name, "needs vsee-web, ip(8), and nginx in the root that "
                             "tests/system/root.sh makes")
        return
    os.environ["OPENSSL_CONF"] = root + "/etc/ssl/openssl.cnf"  # there is none below our /etc
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    folder = stage.ram / "web"
    for path in (folder / "front", folder / "peer/site"):
        path.mkdir(parents=True)
    webrig.PROGRAMS.update({name: stage.programs[name] for name in ("vsee-web", "reminderd")})
    webrig.CERT = webrig.Certificate(str(folder))
    front = webrig.Front(stage.programs["vsee-web"], str(folder / "front"))
    try:
        saved = save_site(front, folder / "peer/site")
        with Nginx(root, folder / "peer", webrig.CERT) as nginx:
            sides = {"ours": (front.address[1], front.process.pid),
                     "peer": (nginx.port, nginx.process.pid)}
            for name in wanted:
                load = {**LOADS[name], **({"visits": TINY_VISITS} if size.tiny else {})}
                report(board, name, *take_turns(stage, size.rounds, load, saved, sides))
    finally:
        front.close()
    shutil.rmtree(folder)


BENCHES = dict.fromkeys(LOADS, measure_web)
