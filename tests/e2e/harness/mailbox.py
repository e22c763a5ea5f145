"""Reads one mailbox by IMAP and prints the parsed mails as a JSON list.

mailbox.py PORT PASSWORD ADDRESS AFTER_UID DEADLINE_SECONDS: waits until there is a mail with a UID
over AFTER_UID. Every mail is parsed by Python's strict reading of the standards, and whatever that
finds wrong stands in "defects".
"""

import email
import email.policy
import html.parser
import imaplib
import json
import re
import sys
import time


class Links(html.parser.HTMLParser):
    """What in a page makes a reader go, fetch or run."""

    def __init__(self):
        super().__init__()
        self.links = []
        self.fetched = []
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value)
            elif name in ("src", "srcset", "background", "poster", "data", "action"):
                self.fetched.append(value)
            elif name == "style" and value and "url(" in value:
                self.fetched.append(value)


def header_defects(message):
    found = []
    for name, value in message.items():
        found += [f"{name}: {defect!r}" for defect in value.defects]
    return found


def line_defects(raw):
    """What the parser lets pass: line ends, and the lengths of RFC 5322 and RFC 2047."""
    found = []
    if raw.replace(b"\r\n", b"").count(b"\r") + raw.replace(b"\r\n", b"").count(b"\n"):
        found.append("a line that does not end in CRLF")
    head = raw.split(b"\r\n\r\n")[0].split(b"\r\n")
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        found.append("a line over 998 bytes")
    words = re.compile(rb"=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=")
    for line in head:
        if words.search(line) and len(line) > 76:
            found.append(f"an encoded word on a line of {len(line)} bytes")
        if any(len(word) > 75 for word in words.findall(line)):
            found.append("an encoded word over 75 bytes")
    return found


def part_of(part):
    content = part.get_content() if part.get_content_maintype() == "text" else None
    links = Links()
    if part.get_content_type() == "text/html":
        links.feed(content)
    return {
        "type": part.get_content_type(),
        "charset": part.get_content_charset(),
        "text": content,
        "links": links.links,
        "fetched": links.fetched,
        "tags": links.tags,
        "defects": [repr(defect) for defect in part.defects] + header_defects(part),
    }


def addresses(message, name):
    if message[name] is None:
        return []
    return [{"name": one.display_name, "address": one.addr_spec} for one in message[name].addresses]


def parsed(uid, raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part_of(part) for part in message.walk() if not part.is_multipart()]
    text = next((part["text"] for part in parts if part["type"] == "text/plain"), "")
    page = next((part for part in parts if part["type"] == "text/html"), None)
    return {
        "uid": uid,
        "type": message.get_content_type(),
        "headers": [[name, str(value)] for name, value in message.items()],
        "subject": str(message["Subject"]),
        "messageId": str(message["Message-ID"]).strip(),
        "from": addresses(message, "From"),
        "replyTo": addresses(message, "Reply-To"),
        "to": addresses(message, "To"),
        "parts": parts,
        "text": text,
        "html": page["text"] if page else "",
        "links": re.findall(r"https?://[^\s<>\"]+", text),
        "defects": [repr(defect) for defect in message.defects]
        + header_defects(message)
        + line_defects(raw)
        + [defect for part in parts for defect in part["defects"]],
        "raw": raw.decode("latin-1"),
    }


def fetch(connection, after):
    connection.select("INBOX", readonly=True)
    _, found = connection.uid("SEARCH", f"UID {after + 1}:*")
    uids = [int(uid) for uid in found[0].split() if int(uid) > after]
    mails = []
    for uid in sorted(uids):
        _, answer = connection.uid("FETCH", str(uid), "(BODY.PEEK[])")
        mails.append(parsed(uid, answer[0][1]))
    return mails


def main():
    port, password, address, after, seconds = sys.argv[1:]
    end = time.monotonic() + float(seconds)
    connection = imaplib.IMAP4("127.0.0.1", int(port), timeout=10)
    connection.login(address, password)
    mails = fetch(connection, int(after))
    while not mails and time.monotonic() < end:
        time.sleep(0.1)
        mails = fetch(connection, int(after))
    connection.logout()
    json.dump(mails, sys.stdout)


main()
