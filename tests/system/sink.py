#!/usr/bin/env python3
"""A mail server for booted.py: takes mail from whoever knows the password, or misbehaves.

What it does is told by files in its folder: "defer" has it put off every recipient, "slow" has it
keep silent for a while after the final dot. What it took lies in "taken", a whole file a mail; one
that is started again adds to it.
"""

import asyncio
import itertools
import pathlib
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PORT = 2525
USER = "vsee"


class Handler:
    def __init__(self, folder):
        self.folder, self.numbers = folder, itertools.count(time.time_ns())

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if (self.folder / "defer").exists():
            return "450 4.2.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        if (self.folder / "slow").exists():
            (self.folder / "waiting").touch()
            await asyncio.sleep(60)
        name = f"{next(self.numbers)}-{envelope.rcpt_tos[0]}"
        half = self.folder / "half"  # one for all: nothing else runs until it is renamed
        half.write_bytes(envelope.content)
        half.rename(self.folder / "taken" / name)
        return "250 2.0.0 OK: queued as SINK1"


def main():
    folder = pathlib.Path(sys.argv[1])
    password = (folder / "password").read_bytes()
    (folder / "taken").mkdir(exist_ok=True)

    def check(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=(data.login, data.password) == (USER.encode(), password))

    controller = Controller(Handler(folder), hostname="127.0.0.1", port=PORT, auth_required=True,
                            auth_require_tls=False, authenticator=check)
    controller.start()
    asyncio.new_event_loop().run_forever()


if __name__ == "__main__":
    main()
