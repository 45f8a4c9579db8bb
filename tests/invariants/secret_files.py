"""No password in clear, in whatever form it can stand in a file."""

import base64
import os
import urllib.parse

SHORTEST = 6  # a shorter one stands in other words by chance


def forms(password):
    """What to look for; of base64 the part that does not depend on what stands before it."""
    plain = password.encode(errors="surrogateescape")
    yield plain
    yield plain.decode("utf-8", "replace").encode("utf-16-le")
    yield urllib.parse.quote_plus(plain).encode()
    yield plain.hex().encode()
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + plain)
        yield text[(shift * 8 + 5) // 6:(shift + len(plain)) * 8 // 6]


def files(path):
    """Regular files at or below path."""
    if os.path.isfile(path):
        yield path
    for place, _, names in os.walk(path):
        yield from (os.path.join(place, name) for name in sorted(names)
                    if os.path.isfile(os.path.join(place, name))
                    and not os.path.islink(os.path.join(place, name)))


def secrets(told, given):
    wanted = [(name, [form for form in forms(word) if len(form) >= SHORTEST])
              for name, word in told.secrets() if len(word) >= SHORTEST]
    for path in {path for kind in given.paths.values() if kind for path in files(kind)}:
        if os.path.samefile(path, given.story):
            continue
        with open(path, "rb") as file:
            data = file.read()
        yield from ((name, f"a password stands in {path}") for name, words in wanted
                    if any(word in data for word in words))
    for mail in given.mails or ():
        said = "".join(mail.texts()).encode(errors="replace")
        yield from ((name, f"a password stands in the mail {mail.file}") for name, words in wanted
                    if any(word in said for word in words))
