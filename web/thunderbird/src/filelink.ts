// FileLink: Thunderbird hands over one attachment and wants a link for it. Each link of Couvert is
// one recipient's own, so this is for mails to one recipient, where the rules let a link open.
import { beginAddinTexts } from "@couvert/addin/addin-texts.ts";
import { beginDraft, uploadsInto, type Place } from "@couvert/addin/drafts.ts";
import { textOf } from "@couvert/addin/failures.ts";
import { createServer, type Server } from "@couvert/addin/server.ts";
import type { Written } from "@couvert/addin/written.ts";
import { dayAhead, endOfDay, newId, newSecret, toApiTime, type Started } from "@couvert/core";
import { currentLanguage, t } from "@couvert/ui";

import { program } from "./program.ts";
import { isAllowed, loadSettings, saveSettings } from "./settings.ts";
import { readWritten } from "./written.ts";

interface Linked {
  readonly url: string;
}
type Answer = Linked | { readonly error: string };

/** What was linked in this session, to be taken back when its attachment goes. */
const links = new Map<number, { server: Server; trackingId: string }>();

async function uploaded(server: Server, place: Place, file: File) {
  const { host } = server;
  const uploads = uploadsInto(server, place, (record) => record);
  const [upload] = uploads.add([{ name: file.name, type: file.type, content: file }]);
  // Each call keeps Thunderbird from suspending this page.
  while (upload!.state !== "done" && upload!.state !== "failed") {
    await messenger.runtime.getPlatformInfo();
    await host.wait(200);
    uploads.tick();
  }
  return upload!;
}

async function start(server: Server, mail: Written, file: File): Promise<Started | string> {
  const { api, host } = server;
  const [person] = mail.people;
  if (mail.people.length !== 1 || !person) return t("addin.filelink.one");
  const known = await server.verificationOf(mail.address);
  if (!known.ok) return textOf(known);
  if (known.value === undefined) return t("addin.filelink.prove");
  const policy = await api.policy({ from: mail.address, recipients: [person.address] });
  if (!policy.ok) return textOf(policy);
  const { recipients, open_by, client_mail, days_default, days_max } = policy.value;
  if (!recipients[0]?.allowed) {
    const reason = recipients[0]?.reason ?? "no_rule";
    return textOf({ ok: false, code: "refused", reason, address: person.address });
  }
  if (!client_mail || !open_by.includes("link")) return t("addin.filelink.form");
  const draft = await beginDraft(server, mail.address);
  if (!draft.ok) return textOf(draft);
  const { no, size, state, failure } = await uploaded(server, draft.value, file);
  if (state !== "done" || no === undefined)
    return failure ? textOf(failure, "upload") : t("addin.lack.files");
  const day = dayAhead(api.now(), Math.min(days_default, days_max));
  const body = {
    name: mail.name,
    recipients: [{ ...person, slot_id: newId(host), secret: newSecret(host) }],
    files: [{ no, size }],
    expires: toApiTime(endOfDay(day, api.now(), days_max)!),
    language: currentLanguage(),
    open_by: "link" as const,
    slot_id: newId(host),
    notify: "none" as const,
  };
  const started = await api.start(draft.value.id, body, draft.value.secret);
  return started.ok ? started.value : textOf(started, "start");
}

async function link(fileId: number, data: File, tabId: number): Promise<Answer> {
  await beginAddinTexts(program.languages());
  const settings = await loadSettings();
  const isReady = settings.server !== "" && (await isAllowed(settings.server));
  if (!isReady) return { error: t("addin.filelink.prove") };
  const server = createServer(settings, saveSettings);
  const started = await start(server, await readWritten(tabId), data);
  if (typeof started === "string") return { error: started };
  links.set(fileId, { server, trackingId: started.tracking_id });
  return { url: started.recipients[0]!.link };
}

export function offerFileLink(): void {
  const upload = (_account: unknown, file: { id: number; data: unknown }, tab: { id?: number }) =>
    link(file.id, file.data as File, tab.id!);
  messenger.cloudFile.onFileUpload.addListener(upload as never); // the types know no promise
  messenger.cloudFile.onFileDeleted.addListener((_account, fileId) => {
    const linked = links.get(fileId);
    links.delete(fileId);
    if (linked) void linked.server.api.revoke(linked.trackingId);
  });
}
