#include "cli/help.h"

namespace couvert {
namespace {

constexpr std::string_view program_page = R"(couvert: provide and retrieve confidential transfers

    couvert [--server URL] verify ADDRESS [--request-only | --code CODE]
    couvert [--server URL] login [--scope SCOPE...] [options]
    couvert [--server URL] logout
    couvert [--server URL] programs [end PROGRAM-ID] [options]
    couvert [--server URL] provide FILE... --from ADDRESS --name NAME --to ADDRESS... [options]
    couvert retrieve LINK-OR-ID --out DIR [options]
    couvert [--server URL] sent [TRACKING-ID | --follow] [options]
    couvert [--server URL] received [ADDRESS] [options]
    couvert [--server URL] revoke TRACKING-ID [--recipient ADDRESS]
    couvert [--server URL] connect ADDRESS [options]
    couvert [--server URL] devices [add | revoke DEVICE-ID | renew-recovery | forget] [options]
    couvert [--server URL] contacts [end ADDRESS | anew ADDRESS] [options]

Every command
    --server URL      the server; also from COUVERT_SERVER
    --ca-file FILE    certificates of a private authority (PEM) instead of the machine's
    --json            one JSON object on standard output
    --quiet           neither progress nor notices
    --help            this page, or that of a command
    --version

Options may stand before or after the command, as --option VALUE or --option=VALUE.

Environment
    COUVERT_SERVER    the server, where --server is not given
    COUVERT_HOME      where verifications and QUICK's keys are kept; else XDG_STATE_HOME/couvert,
                      else ~/.local/state/couvert
    https_proxy, no_proxy

Exit codes
    0 done            4 unproven       8 too large      12 damaged
    1 machine failed  5 refused        9 full           13 unavailable
    2 wrong usage     6 denied        10 throttled     130 stopped
    3 invalid         7 expired       11 conflict
)";

constexpr std::string_view verify_page = R"(couvert verify: prove that you read a mailbox

    couvert --server URL verify ADDRESS                  ask for a code, then read it from here
    couvert --server URL verify ADDRESS --request-only   only ask for a code
    couvert --server URL verify ADDRESS --code CODE      use the code that came by mail

    --language de|nl|en   of the mail
    --accept-terms        you accept the server's terms (URL/terms), where it asks for that

A verification is needed before provide; it holds on this machine, for 30 days at most.
)";

constexpr std::string_view login_page = R"(couvert login: let this machine act for you

    couvert --server URL login [options]

Prints a code and an address. Open the address in a browser, prove your mailbox there, and type the
code: this machine then may do what was asked for, for that mailbox only, until you end it there or
by couvert programs, or here by couvert logout. It waits for 10 minutes.

    --scope SCOPE...      what it may do: send, sent (the list, revoking), receive, quick, account
                          (couvert programs); else send, sent and receive
    --name NAME           what the browser and the list of programs call it; else by its host
    --yes                 agrees that what is verified here ends with that

Nothing is typed here, so that a server, a scanner or a nightly job can be let in from any desk.
With --json: user_code, verification_uri, verification_uri_complete and expires_in on a line of its
own; then address, verification_id, scopes, expires.
)";

constexpr std::string_view logout_page = R"(couvert logout: end what this machine may do

    couvert --server URL logout

Ends what couvert login or couvert verify have let this machine do at the server, and removes its
key from here. Where the server cannot be told, the key stays, to run it again. Unfinished drafts
and QUICK (couvert devices forget) stay. With --json: ended, the addresses.
)";

constexpr std::string_view programs_page = R"(couvert programs: who may act for you

    couvert --server URL programs                     lists them
    couvert --server URL programs end PROGRAM-ID      ends one, at once

    --from ADDRESS          which of your addresses is meant, where there are several

Programs were let in by a code, as couvert login and add-ins of mail programs are. Prints a line a
program: ID, since when, last used (to the hour), when it ends by itself, scopes, name. Columns are
parted by tabs. With --json: address, programs; ended.
)";

constexpr std::string_view provide_page = R"(couvert provide: send files and a message

    couvert --server URL provide FILE... --from ADDRESS --name NAME --to ADDRESS... [options]

FILE may be a folder: it is taken whole. Without FILE, a message alone is sent.

    --from ADDRESS          your address, verified before
    --name NAME             your name, --phone PHONE your telephone number, as recipients see them
    --to, --cc, --bcc ADDRESS...
                            recipients, up to the next option or --; also parted by commas
    --reply-to ID           the transfer ID that this answers
One of, unless QUICK connects you with all recipients
    --password-file FILE    the password is the first line of FILE (- is standard input)
    --generate-password     a password is made and printed
    --no-password           whoever has the link opens the transfer
QUICK, where couvert connect has activated it
    --quick                 whoever is connected needs no password; the others are invited
    --no-quick              everybody needs the password
Options
    --subject TEXT          of the confidential message
    --message-file FILE     its text, UTF-8 (- is standard input)
    --expires DAYS          how long it can be retrieved
    --notify-delivery       mail me when the notifications were handed over
    --notify-download       mail me when a file was downloaded
    --show-file-names       name the files in the recipients' mail
    --mails-to DIR          the server mails nobody: each recipient's mail is written into DIR, as
                            ADDRESS.eml, for you to send from your own mailbox
    --language de|nl|en     of the recipients' mail

Prints the password, if it was made, and a link for each recipient. With --json: tracking_id,
recipients (address, transfer_id, link, open_by, mail), expires, password, invited.
)";

constexpr std::string_view retrieve_page = R"(couvert retrieve: open a transfer

    couvert retrieve LINK --out DIR [options]
    couvert --server URL retrieve ID --out DIR [options]

    --password-file FILE    the password is the first line of FILE (- is standard input);
                            without it the terminal is asked
    --out DIR               where the files go; made where it is missing
    --zip                   all files as one ZIP
    --eml                   the message as message.eml, for mail programs, not as message.txt
    --accept-quick          accept the sender's invitation to QUICK; else a terminal is asked
A transfer by QUICK opens by this device's keys; nothing is asked.
Where too many wrong passwords were tried, the recipient's mailbox has to be confirmed first; a
terminal is asked for the code that comes by mail, others do it in two calls:
    --request-code          only ask for the code; --language de|nl|en of its mail
    --code CODE             use it, and go on

Nothing is overwritten, and a file has its name only when it is whole. The message becomes
message.txt. Prints the paths. With --json: subject, text, files (name, path, size).
)";

constexpr std::string_view sent_page = R"(couvert sent: see what you have sent

    couvert --server URL sent                    the latest transfers of your verified addresses
    couvert --server URL sent TRACKING-ID        where one of them stands with each recipient
    couvert --server URL sent --follow           the list, and a line again whenever one changes

    --from ADDRESS          only what this address has sent; --follow is for one address
    --all                   not only the latest 50 of each address
    --for SECONDS           with --follow: ends well after that time; else Ctrl-C ends it

Prints a line a transfer: tracking ID, state, time, how many recipients have opened it, recipients;
or a line a recipient: address, state of the mail, when it was opened, files downloaded and viewed.
Columns are parted by tabs. With --json: transfers; or the transfer with its recipients; or, with
--follow, an object a line. A followed list begins with the oldest, and survives broken lines. It
tells of the latest 50; with --all of the others, too, which are looked at every 15 seconds or so.
)";

constexpr std::string_view received_page = R"(couvert received: see what is open for you

    couvert --server URL received              the latest transfers to your verified addresses
    couvert --server URL received ADDRESS      only those to this address

    --all                   not only the latest 50 of each address

Prints a line a transfer: the transfer ID, which couvert retrieve takes, its time and end, when it
was opened, and the sender. Columns are parted by tabs. A transfer that a link opens has a dash for
its ID: only the one in the mail does. With --json: transfers.
)";

constexpr std::string_view connect_page = R"(couvert connect: transfers without passwords (QUICK)

    couvert --server URL connect ADDRESS [options]    make this machine a device of your address
    couvert connect LINK [--password-file FILE]       accept the invitation in a transfer

The first device of a verified address activates QUICK and shows the recovery code: keep it. Every
other one joins, by one of
    --show-code             shows a code and waits until a connected device was given it (devices
                            add, or the portal); 10 minutes
    --recover               asks for the recovery code, or reads it from standard input
    --start-anew            gives up all earlier devices and connections; contacts are warned
Options
    --recovery-file FILE    writes the recovery code into the new FILE instead of showing it
    --name NAME             of this device, as your list of devices shows it
    --language de|nl|en     of the mails about QUICK
    --yes                   agrees to what else a terminal is asked

Prints your check code, which others can compare with theirs of you by phone. With --json: address,
device_id, check_code, recovery_code; before it, on a line of its own, code with --show-code;
connected for a LINK.
)";

constexpr std::string_view devices_page = R"(couvert devices: what opens your transfers by QUICK

    couvert --server URL devices                      lists them
    couvert --server URL devices add                  lets the one in that shows a code
    couvert --server URL devices revoke DEVICE-ID     ends one, perhaps this one
    couvert --server URL devices renew-recovery       makes a new recovery code
    couvert --server URL devices forget               gives up what this machine has of QUICK

    --from ADDRESS          which of your addresses is meant, where there are several
    --recovery-file FILE    writes the recovery code into the new FILE instead of showing it
    --yes                   agrees to what else a terminal is asked

add asks for the code, or reads it from standard input. Prints a line a device: ID, since when, last
used, name. Columns are parted by tabs. With --json: address, devices; revoked; recovery_code.
)";

constexpr std::string_view contacts_page = R"(couvert contacts: with whom you are connected by QUICK

    couvert --server URL contacts                     lists them
    couvert --server URL contacts end ADDRESS         ends the connection, for both
    couvert --server URL contacts anew ADDRESS        gives up a changed identity, to invite anew

    --from ADDRESS          which of your addresses is meant, where there are several
    --yes                   agrees to what else a terminal is asked

Prints a line a contact: address, state (connected, invited, identity changed, removed), check code.
Columns are parted by tabs. To be sure that nobody is in between, compare check codes by phone.
An identity changes when somebody starts anew, or when somebody else pretends to be them: ask by
another way before you connect anew. With --json: address, check_code, contacts.
)";

constexpr std::string_view revoke_page = R"(couvert revoke: take a transfer back

    couvert --server URL revoke TRACKING-ID                        from everybody
    couvert --server URL revoke TRACKING-ID --recipient ADDRESS    from one recipient

Nobody, or not this recipient, can open it any more, at once and for good.
)";

}  // namespace

std::string_view help_page(std::string_view command) {
  if (command == "verify") return verify_page;
  if (command == "login") return login_page;
  if (command == "logout") return logout_page;
  if (command == "programs") return programs_page;
  if (command == "provide") return provide_page;
  if (command == "retrieve") return retrieve_page;
  if (command == "sent") return sent_page;
  if (command == "received") return received_page;
  if (command == "revoke") return revoke_page;
  if (command == "connect") return connect_page;
  if (command == "devices") return devices_page;
  if (command == "contacts") return contacts_page;
  return program_page;
}

}  // namespace couvert
