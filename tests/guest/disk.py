"""A disk that loses its power: an NBD server on a unix socket whose cache is volatile.

The guest reads what it wrote. What it flushed is durable; of the rest, at the cut, each request is
kept, dropped or torn at a sector, by a seed. As a disk's own cache: anything not flushed may
be there or not, in any mixture; what was flushed is there.
"""

import os
import random
import socket
import struct
import threading

MAGIC, OPTION_MAGIC, REPLY_MAGIC = b"NBDMAGIC", b"IHAVEOPT", 0x3e889045565a9
REQUEST, ANSWER = 0x25609513, 0x67446698
FIXED, NO_ZEROES = 1, 2
GO, INFO, ABORT = 7, 6, 2
ACK, INFO_EXPORT, UNSUPPORTED = 1, 0, 0x80000001
FLAGS = 1 | 4 | 8  # has flags, takes flush, takes FUA
READ, WRITE, DISCONNECT, FLUSH = range(4)
FUA = 1  # of a request, in its upper half
SECTOR = 4096  # is written whole or not: ext4 has its superblock in one


class Gone(Exception):
    """The machine closed its side."""


class Disk:
    """path: the file that is durable, changed in place; address: of the socket."""

    def __init__(self, path, address):
        self.durable = os.open(path, os.O_RDWR)
        self.size = os.fstat(self.durable).st_size
        self.pending = []  # (offset, data, whether it must be there), in order
        self.writes = self.flushes = 0
        self.cut_after, self.on_cut, self.dead = None, None, False
        self.mutex, self.idle = threading.Lock(), threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(address)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer = self.listener.accept()[0]
            except OSError:
                return
            self.idle.clear()
            with peer:
                try:
                    Session(self, peer).run()
                except (Gone, OSError):
                    pass
            self.idle.set()

    def arm(self, writes, on_cut):
        """Call on_cut at the writes-th write from now on, before it is answered."""
        with self.mutex:
            self.cut_after, self.on_cut = self.writes + writes, on_cut

    def read(self, offset, size):
        data = bytearray(os.pread(self.durable, size, offset))
        for start, written, _ in self.pending:
            low, high = max(start, offset), min(start + len(written), offset + size)
            if low < high:
                data[low - offset:high - offset] = written[low - start:high - start]
        return bytes(data)

    def write(self, offset, data, forced):
        self.pending.append((offset, data, forced))
        self.writes += 1
        if self.cut_after is not None and self.writes >= self.cut_after:
            self.cut_after, self.dead = None, True
            self.on_cut()

    def flush(self):
        self.flushes += 1
        for offset, data, _ in self.pending:
            os.pwrite(self.durable, data, offset)
        self.pending = []

    def lose(self, seed):
        """The machine is gone: what was not flushed survives by chance. What became of it."""
        self.idle.wait(20)
        chance = random.Random(seed)
        survival = chance.choice((0, 0, 0.2, 0.5, 0.8, 1))
        count = {"kept": 0, "dropped": 0, "torn": 0}
        with self.mutex:
            for offset, data, forced in self.pending:
                word = "kept" if forced or chance.random() < survival else "dropped"
                if not forced and len(data) > SECTOR and survival not in (0, 1) \
                        and chance.random() < 0.3:
                    word = "torn"
                    data = data[:SECTOR * chance.randrange(1, len(data) // SECTOR)]
                count[word] += 1
                if word != "dropped":
                    os.pwrite(self.durable, data, offset)
            self.pending, self.dead, self.cut_after = [], False, None
        return count

    def close(self):
        self.listener.close()
        os.close(self.durable)


class Session:
    """One machine at the disk. Answers come in order: a flush covers all that was answered."""

    def __init__(self, disk, peer):
        self.disk, self.peer = disk, peer

    def take(self, size):
        data = b""
        while len(data) < size:
            part = self.peer.recv(size - len(data))
            if not part:
                raise Gone
            data += part
        return data

    def run(self):
        self.peer.sendall(MAGIC + OPTION_MAGIC + struct.pack(">H", FIXED | NO_ZEROES))
        self.take(4)
        while not self.option():
            pass
        while self.request():
            pass

    def option(self):
        """True when the transmission begins."""
        _, option, size = struct.unpack(">8sII", self.take(16))
        self.take(size)
        if option == ABORT:
            raise Gone
        if option not in (GO, INFO):
            self.reply(option, UNSUPPORTED)
            return False
        export = struct.pack(">HQH", INFO_EXPORT, self.disk.size, FLAGS)
        self.reply(option, 3, export)
        self.reply(option, ACK)
        return option == GO

    def reply(self, option, kind, data=b""):
        self.peer.sendall(struct.pack(">QIII", REPLY_MAGIC, option, kind, len(data)) + data)

    def request(self):
        magic, flags, kind, handle, offset, size = struct.unpack(">IHHQQI", self.take(28))
        if magic != REQUEST or kind == DISCONNECT:
            raise Gone
        data = self.take(size) if kind == WRITE else b""
        with self.disk.mutex:
            if self.disk.dead:
                raise Gone
            answer = self.act(kind, flags, offset, size, data)
            if self.disk.dead:
                raise Gone
        self.peer.sendall(struct.pack(">IIQ", ANSWER, 0, handle) + answer)
        return True

    def act(self, kind, flags, offset, size, data):
        if kind == READ:
            return self.disk.read(offset, size)
        if kind == WRITE:
            self.disk.write(offset, data, bool(flags & FUA))
        elif kind == FLUSH:
            self.disk.flush()
        return b""
