// One notification: the transfer behind it, opened here, saved, answered.
import { filePath, type Failure, type Retrieval } from "@couvert/core";

import { linkOfMessage, type Link } from "../notified.ts";
import { keepReply } from "../replies.ts";
import { createServer, type Server } from "../server.ts";
import { loadSettings } from "../settings.ts";

/** What every system of files takes; the server has taken out what is dangerous. */
const fileName = (name: string) =>
  name
    .split("/")
    .map((part) => part.replace(/[\\:*?"<>|\p{Cc}]/gu, "_").replace(/^\.+/, "_"))
    .join("/");

export class Opened {
  link = $state.raw<Link | undefined>();
  loaded = $state(false);
  password = $state("");
  busy = $state(false);
  failure = $state.raw<Failure | undefined>();
  retrieval = $state.raw<Retrieval | undefined>();
  /** How many files are saved; undefined before. */
  saved = $state<number | undefined>();

  private server: Server | undefined;

  constructor(private readonly messageId: number) {}

  async begin(): Promise<void> {
    const settings = await loadSettings();
    this.link = await linkOfMessage(this.messageId, settings.server);
    this.server = createServer(settings);
    this.loaded = true;
  }

  async open(): Promise<boolean> {
    if (this.retrieval) return true;
    if (this.busy || !this.link || !this.server) return false;
    const { transferId: transfer_id, secret } = this.link;
    this.busy = true;
    this.failure = undefined;
    const answer = await this.server.api.open({
      transfer_id,
      ...(secret !== "" ? { secret } : { password: this.password }),
    });
    this.busy = false;
    if (answer.ok) this.retrieval = answer.value;
    else this.failure = answer;
    return answer.ok;
  }

  /** Into the folder for downloads; each is there whole or counts as not saved. */
  async save(): Promise<void> {
    if (!this.retrieval || !this.server) return;
    this.busy = true;
    this.saved = undefined;
    let saved = 0;
    for (const { no, name, size } of this.retrieval.files) {
      if (await this.saveOne(no, fileName(name), size).catch(() => false)) saved += 1;
    }
    this.saved = saved;
    this.busy = false;
  }

  private async saveOne(no: number, filename: string, size: number): Promise<boolean> {
    const { retrieval_id, token } = this.retrieval!;
    const id = await messenger.downloads.download({
      url: this.server!.host.base + filePath(retrieval_id, no),
      filename,
      headers: [{ name: "Couvert-Retrieval", value: token ?? "" }],
      conflictAction: "uniquify",
      saveAs: false,
    });
    for (;;) {
      const [item] = await messenger.downloads.search({ id });
      if (item?.state === "complete") return item.fileSize === size || item.bytesReceived === size;
      if (item?.state !== "in_progress") return false;
      await this.server!.host.wait(200);
    }
  }

  /** An answer to be written in Thunderbird, which then leaves by Couvert. */
  async reply(): Promise<void> {
    const { retrieval, link } = this;
    const subject = retrieval?.subject ?? "";
    const details = retrieval
      ? { to: [retrieval.from], ...(subject !== "" && { subject: `Re: ${subject}` }) }
      : {};
    const tab = await messenger.compose.beginReply(this.messageId, "replyToSender", details);
    if (tab.id !== undefined && link) await keepReply(tab.id, link.transferId);
  }
}
