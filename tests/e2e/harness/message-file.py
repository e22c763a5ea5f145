"""Reads a message file (.eml) as mail programs do, strictly, and prints it as JSON.

message-file.py FILE: headers, text, attachments with the SHA-256 of their bytes; whatever is wrong
by the standards stands in "defects".
"""

import email
import email.policy
import hashlib
import json
import sys


def defects_of(message):
    found = [str(defect) for part in message.walk() for defect in part.defects]
    for part in message.walk():
        for _, value in part.items():
            found += [str(defect) for defect in getattr(value, "defects", ())]
    return found


def main(path):
    with open(path, "rb") as file:
        raw = file.read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    attached = [
        {
            "name": part.get_filename(),
            "type": part.get_content_type(),
            "disposition": part.get_content_disposition(),
            "sha256": hashlib.sha256(part.get_payload(decode=True)).hexdigest(),
        }
        for part in message.iter_attachments()
    ]
    lines = raw.split(b"\r\n")
    print(json.dumps({
        "from": [[one.display_name, one.addr_spec] for one in message["From"].addresses],
        "to": [one.addr_spec for one in message["To"].addresses],
        "subject": message["Subject"],
        "date": message["Date"].datetime.timestamp(),
        "id": message["Message-ID"],
        "text": body.get_payload(decode=True).decode("utf-8"),
        "attached": attached,
        "defects": defects_of(message),
        "longest_line": max(map(len, lines)),
        "bare_line_ends": sum(b"\n" in line or b"\r" in line for line in lines),
    }))


main(sys.argv[1])
