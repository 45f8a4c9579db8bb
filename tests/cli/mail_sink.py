"""An SMTP server on loopback that does what a test tells it to, and keeps what it took."""

import socket
import threading


class Sink:
    """
    replies: what to say instead of "yes", by the beginning of the command ("RCPT bob" for a
    recipient, "DOT" for the end of the message); "drop" ends the connection. What was received
    whole is kept in mails, also where it is dropped after the dot.
    """

    def __init__(self, replies):
        self.replies = dict(replies)
        self.mails = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.server.getsockname()[1]}"
        self.thread = threading.Thread(target=self.accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        try:
            self.server.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.server.close()
        self.thread.join(5)

    def accept(self):
        while True:
            try:
                connection = self.server.accept()[0]
            except OSError:
                return
            connection.settimeout(20)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as lines:
            try:
                self.talk(connection, lines)
            except OSError:
                pass

    def reply(self, key, usual):
        return next((said for begin, said in self.replies.items() if key.startswith(begin)), usual)

    def talk(self, connection, lines):
        connection.sendall(b"220 sink ESMTP\r\n")
        for line in lines:
            verb = line.decode().split()[0].upper() if line.strip() else ""
            key = "RCPT " + line.decode().partition("<")[2] if verb == "RCPT" else verb
            usual = {"QUIT": "221 bye", "DATA": "354 go on", "EHLO": "250 sink"}.get(verb, "250 ok")
            answer = self.reply(key, usual)
            if answer != "drop" and verb == "DATA" and answer.startswith("354"):
                connection.sendall(b"354 go on\r\n")
                self.take(lines)
                answer = self.reply("DOT", "250 2.0.0 Ok: queued as ABC123")
            if answer == "drop":
                return
            connection.sendall(answer.encode() + b"\r\n")
            if verb == "QUIT":
                return

    def take(self, lines):
        text = b""
        for line in lines:
            if line == b".\r\n":
                break
            text += line[1:] if line.startswith(b".") else line
        self.mails.append(text.decode())
