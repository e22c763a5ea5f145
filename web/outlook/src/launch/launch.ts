// The alert before a mail leaves. In classic Outlook for Windows this file runs alone, in a runtime
// without pages, modules and storage of a browser: so it is one script, and asks Office alone.
import { texts } from "virtual:alert-texts";

import { alertFor, isOffer, labelHeader, labelsIn, type Alert, type Wishes } from "./alert.ts";

/** The server writes its settings in here. */
const organisation = "%COUVERT_ALERT%";
/** In the manifest, the button that opens the pane. */
const paneButton = "couvert.send";
const saidBefore = "said";

function wishes(): Wishes {
  const none: Wishes = { bytes: 0, marks: [], labels: [] };
  const set = organisation.startsWith("{") ? (JSON.parse(organisation) as Wishes) : none;
  const own: unknown = Office.context.roamingSettings.get("alert_bytes");
  return { ...set, bytes: typeof own === "number" ? own : set.bytes };
}

type Done<T> = (result: Office.AsyncResult<T>) => void;
const ask = <T>(call: (done: Done<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    call((result) => {
      if (`${result.status}` === "succeeded") resolve(result.value);
      else reject(new Error(result.error.name));
    });
  });

const isSupported = (version: string) =>
  Office.context.requirements.isSetSupported("Mailbox", version);
const item = () => Office.context.mailbox.item as unknown as Office.MessageCompose;

/** As Office knows it, and as a header of the mail says it: Outlooks before 1.13 know the header
 * alone. */
async function labelsOf(wanted: Wishes): Promise<string[]> {
  if (wanted.labels.length === 0) return [];
  const known = isSupported("1.13")
    ? await ask<string>((done) => item().sensitivityLabel.getAsync(done))
    : "";
  const headers = await ask<Record<string, string>>((done) =>
    item().internetHeaders.getAsync([labelHeader], done),
  );
  return [known, ...labelsIn(headers[labelHeader] ?? "")];
}

async function look(): Promise<Alert | undefined> {
  const wanted = wishes();
  const noted = (await ask<object>((done) => item().sessionData.getAllAsync(done))) as Record<
    string,
    string
  >;
  const attachments = await ask<Office.AttachmentDetailsCompose[]>((done) =>
    item().getAttachmentsAsync(done),
  );
  const facts = {
    hold: noted["hold"],
    open: noted["open"] === undefined ? undefined : Number(noted["open"]),
    now: Date.now(),
    bytes: attachments.reduce((sum, { size }) => sum + size, 0),
    subject: await ask<string>((done) => item().subject.getAsync(done)),
    labels: await labelsOf(wanted),
    said: noted[saidBefore] !== undefined,
  };
  return alertFor(facts, wanted);
}

function say(alert: Alert | "unsure"): string {
  const language = Office.context.displayLanguage.toLowerCase().slice(0, 2);
  return (texts[language] ?? texts["en"]!)[`addin.alert.${alert}`]!;
}

/** Holds the mail back; where Outlook can, with "Send anyway". */
async function hold(event: Office.MailboxEvent, alert: Alert | "unsure"): Promise<void> {
  const canOffer = alert === "unsure" || isOffer(alert);
  if (canOffer && !isSupported("1.14")) {
    await ask((done) => item().sessionData.setAsync(saidBefore, "1", done)).catch(() => undefined);
  }
  event.completed({
    allowEvent: false,
    errorMessage: say(alert),
    commandId: paneButton,
    cancelLabel: "Couvert",
    ...(canOffer && { sendModeOverride: "promptUser" as Office.MailboxEnums.SendModeOverride }),
  });
}

function onMessageSend(event: Office.MailboxEvent): void {
  look()
    .catch(() => "unsure" as const)
    .then((alert) => (alert ? hold(event, alert) : event.completed({ allowEvent: true })))
    .catch(() => {
      event.completed({ allowEvent: false });
    });
}

Office.actions.associate("onMessageSend", onMessageSend);
