// FileLink: Thunderbird hands over one attachment and wants a link for it. Each link of Couvert is
// one recipient's own, so this is for mails to one recipient.
import { beginAddinTexts } from "@couvert/addin/addin-texts.ts";
import { beginDraft, uploadsInto, type Place } from "@couvert/addin/drafts.ts";
import { textOf } from "@couvert/addin/failures.ts";
import { createServer, type Server } from "@couvert/addin/server.ts";
import type { Written } from "@couvert/addin/written.ts";
import {
  dayAhead,
  endOfDay,
  generatePassword,
  newId,
  newSecret,
  toApiTime,
  type PolicyAnswer,
  type Start,
  type Started,
} from "@couvert/core";
import { currentLanguage, t } from "@couvert/ui";

import { callForward, openPane, page } from "../panes.ts";
import { program } from "../program.ts";
import { isAllowed, loadSettings, saveSettings } from "../settings.ts";
import { readWritten } from "../written.ts";
import { noteLink, passwordOf, takeLink } from "./links.ts";
import { loadOptions, type Options } from "./options.ts";

interface Linked {
  readonly url: string;
  readonly templateInfo: messenger.cloudFile.CloudFileTemplateInfo;
}
type Answer = Linked | { readonly error: string } | { readonly aborted: true };

interface CloudFile {
  readonly id: number;
  readonly data: File;
}

/** Uploads that somebody may stop. */
const running = new Map<number, AbortController>();

/** Puts a file into a draft; the failure is what a person reads. */
async function uploaded(server: Server, place: Place, file: File, signal: AbortSignal) {
  const { host } = server;
  const uploads = uploadsInto(server, place, (record) => record);
  const [upload] = uploads.add([{ name: file.name, type: file.type, content: file }]);
  // Each call keeps Thunderbird from suspending this page.
  while (upload!.state !== "done" && upload!.state !== "failed" && !signal.aborted) {
    await messenger.runtime.getPlatformInfo();
    await host.wait(200);
    uploads.tick();
  }
  uploads.stop();
  return upload!;
}

/** How the link opens: a password where it is wished, or the rules let no link open alone. */
function opensBy(policy: PolicyAnswer, { password }: Options): "link" | "password" | undefined {
  const isLink = policy.open_by.includes("link");
  const isPassword =
    policy.open_by.includes("password") && policy.password_modes.includes("generated");
  if (isPassword && (password || !isLink)) return "password";
  return isLink && !password ? "link" : undefined;
}

/** Of mails whose first link is still on its way. */
const drawn = new Map<number, Promise<string>>();

/** For all links of one mail the same, so that one call to the recipient is enough. */
async function passwordFor(server: Server, tabId: number, policy: PolicyAnswer): Promise<string> {
  const known = await passwordOf(tabId);
  if (known !== undefined) return known;
  const drawing = drawn.get(tabId) ?? drawPassword(server, policy.password_rules);
  drawn.set(tabId, drawing);
  return drawing;
}

async function drawPassword(
  { api, host }: Server,
  rules: PolicyAnswer["password_rules"],
): Promise<string> {
  let password = "";
  for (let attempt = 0; attempt < 5; attempt += 1) {
    password = generatePassword(host, rules.length_min);
    const verdict = await api.checkPassword(password, rules);
    if (!verdict.ok || verdict.value.acceptable) break;
  }
  return password;
}

interface Asked {
  readonly server: Server;
  readonly mail: Written;
  readonly tabId: number;
  readonly file: File;
  readonly signal: AbortSignal;
}

interface Made {
  readonly started: Started;
  readonly password: string | undefined;
}

/** What Thunderbird shows where it does not work; undefined where it was stopped. */
async function make(asked: Asked): Promise<Made | string | undefined> {
  const { server, mail, tabId, file, signal } = asked;
  const { api, host } = server;
  const [person] = mail.people;
  if (mail.people.length !== 1 || !person) return t("addin.filelink.one");
  const known = await server.verificationOf(mail.address);
  if (!known.ok) return textOf(known);
  if (known.value === undefined) return t("addin.filelink.prove");
  const policy = await api.policy({ from: mail.address, recipients: [person.address] });
  if (!policy.ok) return textOf(policy);
  const { recipients, client_mail, days_default, days_max, days_editable } = policy.value;
  if (!recipients[0]?.allowed) {
    const reason = recipients[0]?.reason ?? "no_rule";
    return textOf({ ok: false, code: "refused", reason, address: person.address });
  }
  const options = await loadOptions();
  const openBy = opensBy(policy.value, options);
  if (!client_mail || openBy === undefined) return t("addin.filelink.form");
  const draft = await beginDraft(server, mail.address);
  if (!draft.ok) return textOf(draft);
  const discard = () => api.deleteDraft(draft.value.id, draft.value.secret);
  const { no, size, state, failure } = await uploaded(server, draft.value, file, signal);
  if (signal.aborted || state !== "done" || no === undefined) {
    await discard();
    if (signal.aborted) return undefined;
    return failure ? textOf(failure, "upload") : t("addin.lack.files");
  }
  const days = days_editable && options.days > 0 ? options.days : days_default;
  const day = dayAhead(api.now(), Math.min(days, days_max));
  const password =
    openBy === "password" ? await passwordFor(server, tabId, policy.value) : undefined;
  const body: Start = {
    name: mail.name,
    recipients: [
      { ...person, ...(openBy === "link" && { slot_id: newId(host), secret: newSecret(host) }) },
    ],
    files: [{ no, size }],
    expires: toApiTime(endOfDay(day, api.now(), days_max)!),
    language: currentLanguage(),
    open_by: openBy,
    ...(password !== undefined && { password, password_mode: "generated" as const }),
    slot_id: newId(host),
    notify: "none" as const,
  };
  const started = await api.start(draft.value.id, body, draft.value.secret);
  return started.ok ? { started: started.value, password } : textOf(started, "start");
}

export const linkedPage = (tabId: number): string => page(`linked.html?tab=${tabId}`);

async function link({ id, data }: CloudFile, tabId: number): Promise<Answer> {
  await beginAddinTexts(program.languages());
  const settings = await loadSettings();
  const isReady = settings.server !== "" && (await isAllowed(settings.server));
  if (!isReady) return { error: t("addin.filelink.prove") };
  const stop = new AbortController();
  running.set(id, stop);
  const mail = await readWritten(tabId);
  const server = createServer(settings, saveSettings);
  const made = await make({ server, mail, tabId, file: data, signal: stop.signal });
  running.delete(id);
  if (typeof made === "string") return { error: made };
  if (made === undefined) return { aborted: true };
  const { started, password } = made;
  if (stop.signal.aborted) {
    await server.api.revoke(started.tracking_id);
    return { aborted: true };
  }
  await noteLink({
    fileId: id,
    tabId,
    trackingId: started.tracking_id,
    transferId: started.recipients[0]!.transfer_id,
    address: mail.people[0]!.address,
    name: data.name,
    expires: started.expires,
    ...(password !== undefined && { password }),
  });
  if (password !== undefined) await openPane(linkedPage(tabId));
  return {
    url: started.recipients[0]!.link,
    templateInfo: {
      service_name: "Couvert",
      service_url: settings.server,
      download_password_protected: password !== undefined,
      download_expiry_date: { timestamp: Date.parse(started.expires) },
    },
  };
}

/** The attachment is taken out of the mail: nobody shall open it any more. */
async function takeBack(fileId: number): Promise<void> {
  const taken = await takeLink(fileId);
  if (!taken) return;
  await createServer(await loadSettings(), saveSettings).api.revoke(taken.trackingId);
}

export async function showLinks(tabId: number): Promise<void> {
  await openPane(linkedPage(tabId));
  await callForward(linkedPage(tabId));
}

export function offerFileLink(): void {
  const upload = (_account: unknown, file: CloudFile, tab: { id?: number }) => link(file, tab.id!);
  messenger.cloudFile.onFileUpload.addListener(upload as never); // the types know no promise
  messenger.cloudFile.onFileUploadAbort.addListener((_account, fileId) => {
    running.get(fileId)?.abort();
  });
  const deleted = (_account: unknown, fileId: number) => takeBack(fileId);
  messenger.cloudFile.onFileDeleted.addListener(deleted as never);
}
