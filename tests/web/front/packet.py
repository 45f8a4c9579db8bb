"""The packets between front and worker, written a second time, so that neither can bend them."""

import struct
import urllib.parse

CHANGE, CHANGE_LINK, PEEK_LINK = 1, 2, 3
(CHANGED, LINK_GOOD, WRONG, LINK_BAD, UNMET, REFUSED, TOO_SOON, THROTTLED, BUSY, FAULT,
 UNCERTAIN) = range(1, 12)

REQUEST = ("user", "source", "id", "current", "token", "new")


def form(fields):
    return urllib.parse.urlencode(fields).encode()


def read_request(data):
    magic, version, kind, size = struct.unpack(">4sBBH", data[:8])
    assert (magic, version, size) == (b"VSEE", 1, len(data)), data[:8]
    request = {"op": kind, **dict.fromkeys(REQUEST, "")}
    rest = data[8:]
    while rest:
        tag, size = struct.unpack(">BH", rest[:3])
        request[REQUEST[tag - 1]] = rest[3:3 + size].decode()
        rest = rest[3 + size:]
    return request


def print_reply(status, criteria=0, retry_after=0, until=0, text=""):
    body = b""
    if status == UNMET:
        body = struct.pack(">BHQ", 1, 8, criteria)
    if status == THROTTLED:
        body = struct.pack(">BHQ", 2, 8, retry_after)
    if status == TOO_SOON:
        body = struct.pack(">BHQ", 3, 8, until)
    if status == REFUSED:
        body = struct.pack(">BH", 4, len(text.encode())) + text.encode()
    return struct.pack(">4sBBH", b"VSEE", 1, 0x80 | status, 8 + len(body)) + body
