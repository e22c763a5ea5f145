// Whether a mail may leave by Outlook's own Send, or Couvert is offered first.

export interface Facts {
  /** What the pane has noted with the mail, and when it last said that it is open. */
  readonly hold: string | undefined;
  readonly open: number | undefined;
  readonly now: number;
  /** Of the attachments together. */
  readonly bytes: number;
  readonly subject: string;
  /** IDs of sensitivity labels. */
  readonly labels: readonly string[];
  /** Whether this was said already, where Outlook knows no "Send anyway". */
  readonly said: boolean;
}

/** What the organisation, or the person, asks for. */
export interface Wishes {
  /** From so many on; 0: never. */
  readonly bytes: number;
  /** Marks in the subject. */
  readonly marks: readonly string[];
  /** IDs of sensitivity labels. */
  readonly labels: readonly string[];
}

export type Alert = "open" | "replacing" | "left" | "label" | "mark" | "size";

/** A pane says every ten seconds that it is open. */
const openTimeMax = 30_000;

export function alertFor(facts: Facts, wishes: Wishes): Alert | undefined {
  if (facts.hold === "replacing") return "replacing";
  if (facts.open !== undefined && facts.now - facts.open < openTimeMax) return "open";
  if (facts.said) return undefined;
  if (facts.hold === "left") return "left";
  if (facts.labels.some((one) => wishes.labels.includes(one.toLowerCase()))) return "label";
  const subject = facts.subject.toLowerCase();
  if (wishes.marks.some((mark) => subject.includes(mark.toLowerCase()))) return "mark";
  return wishes.bytes > 0 && facts.bytes >= wishes.bytes ? "size" : undefined;
}

/** Whether the person may send all the same. */
export const isOffer = (alert: Alert): boolean => alert !== "open" && alert !== "replacing";

/** The header in which Microsoft Purview writes the labels of a mail. */
export const labelHeader = "msip_labels";

/** The labels that it says are on: `MSIP_Label_ID_Enabled=true; MSIP_Label_ID_Name=…`. */
export const labelsIn = (header: string): string[] =>
  [...header.matchAll(/(?:^|[;\s])MSIP_Label_([0-9a-f-]{36})_Enabled=true(?=;|\s|$)/gi)].map(
    ([, id]) => id!,
  );
