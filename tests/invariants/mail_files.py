"""Mails as a server took them, a file each, and what the ledger says of them."""

import collections
import email
import email.utils
import os


class Mail:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.message = email.message_from_binary_file(file)  # takes what is malformed, too
        self.file = os.path.basename(path)
        found = self.message.get_all("Message-ID", [])
        self.id = str(found[0]).strip() if len(found) == 1 else ""
        to = self.message.get("Delivered-To") or self.message.get("To", "")  # as servers note it
        self.to = email.utils.parseaddr(str(to))[1]

    def said(self):
        """What it tells whom; of one reminder always the same, of another never: it names the
        login, the date and the days."""
        return self.to, str(self.message.get("Subject", "")), "".join(self.texts())

    def texts(self):
        """Its parts, decoded."""
        for part in self.message.walk():
            if part.get_content_maintype() == "text":
                yield (part.get_payload(decode=True) or b"").decode(errors="replace")


def read(folder):
    """Every file below: a folder of mails, or a maildir."""
    return [Mail(os.path.join(place, name)) for place, _, names in sorted(os.walk(folder))
            for name in sorted(names)]


def rows_by_id(given):
    return {row.message_id: row for row in given.ledger.rows if row.message_id}


def known(_, given):
    rows, taken = rows_by_id(given), {mail.id for mail in given.mails}
    for mail in given.mails:
        row = rows.get(mail.id)
        if not row:
            yield mail.to or "-", f"the mail {mail.file} has no row with its Message-ID"
        elif row.address != mail.to:
            yield row.name, f"the mail {mail.file} went to another address than its row's"
    for row in given.ledger.rows:
        if row.state == "sent" and row.message_id not in taken:
            yield row.name, f"deadline {row.deadline}, stage {row.stage}: sent, and no mail"


def once(told, given):
    rows, ids = rows_by_id(given), collections.defaultdict(set)
    for mail in given.mails:
        row = rows.get(mail.id)
        ids[mail.said()].add(mail.id)
        if row:
            ids[row.name, row.deadline, row.stage].add(mail.id)
    for key, found in ids.items():
        if len(found) > 1:
            yield key[0], f"one reminder under {len(found)} Message-IDs"
    yield from copies(told, given, rows)


def copies(told, given, rows):
    """More than the runs that were cut off can have caused."""
    again = collections.Counter(mail.id for mail in given.mails)
    total = sum(again.values()) - len(again)
    for message_id, count in again.items():
        name = rows[message_id].name if message_id in rows else "-"
        allowed = sum(number > 0 and (names is None or name in names)
                      for number, names in told.cuts)
        if count - 1 > allowed:
            yield name, f"{count} copies of one mail, {1 + allowed} can be"
    if total > sum(number for number, _ in told.cuts):
        yield "-", f"{total} second copies in all, more than the cuts allow"


def lost(told, given):
    if not told.settled:
        return
    rows = rows_by_id(given)
    had = [rows[mail.id] for mail in given.mails if mail.id in rows]
    for name, deadline in told.due:
        if not any(row.name == name and deadline in (None, row.deadline) for row in had):
            yield name, "due, and no mail" + ("" if deadline is None else f" of {deadline}")
