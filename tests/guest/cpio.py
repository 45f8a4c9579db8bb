#!/usr/bin/env python3
"""cpio.py FOLDER FILE: the folder's files as an initramfs, owned by root."""

import os
import pathlib
import sys

ROW = "070701" + "{:08X}" * 13


def padded(data):
    return data + b"\0" * (-len(data) % 4)


def entry(number, name, mode, data):
    """The format that the kernel calls newc."""
    raw = name.encode() + b"\0"
    head = ROW.format(number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
    return padded(head.encode() + raw) + padded(data)


def entries(folder):
    for number, path in enumerate(sorted(pathlib.Path(folder).rglob("*")), 1):
        data = path.read_bytes() if path.is_file() else b""
        yield entry(number, str(path.relative_to(folder)), os.stat(path).st_mode, data)
    yield entry(0, "TRAILER!!!", 0, b"")


if __name__ == "__main__":
    with open(sys.argv[2], "wb") as file:
        file.writelines(entries(sys.argv[1]))
