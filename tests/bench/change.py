"""A person's own password change with our history and with pam_pwhistory, at the same depth."""

import re
import statistics

import measure

DEPTHS = {"change-1": 1, "change-6": 6, "change-24": 24}
TINY = {"change-1": 1, "change-6": 2, "change-24": 3}
UNIX = ["[success=1 default=ignore] pam_unix.so obscure {0}yescrypt", "requisite pam_deny.so",
        "required pam_permit.so"]
BEHIND = UNIX[0].format("use_authtok try_first_pass ")
ALONE = "u0000000"
LONG_AGO = 10000  # a day on which a password was replaced


def users(name):
    """Two people for a depth: nobody's history or state is in the other's way."""
    place = list(DEPTHS).index(name)
    return f"u{2 * place + 1:07}", f"u{2 * place + 2:07}"


def prepare(stage, depths):
    """The stacks, and a group for each depth; everybody's first password is number 0."""
    stage.stack("change-alone", "password", [UNIX[0].format(""), *UNIX[1:]])
    stage.stack("change-ours", "password", ["requisite MODULE", BEHIND, *UNIX[1:],
                                            "optional MODULE bind"])
    stage.people(20)
    policy = ["[policy]", "mode = off"]
    with (stage.etc / "group").open("a", encoding="ascii") as group:
        for name, depth in depths.items():
            stage.stack(f"{name}-peer", "password",
                        [f"requisite pam_pwhistory.so remember={depth}", BEHIND, *UNIX[1:]])
            policy += [f"[group {name}]", "mode = enforce", f"remember = {depth}"]
            group.write(f"{name}:x:{6000 + depth}:{users(name)[0]}\n")
    stage.policy("\n".join(policy) + "\n")
    (stage.etc / "security/opasswd").write_text("", encoding="ascii")
    (stage.etc / "security/opasswd").chmod(0o600)
    stage.scan()


def fill(stage, name, depth):
    """
    Change so often that the history is full and holds no password that was set before us. Ours
    keeps young passwords beyond the depth, so what was filled in must be old.
    """
    ours, peer = users(name)
    state = stage.state / "accounts" / ours
    stage.calls("change", depth, 1, [f"change-ours:{ours}:0"])
    state.write_text(re.sub(r"^entry \S+", f"entry {LONG_AGO}", state.read_text(encoding="ascii"),
                            flags=re.M), encoding="ascii")
    stage.calls("change", 1, 1, [f"change-ours:{ours}:{depth}"])
    stage.calls("change", depth + 1, 1, [f"{name}-peer:{peer}:0"])
    entries = len(re.findall(r"^entry ", state.read_text(encoding="ascii"), flags=re.M))
    hashes = re.search(rf"^{peer}:.*", (stage.etc / "security/opasswd").read_text(encoding="ascii"),
                       flags=re.M).group().count("$y$")
    if (entries, hashes) != (depth, depth):
        raise SystemExit(f"{name}: histories of {entries} and {hashes}, not {depth}")


def less(times, base):
    """What a history adds; the median of the change without one, for steadier differences."""
    return [time - statistics.median(base) for time in times]


def measure_change(stage, board, size, wanted):
    depths = {name: depth for name, depth in (TINY if size.tiny else DEPTHS).items()
              if name in wanted or ("change-depth" in wanted and name != "change-6")}
    prepare(stage, depths)
    stacks = [f"change-alone:{ALONE}:0"]
    for name, depth in depths.items():
        fill(stage, name, depth)
        ours, peer = users(name)
        stacks += [f"change-ours:{ours}:{depth + 1}", f"{name}-peer:{peer}:{depth + 1}"]
    files = [stage.etc / "shadow", stage.etc / "security/opasswd",
             *(stage.state / "accounts" / users(name)[0] for name in depths)]
    alone, *times = measure.columns(stage.calls("change", size.rounds, 1, stacks, files))
    report(board, wanted, alone, dict(zip(depths, zip(times[::2], times[1::2]))))


def report(board, wanted, alone, times):
    for name, (ours, peer) in times.items():
        if name in wanted:
            board.ratio(name, less(ours, alone), less(peer, alone))
            board.ratio(f"{name}-whole", ours, peer)
    if "change-depth" in wanted:
        board.ratio("change-depth", times["change-24"][0], times["change-1"][0])


BENCHES = dict.fromkeys([*DEPTHS, "change-depth"], measure_change)
