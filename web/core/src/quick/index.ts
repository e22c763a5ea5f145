// What pages load once somebody uses QUICK. Its types alone cost nothing (import type).

export type { ContactState } from "./book.ts";
export { QuickClient } from "./client.ts";
export type { OwnDevice, QuickStatus } from "./client.ts";
export type { DeviceRecord, DeviceStore, QuickHost } from "./device.ts";
export type { Contact, RecipientEnvelope, StartInvitation, TakenAnswers } from "./exchange.ts";
