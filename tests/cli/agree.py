"""All that names an account's deadline or counts verdicts says the same, for random accounts."""

import json
import os
import random
import re
import subprocess
import sys
import time

from harness import CONF, HASH_A, HASH_B, STATE, TODAY, main, need_root

PEOPLE = 60
POLICY = """[policy]
mode = {mode}
max_days = {max_days}
inactive_days = {inactive}
spread_days = {spread}
[group watched]
mode = watch
[group reminded]
mode = remind
[group shadowed]
mode = enforce
max_days = shadow
[exempt]
users = u7
"""


def draw_field(draw, *values):
    return str(draw.choice(values))


def draw_line(draw, name):
    """A shadow line; rarely a malformed one."""
    change = draw_field(draw, "", 0, 1, TODAY - 400, TODAY - 60, TODAY - 59, TODAY - 50,
                        TODAY - draw.randrange(120), TODAY, TODAY + 1, TODAY + 2, TODAY + 300)
    password = draw.choice([HASH_A] * 8 + ["!" + HASH_A, "*", ""])
    fields = [draw_field(draw, 0, 1), draw_field(draw, "", 99999, 30, 60, 90, 0, -1, 10000),
              "7", draw_field(draw, "", "", 0, 5), draw_field(draw, "", "", "", TODAY, 1), ""]
    if draw.randrange(40) == 0:
        fields[1] = "x"
    return ":".join([name, password, change, *fields]) + "\n"


def populate(host, draw):
    names = [f"u{i}" for i in range(PEOPLE)]
    lines = [draw_line(draw, name) for name in names]
    lines += [draw_line(draw, draw.choice(names)) for _ in range(3)]  # a second line each
    host.write("etc/passwd", "".join(
        f"{name}:x:{2000 + i}:{2000 + i}::/:/bin/sh\n" for i, name in enumerate(names)))
    host.write("etc/shadow", "".join(lines), 0o600)
    host.write("etc/group", "".join(
        f"{group}:x:{900 + i}:{','.join(draw.sample(names, 10))}\n"
        for i, group in enumerate(("watched", "reminded", "shadowed"))))
    host.write(CONF, POLICY.format(mode=draw.choice(("enforce", "enforce", "remind")),
                                   max_days=draw.choice((60, 30, 1, 36500)),
                                   inactive=draw.choice(("never", 0, 5)),
                                   spread=draw.choice((0, 5))))
    return names


def spoil_state(host, kind, path):
    """Lost, damaged, or written by a newer version."""
    text = host.read(path)
    if kind == 3:
        os.unlink(host.path(path))
    elif kind == 4:
        host.write(path, text.replace("\nend\n", "\nnonsense\n"), 0o600)
    else:
        host.write(path, text.replace("vsee-account 1", "vsee-account 2"), 0o600)


def disturb(host, draw, names):
    """What happens between two scans."""
    for name in draw.sample(names, 10):
        kind = draw.randrange(6)
        shadow = host.read("etc/shadow").splitlines(True)
        at = next(i for i, line in enumerate(shadow) if line.startswith(name + ":"))
        if kind == 0:
            subprocess.run([host.programs["vseectl"], "--root", host.root, "extend", name,
                            "--days", "9", "--reason", "on leave"], capture_output=True,
                           timeout=60, check=False)
        elif kind == 1:
            shadow[at] = shadow[at].replace(HASH_A, HASH_B)
        elif kind == 2:
            shadow[at] = draw_line(draw, name)
        elif host.has_state(name):
            spoil_state(host, kind, f"{STATE}/accounts/{name}")
        if kind in (1, 2):
            host.write("etc/shadow", "".join(shadow), 0o600)
    if draw.randrange(3) == 0:
        now = int(time.time())
        host.write(f"{STATE}/hold", f"vsee-expire hold {draw.choice((1, 1, 2))}\nbegin {now}\n"
                   f"until {now + draw.choice((-5, 3600))}\nby 0\nreason agree\n")
    if draw.randrange(4) == 0:
        host.set_scan_day(TODAY - 3)


def any_code(host, *arguments):
    done = subprocess.run(
        [host.programs["reminderd"], *host.place("reminderd", arguments)],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, text=True, check=False)
    assert done.returncode >= 0, (arguments, done.returncode, done.stderr)
    return done.stdout


def day_of(text):
    return None if text in (None, "never", "-") else int(
        time.mktime(time.strptime(text[:10], "%Y-%m-%d"))) // 86400


def explained(host, name):
    """Verdict, deadline and days left; None: not covered; "failed": who is in no report either."""
    done = subprocess.run([host.programs["vseectl"], "--root", host.root, "explain", name],
                          capture_output=True, timeout=60, text=True, check=False)
    if done.returncode != 0:
        return "failed"
    if "written by a newer version" in done.stdout:
        return "failed"
    verdict = re.search(r"^verdict: (.*)$", done.stdout, re.M)
    if not verdict:
        return None
    facts = dict(re.findall(r"^  (deadline|days left) +(.*)$", done.stdout, re.M))
    left = facts.get("days left")
    return verdict[1], day_of(facts["deadline"]), None if left is None else int(left)


def compare_report_and_explain(host, names):
    report = json.loads(any_code(host, "report", "--format", "json"))
    rows = {row["name"]: row for row in report["accounts"]}
    covered = 0
    for name in names:
        row, said = rows.get(name), explained(host, name)
        if said == "failed" or not row:
            assert said == "failed" and not row, (name, said, row)
            continue
        if said is None:
            assert row["verdict"] in ("not-covered", "no-password") and not row["deadline"], row
            continue
        covered += 1
        deadline = row["deadline"]
        assert said == (row["verdict"], day_of(deadline), row["days_left"]), (name, said, row)
    assert report["summary"]["covered"] == covered, (report["summary"], covered)
    return report, rows


def compare_counts(host, report, rows):
    """status looks at the covered, report at everybody."""
    status = json.loads(any_code(host, "status", "--json"))
    held, reported = status["hold"], report["report"]["hold"]
    assert (held and held.get("reason")) == (reported and reported.get("reason")), (held, reported)
    assert (held and held.get("fault")) == (reported and reported.get("fault")), (held, reported)
    counted = dict.fromkeys(status["verdicts"], 0)
    modes = dict.fromkeys(status["modes"], 0)
    for row in rows.values():
        if row["mode"] not in (None, "off"):
            counted[row["verdict"]] += 1
            modes["remind" if row["mode"] == "enforce, held" else row["mode"]] += 1
    assert status["verdicts"] == counted, (status["verdicts"], counted)
    assert status["modes"] == modes, (status["modes"], modes)
    assert {key: report["summary"][key.replace("-", "_")] for key in counted} == counted
    return status


def compare_after_scan(host, status, rows):
    """Right after a scan its metrics, snapshot and the preview of the next run say so, too."""
    metrics = dict(re.findall(r'^vsee_expire_accounts\{verdict="(.*)"\} (\d+)$',
                              host.read(f"{STATE}/metrics.prom"), re.M))
    del metrics["not-covered"]
    assert {key: int(value) for key, value in metrics.items()} == status["verdicts"], metrics
    assert status["last_run"]["covered"] - status["last_run"]["failed"] <= sum(
        status["verdicts"].values()) <= status["last_run"]["covered"], status
    for name, entry in host.snapshot()[1].items():
        row = rows[name]
        assert (entry["verdict"], entry["deadline"], entry["days_left"]) == (
            row["verdict"], day_of(row["deadline"]), row["days_left"]), (entry, row)
    preview = json.loads(any_code(host, "preview", "--json"))
    verdicts = status["verdicts"]
    assert preview["asked"] + preview["expired"] == (
        verdicts["must-change"] + verdicts["inactive"]), (preview, verdicts)
    assert preview["let_in"] == verdicts["not-enforceable"], (preview, verdicts)
    assert preview["no_password"] == verdicts["no-password"] + verdicts["account-expired"]
    assert preview["covered"] == status["last_run"]["covered"]


def everybody_says_the_same(host):
    need_root()  # chage(1)
    seeds = [int(os.environ["VSEE_SEED"])] if "VSEE_SEED" in os.environ else range(6)
    for seed in seeds:
        draw = random.Random(seed)
        names = populate(host, draw)
        for _ in range(2):
            any_code(host, "scan", "--accept-clock")
            report, rows = compare_report_and_explain(host, names)
            compare_after_scan(host, compare_counts(host, report, rows), rows)
            disturb(host, draw, names)
            report, rows = compare_report_and_explain(host, names)
            compare_counts(host, report, rows)
        for folder in ("accounts", ""):
            for name in os.listdir(host.path(f"{STATE}/{folder}")):
                path = host.path(f"{STATE}/{folder}/{name}")
                if os.path.isfile(path):
                    os.unlink(path)


sys.exit(main([everybody_says_the_same]))
