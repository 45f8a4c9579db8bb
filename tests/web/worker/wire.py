"""The packets of web/wire/wire.h, written down once more: tests find what both sides bend."""

import socket
import struct

MAGIC = b"VSEE\x01"
OPS = {"change": 1, "link": 2, "peek": 3}
STATUS = ("-", "changed", "link-good", "wrong", "link-bad", "unmet", "refused", "too-soon",
          "throttled", "busy", "fault", "uncertain")
CRITERIA = ("length", "long", "digit", "upper", "lower", "other", "classes", "repeat",
            "class-repeat", "sequence", "name", "different", "common", "remembered")
USER, SOURCE, ID, CURRENT, TOKEN, FRESH = range(1, 7)


def bytes_of(text):
    return text if isinstance(text, bytes) else text.encode()


def packet(op, fields):
    body = b"".join(struct.pack(">BH", tag, len(value)) + value for tag, value in fields)
    return MAGIC + struct.pack(">BH", op, 8 + len(body)) + body


def request(op, user, *, source="192.0.2.7", current=None, token=None, new=None):
    values = ((USER, user), (SOURCE, source), (ID, "0123456789abcdef"), (CURRENT, current),
              (TOKEN, token), (FRESH, new))
    return packet(OPS[op], [(tag, bytes_of(value)) for tag, value in values if value is not None])


class Reply:
    """status: a word of STATUS, "none" where the worker closed without one."""

    def __init__(self, data, seconds):
        self.data, self.seconds = data, seconds
        self.status, self.unmet, self.number, self.text = "none", set(), None, ""
        if not data:
            return
        assert data[:5] == MAGIC and data[5] & 0x80, data
        assert struct.unpack(">H", data[6:8])[0] == len(data), data
        self.status = STATUS[data[5] ^ 0x80]
        if len(data) > 8:
            self.field(data[8], data[11:])

    def field(self, tag, value):
        if tag == 4:
            self.text = value.decode()
            return
        self.number = struct.unpack(">q", value)[0]
        if tag == 1:
            self.unmet = {name for bit, name in enumerate(CRITERIA) if self.number >> bit & 1}

    def __repr__(self):
        return f"<{self.status} {self.unmet or self.number or self.text or ''}>"


def receive(connection):
    try:
        return connection.recv(4096)
    except ConnectionResetError:  # it left a packet unread; this comes before what it said
        return connection.recv(4096)


def connect(path):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.settimeout(45)
    connection.connect(path)
    return connection
