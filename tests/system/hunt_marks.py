"""Made-up secrets that can be told apart, and the search for them in any bytes.

Every made-up password of a run begins with one tag and ends with another; next to each stands what
says whose it is. So a few needles find all of them, also the half that a wiped buffer leaves, and
what is escaped for a URL, HTML or JSON, where letters and digits stay as they are.
"""

import base64
import random
import re
import string

TAG_SIZE, OWN_SIZE = 8, 4
# What encodings change, in the middle: the tags are never next to it.
SPECIAL = '&<"+é% \\'
AROUND = 48  # bytes beside a tag in which its owner is looked for
BASE64 = (string.ascii_letters + string.digits + "+/").encode()
DRAWN_PART = 12  # bytes of a secret that a program drew, at each end


def base64_forms(text):
    """What stands in base64 of any longer text, by where in its groups of three ours begins."""
    found = []
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + text + b"\0\0")
        found.append(whole[-(-8 * before // 6):8 * (before + len(text)) // 6])
    return found


def plain_forms(text):
    """The ways in which a text may stand somewhere, but for base64."""
    wide = text.decode().encode("utf-16-le")
    return {"clear": text, "lower": text.lower(), "upper": text.upper(), "reversed": text[::-1],
            "lower reversed": text[::-1].lower(), "hex": text.hex().encode(),
            "HEX": text.hex().upper().encode(), "utf-16": wide[:-1]}


def forms(text):
    """Each way, by its name."""
    found = plain_forms(text)
    for number, piece in enumerate(base64_forms(text)):
        found[f"base64 {number}"] = piece
        found[f"base64url {number}"] = piece.translate(bytes.maketrans(b"+/", b"-_"))
    return found


def decoded(near, at):
    """What base64 around a place makes, whichever character a group begins with."""
    near = near.translate(bytes.maketrans(b"-_", b"+/"))
    begin = at
    while begin > 0 and near[begin - 1:begin] in BASE64:
        begin -= 1
    run = near[begin:len(near) - len(near[at:].lstrip(BASE64))]
    return b"".join(base64.b64decode(run[shift:shift + (len(run) - shift) // 4 * 4])
                    for shift in range(4))


def positions(data, needle):
    at = data.find(needle)
    while at >= 0:
        yield at
        at = data.find(needle, at + 1)


class Marks:
    """The secrets of a run."""

    def __init__(self, dice=None):
        self.dice = dice or random.SystemRandom()
        self.tags = [self.letters(TAG_SIZE).encode() for _ in range(2)]
        self.owners = {}  # what stands beside a tag: the name
        self.drawn = {}  # the needle of a secret that a program drew: the name
        self.needles = {needle: form for tag in self.tags for form, needle in forms(tag).items()}

    def letters(self, size):
        """Not one of them twice, in any case: nothing of it is common, or like another. None beside
        the next of the alphabet, of which cracklib refuses some six as too systematic."""
        drawn = ["a", "b"]
        while any(abs(ord(one) - ord(next_)) == 1 for one, next_ in zip(drawn, drawn[1:])):
            drawn = self.dice.sample(string.ascii_lowercase + string.digits, size)
        return "".join(self.dice.choice((letter, letter.upper())) for letter in drawn)

    def own(self, name):
        text = self.letters(OWN_SIZE)
        while text in self.owners:
            text = self.letters(OWN_SIZE)
        self.owners[text] = name
        return text

    def new(self, name, special=SPECIAL):
        """A password that criteria take."""
        own = self.own(name)
        return f"{self.tags[0].decode()}{own}{special}{own}{self.tags[1].decode()}"

    def word(self, name):
        """One without what encodings change, and short."""
        return f"{self.own(name)}{self.tags[0].decode()}"

    def weak(self, name):
        """One that reads the same backwards, which libpwquality refuses."""
        word = self.word(name)
        return word + word[::-1]

    def draw(self, name, value):
        """A secret that a program drew: its ends, for it may be cut or wiped in part."""
        text = value.encode() if isinstance(value, str) else value
        for part in {text[:DRAWN_PART], text[-DRAWN_PART:]}:
            if len(part) >= TAG_SIZE:
                self.drawn[part] = name
        return value

    def owner(self, data, at, form):
        """Whose the nearest is."""
        begin = max(0, at - AROUND)
        near, at = data[begin:at + AROUND], at - begin
        if form.startswith("base64"):
            near = decoded(near, at)
        found = []
        for own, name in self.owners.items():
            text = plain_forms(own.encode()).get(form, own.encode())
            found += [(abs(place - at), name) for place in positions(near, text)]
        return min(found)[1] if found else "one of them"

    def find(self, data):
        """{(whose it is, how it is written)} of what is in there."""
        found = {(self.owner(data, at, form), form) for needle, form in self.needles.items()
                 for at in positions(data, needle)}
        return found | {(name, "drawn") for part, name in self.drawn.items() if part in data}

    def find_encoded(self, data):
        """find(), and what programs drew in its other forms, too: for what is not large."""
        found = self.find(data)
        for part, name in self.drawn.items():
            try:
                ways = forms(part)
            except UnicodeDecodeError:
                ways = {"hex": part.hex().encode()}
            found |= {(name, form) for form, needle in ways.items() if needle in data}
        return found


HASH = re.compile(rb"\$(?:y|7|6|5|2[aby]|gy|1)\$[./A-Za-z0-9,$=]{20,}")


def hashes_in(data):
    """What crypt(3) made, in a file that may hold it."""
    return {match[0] for match in HASH.finditer(data)}
