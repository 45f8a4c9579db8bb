"""A whole run of reminderd scan beside wc -l of the same shadow file, and what memory it takes."""

import shutil

import measure
from account import POLICY

SIZES = {"scan-1m": 1_000_000, "scan-10m": 10_000_000}
TINY = {"scan-1m": 1000, "scan-10m": 10000}
COVERED = {"scan-covered-1000": 1000, "scan-covered-10000": 10000}
BYTES_A_PERSON = 170  # in passwd and shadow
SPARE = 1 << 30


def make_root(stage, name, count, covered):
    """A host's files below a folder: in memory where there is room. None without room."""
    need = count * BYTES_A_PERSON + SPARE
    with open("/proc/meminfo", encoding="ascii") as lines:
        free = next(int(line.split()[1]) * 1024 for line in lines if "MemAvailable" in line)
    if (free < 3 * need or stage.on_disk) and shutil.disk_usage(stage.disk).free < need:
        return None
    in_memory = free >= 3 * need and not stage.on_disk
    root = (stage.ram if in_memory else stage.disk) / name
    for folder in (root / "etc/vsee-expire", root / "state"):
        folder.mkdir(parents=True)
    stage.people(count, groups=False, covered=covered, root=root)
    stage.policy(POLICY, root)
    stage.scan(root)  # enrols, and leaves the files in the page cache
    return root


def spawn(stage, *argv):
    """Microseconds, those of them on a CPU, and peak KiB of one run."""
    return [float(word) for word in stage.program("bench-spawn", *argv).split()]


def measure_sizes(stage, board, size, wanted):
    sizes = {name: count for name, count in (TINY if size.tiny else SIZES).items()
             if name in wanted or "scan-memory" in wanted}
    wc, memory = shutil.which("wc"), {}
    for name, count in sizes.items():
        root = make_root(stage, name, count, covered=10)
        if not root:
            board.skip(name, "not enough memory or disk for the files")
            continue
        rounds = [(spawn(stage, wc, "-l", str(root / "etc/shadow")),
                   spawn(stage, *stage.scan_arguments(root))) for _ in range(size.rounds)]
        if name in wanted:
            for place, what in enumerate((name, f"{name}-cpu")):
                board.ratio(what, [ours[place] for _, ours in rounds],
                            [peer[place] for peer, _ in rounds])
        memory[name] = [ours[2] for _, ours in rounds]
        shutil.rmtree(root)
    if "scan-memory" in wanted and len(memory) == len(SIZES):
        board.ratio("scan-memory", memory["scan-10m"], memory["scan-1m"])
    elif "scan-memory" in wanted:
        board.skip("scan-memory", "one of the sizes was not measured")


def measure_covered(stage, board, size, wanted):
    """What a covered account costs, beside one scan of the same files for a single person."""
    for name, covered in COVERED.items():
        if name not in wanted:
            continue
        covered = covered // 100 if size.tiny else covered
        one = make_root(stage, "one", 2 * covered, covered=1)
        root = make_root(stage, "many", 2 * covered, covered=covered)
        first, steady = [], []
        for _ in range(size.rounds):
            base = spawn(stage, *stage.scan_arguments(one))[0]
            stage.forget(root)
            first.append((spawn(stage, *stage.scan_arguments(root))[0] - base) / covered)
            steady.append((spawn(stage, *stage.scan_arguments(root))[0] - base) / covered)
        board.inform(name, steady, "us an account")
        board.inform(f"{name}-first", first, "us an account")
        shutil.rmtree(one)
        shutil.rmtree(root)


BENCHES = {**dict.fromkeys([*SIZES, "scan-memory"], measure_sizes),
           **dict.fromkeys(COVERED, measure_covered)}
