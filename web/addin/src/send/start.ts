// What Start is asked, of everything that was chosen; and asking until there is an answer.
import {
  endOfDay,
  newId,
  newSecret,
  recipientsOf,
  toApiTime,
  type Language,
  type QuickPart,
  type Result,
  type Start,
  type Started,
  type Way,
} from "@couvert/core";
import { currentLanguage } from "@couvert/ui";

import type { Place } from "../drafts.ts";
import type { Server } from "../server.ts";
import type { Person, Written } from "../written.ts";

export interface Wishes {
  readonly mail: Written;
  /** With their addresses as the server writes them. */
  readonly people: readonly Person[];
  readonly files: Start["files"];
  readonly replyTo: string | undefined;
  readonly way: Way;
  readonly part: QuickPart;
  readonly password: string | undefined;
  readonly isOwnPassword: boolean;
  readonly phone: string;
  readonly day: string;
  readonly daysMax: number;
  readonly language: Language;
  readonly notices: Pick<Start, "notify_delivery" | "notify_download" | "show_file_names">;
  readonly fromOwnMailbox: boolean;
}

export function buildStart({ host, api }: Server, wishes: Wishes): Start {
  const { mail, people, replyTo, way, part, password, phone } = wishes;
  const newLink = () => ({ slot_id: newId(host), secret: newSecret(host) });
  const expires = endOfDay(wishes.day, api.now(), wishes.daysMax)!;
  return {
    name: mail.name,
    ...(phone !== "" && { phone }),
    ...(replyTo !== undefined && { reply_to: replyTo }),
    recipients: recipientsOf(people, { way, part, newLink }),
    ...(part.invitation && { invitation: part.invitation }),
    ...(mail.subject !== "" && { subject: mail.subject }),
    ...(mail.text !== "" && { text: mail.text }),
    files: wishes.files,
    expires: toApiTime(expires),
    language: wishes.language,
    sender_language: currentLanguage(),
    open_by: way,
    ...(password !== undefined && {
      password,
      password_mode: wishes.isOwnPassword ? ("own" as const) : ("generated" as const),
    }),
    slot_id: newId(host),
    ...wishes.notices,
    ...(wishes.fromOwnMailbox && { notify: "none" as const }),
  };
}

/** Whether another try may end better; whether the first was heard, nobody knows. */
export const mayPass = (code: string): boolean => ["unavailable", "throttled"].includes(code);

const pauses = [1000, 2000, 4000, 8000, 15_000, 30_000];

/** The same request again and again while the server is away: it makes one transfer only. */
export async function startUntilAnswered(
  { api, host }: Server,
  { id, secret }: Place,
  request: Start,
  tellWaiting: (is: boolean) => void,
): Promise<Result<Started>> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await api.start(id, request, secret);
    const pause = pauses[attempt];
    const waits = !answer.ok && mayPass(answer.code) && pause !== undefined;
    tellWaiting(waits);
    if (!waits) return answer;
    await host.wait(pause);
  }
}
