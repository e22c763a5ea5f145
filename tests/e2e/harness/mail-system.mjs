// A real mail system on loopback ports: Postfix takes mails by STARTTLS and AUTH only (Dovecot
// checks the password) and puts them into a Maildir for each address of the example domains;
// Dovecot shows those by IMAP. Every address is a mailbox, but for one that is closed; at
// bounces.example.org there is none but what setAliases() says, and Postfix takes mails for it all
// the same, to let them bounce.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { freePorts, waitForPort } from "./ports.mjs";
import { endProgram, output, startProgram } from "./processes.mjs";

/**
 * What a test needs to know of it.
 * @typedef {{ smtpPort: number, imapPort: number, user: string, password: string,
 *   passwordFile: string, certificate: string, folder: string }} MailSystem
 */

const user = "couvert";
const password = "p'ost+office/2026";
/** Refused for good. */
export const closed = "closed@example.com";
const closedAnswer = "550 5.2.1 The mailbox is closed, see https://example.com/moved";
const lda = "/usr/lib/dovecot/dovecot-lda";
const owner = "mail"; // the system's own user, to whom the mailboxes belong

/** Postfix and its helpers must be started by root. @param {string[]} command */
export function asRoot(command) {
  return process.getuid?.() === 0 ? command : ["sudo", "-n", ...command];
}

/** @param {string} folder */
async function makeCertificate(folder) {
  const [key, certificate] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const kind = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=localhost";
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const files = ["-keyout", key, "-out", certificate];
  await output(["openssl", "req", "-x509", ...kind.split(" "), "-addext", names, ...files]);
  return { key, certificate };
}

/** @param {{ folder: string, uid: string, gid: string, imap: number, sasl: number }} of */
function dovecotConfig({ folder, uid, gid, imap, sasl }) {
  return `
protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/dovecot-run
state_dir = ${folder}/dovecot-run
log_path = ${folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:${folder}/mail/%Ld/%Ln
mail_uid = ${uid}
mail_gid = ${gid}
first_valid_uid = 1
mail_max_userip_connections = 1000
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%Ld/%Ln
}
service imap-login {
  inet_listener imap {
    port = ${imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
service auth {
  unix_listener auth-userdb {
    mode = 0666
  }
  inet_listener {
    address = 127.0.0.1
    port = ${sasl}
  }
}
`;
}

/** @param {{ folder: string, sasl: number, key: string, certificate: string }} of */
function postfixMain({ folder, sasl, key, certificate }) {
  return `
compatibility_level = 3.6
queue_directory = ${folder}/postfix/queue
data_directory = ${folder}/postfix/data
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
myhostname = mail.example.org
mydestination = bounces.example.org
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps = hash:${folder}/aliases/table
minimal_backoff_time = 1s
queue_run_delay = 1s
virtual_mailbox_domains = example.org, example.net, example.com
virtual_mailbox_maps = static:everybody
virtual_transport = dovecot
dovecot_destination_recipient_limit = 1
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = ${certificate}
smtpd_tls_key_file = ${key}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${sasl}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access inline:{ {${closed} = ${closedAnswer}} },
  permit_sasl_authenticated, reject
`;
}

/** @param {number} smtp @param {string} folder */
function postfixMaster(smtp, folder) {
  return `
127.0.0.1:${smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
verify unix - - n - 1 verify
scache unix - - n - 1 scache
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
local unix - n n - - local
dovecot unix - n n - - pipe flags=DRhu user=${owner} argv=${lda}
  -c ${folder}/dovecot.conf -f \${sender} -d \${user}@\${nexthop}
`;
}

/** @param {string} folder */
async function writePostfixFolders(folder) {
  await mkdir(path.join(folder, "postfix/queue"), { recursive: true });
  await mkdir(path.join(folder, "postfix/data"));
  await output(asRoot(["chown", "postfix", path.join(folder, "postfix/data")]));
}

/** Root's aliases run no commands as root: what they write to has to be somebody else's.
 * @param {string} folder */
export async function giveToAliases(folder) {
  if (process.getuid?.() === 0) await output(["chown", "-R", owner, folder]);
}

/** What bounces.example.org has, as in /etc/aliases. @param {MailSystem} system
 * @param {string} text */
export async function setAliases({ folder }, text) {
  const table = path.join(folder, "aliases/table");
  await writeFile(table, text);
  await giveToAliases(path.dirname(table));
  await output(asRoot(["postalias", "-c", path.join(folder, "postfix"), `hash:${table}`]));
}

/** The master itself as a child of ours, so that it ends with us. @param {string} folder */
async function startPostfix(folder) {
  const config = path.join(folder, "postfix");
  await output(asRoot(["postfix", "-c", config, "check"]));
  const programs = (await output(["postconf", "-c", config, "-h", "daemon_directory"])).trim();
  return startProgram(asRoot([path.join(programs, "master"), "-c", config, "-d"]), {
    log: `${folder}/postfix.out`,
  });
}

/**
 * Starts both servers; takes two to three seconds.
 * @param {string} folder an empty one with a short name: sockets are made in it
 * @returns {Promise<MailSystem & { stop: () => Promise<void> }>}
 */
export async function startMailSystem(folder) {
  const [smtpPort, imapPort, sasl] = await freePorts(3);
  const uid = (await output(["id", "-u", owner])).trim();
  const gid = (await output(["id", "-g", owner])).trim();
  const tls = await makeCertificate(folder);
  await writePostfixFolders(folder);
  await mkdir(path.join(folder, "mail"));
  await output(asRoot(["chown", `${uid}:${gid}`, path.join(folder, "mail")]));
  const of = { folder, uid, gid, imap: imapPort, sasl, ...tls };
  await writeFile(path.join(folder, "dovecot.conf"), dovecotConfig(of));
  await writeFile(path.join(folder, "dovecot.log"), "");
  await chmod(path.join(folder, "dovecot.log"), 0o666); // Dovecot's delivery is not root
  await writeFile(path.join(folder, "postfix/main.cf"), postfixMain(of));
  await writeFile(path.join(folder, "postfix/master.cf"), postfixMaster(smtpPort, folder));
  await mkdir(path.join(folder, "aliases"));
  const passwordFile = path.join(folder, "smtp-password");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });

  const dovecot = startProgram(asRoot(["dovecot", "-F", "-c", `${folder}/dovecot.conf`]), {
    log: `${folder}/dovecot.out`,
  });
  const postfix = await startPostfix(folder);
  const stop = async () => {
    await Promise.all([endProgram(dovecot), endProgram(postfix)]);
  };
  await waitForPort(imapPort, "Dovecot");
  await waitForPort(smtpPort, "Postfix");
  const { certificate } = tls;
  return { smtpPort, imapPort, user, password, passwordFile, certificate, folder, stop };
}
