#!/usr/bin/env python3
"""with_port.py COMMAND...: runs what is to serve on this host's loopback, wherever that goes.

A socket stays in the network it was made in. The command has two: descriptor 3 listens on a port
that the kernel chose; for each byte sent to descriptor 4 a connection to it comes back, made here.
"""

import fcntl
import os
import signal
import socket
import sys

LISTENER, CLIENTS = 3, 4
ABOVE = 10  # where the two numbers above are not in the way


def serve(control, address):
    """Ends when the last program that has the other end has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while control.recv(1):
        with socket.create_connection(address) as connection:
            socket.send_fds(control, [b"c"], [connection.fileno()])


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    here, there = socket.socketpair()
    if os.fork() == 0:
        there.close()
        address = listener.getsockname()
        listener.close()
        serve(here, address)
        return
    moved = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, ABOVE) for one in (listener, there)]
    for one, number in zip(moved, (LISTENER, CLIENTS)):
        os.dup2(one, number)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
