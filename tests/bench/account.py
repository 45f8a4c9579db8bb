"""The account phase of a covered person beside pam_unix's own; the auth phase for orientation."""

import re

import measure

POLICY = """[policy]
mode = off
[group covered]
mode = enforce
"""

# As the shipped stacks have them, each side without the other.
STACKS = {
    "account-unix": ("account", ["[success=1 new_authtok_reqd=done default=ignore] pam_unix.so",
                                 "requisite pam_deny.so", "required pam_permit.so"]),
    "account-ours": ("account", ["[success=2 new_authtok_reqd=ok acct_expired=die "
                                 "authtok_expired=die default=ignore] MODULE",
                                 "[new_authtok_reqd=1 default=ignore] MODULE again",
                                 "requisite pam_deny.so", "required pam_permit.so"]),
    "auth-unix": ("auth", ["[success=1 default=ignore] pam_unix.so nullok",
                           "requisite pam_deny.so", "required pam_permit.so"]),
    "auth-both": ("auth", ["[success=1 default=ignore] pam_unix.so nullok",
                           "requisite pam_deny.so", "required pam_permit.so", "optional MODULE"]),
}


def prepare(stage, count):
    """A host of so many people, each with a group of their own; who is in the middle is covered."""
    stage.policy(POLICY)
    stage.people(count)
    stage.scan()
    for service, (kind, lines) in STACKS.items():
        stage.stack(service, kind, lines)
    return f"u{count // 2:07}"


def measure_account(stage, board, size, wanted):
    for name, count, inner in (("account-10", 10, 400), ("account-100000", 100000, 15)):
        if name not in wanted:
            continue
        user = prepare(stage, 30 if size.tiny else count)
        text = stage.calls("account", size.rounds, 3 if size.tiny else inner,
                           [f"account-ours:{user}:0", f"account-unix:{user}:0"])
        ours, peer = measure.columns(text)
        board.ratio(name, ours, peer)
        board.inform(f"{name}-ours", ours, "us")


def measure_auth(stage, board, size, wanted):
    """Both modules beside pam_unix alone: a valid password, and one that must be changed."""
    del wanted  # one name only
    user = prepare(stage, 10)
    for name in ("auth-valid", "auth-expired"):
        if name == "auth-expired":
            ask_to_change(stage, user)
        ours, peer = measure.columns(stage.calls("auth", size.rounds, 1 if size.tiny else 5,
                                                 [f"auth-both:{user}:0", f"auth-unix:{user}:0"]))
        board.ratio(name, ours, peer)


def ask_to_change(stage, user):
    """What chage -d 0 writes."""
    path = stage.etc / "shadow"
    text = path.read_text(encoding="ascii")
    path.write_text(re.sub(rf"^({user}:[^:]*):\d+:", r"\1:0:", text, flags=re.M), encoding="ascii")


BENCHES = {"account-10": measure_account, "account-100000": measure_account, "auth": measure_auth}
