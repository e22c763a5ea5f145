// A server of QUICK in memory, as far as tests of the client need one, and browsers that call it.
// It can also lie: everything that it keeps is open to the test.

import { createApi } from "../api.ts";
import { toBase32, toBase64url } from "../ids.ts";
import { pass, type Result } from "../result.ts";
import { QuickClient } from "./client.ts";
import type { DeviceRecord, QuickHost } from "./device.ts";

interface KeptDevice {
  name: string;
  sealed: string;
  token: string;
}

interface KeptPerson {
  publicKey: string;
  member: string;
  recovery: string;
  code: string | undefined;
  book: { version: number; sealed: string };
  devices: Map<string, KeptDevice>;
}

interface KeptEnvelope {
  seal_id: string;
  slot_id: string;
  mode: 1 | 2;
  from: string;
  to: string;
  envelope: string;
}

export interface KeptInvitation {
  seal_id: string;
  from: string;
  to: string;
  public_key: string;
  secret: string;
}

interface KeptAnswer {
  seal_id: string;
  to: string;
  recipient: string;
  answer: string;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly device: string;
  readonly member: string;
}

const problem = (status: number, code: string, reason?: string) =>
  Response.json({ status, code, ...(reason !== undefined && { reason }) }, { status });
const done = () => new Response(null, { status: 204 });
const pairOf = (a: string, b: string) => [a, b].sort().join(" ");

export class TestServer {
  readonly people = new Map<string, KeptPerson>();
  readonly pairs = new Set<string>();
  /** By transfer ID, and by retrieval ID. */
  readonly envelopes = new Map<string, KeptEnvelope>();
  readonly invitations = new Map<string, KeptInvitation>();
  answers: KeptAnswer[] = [];
  readonly calls: string[] = [];
  /** What is to happen instead of an answer, once, at the first call whose name fits. */
  readonly instead: { at: RegExp; answer: () => Response | Promise<Response> }[] = [];

  async fetch(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const name = `${request.method} ${path}`;
    this.calls.push(name);
    const at = this.instead.findIndex((one) => one.at.test(name));
    if (at >= 0) return await this.instead.splice(at, 1)[0]!.answer();
    const text = await request.text();
    const call: Call = {
      method: request.method,
      path,
      body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>,
      device: request.headers.get("Couvert-Device") ?? "",
      member: request.headers.get("Couvert-Member") ?? "",
    };
    const [, verification] = /^\/verifications\/([^/]+)\/quick/.exec(path) ?? [];
    // Whoever is proven is named by the ID of the verification itself, in these tests.
    if (verification !== undefined) return this.verified(call, decodeURIComponent(verification));
    if (/\/invitation$/.test(path)) return this.invitation(path);
    return this.own(call);
  }

  person(address: string): KeptPerson {
    const person = this.people.get(address);
    if (person === undefined) throw new Error("no such person");
    return person;
  }

  private verified(call: Call, address: string): Response {
    const person = this.people.get(address);
    const what = `${call.method} ${call.path.replace(/.*\/quick/, "")}`;
    if (what === "GET ") {
      const waiting = person?.code !== undefined;
      return Response.json({ active: person !== undefined, code_waiting: waiting });
    }
    if (what === "POST ") return this.activate(call, address);
    if (person === undefined) return problem(404, "denied");
    if (what === "POST /devices") {
      if (call.member !== person.member) return problem(403, "refused", "member");
      if (person.devices.size === 20) return problem(507, "full");
      this.addDevice(person, call.device, call.body as unknown as KeptDevice);
      return done();
    }
    if (what === "GET /recovery") return Response.json({ sealed: person.recovery });
    const code = person.code;
    person.code = undefined;
    return code === undefined ? problem(404, "denied") : Response.json({ sealed: code });
  }

  private activate({ body, device, member }: Call, address: string): Response {
    if (this.people.has(address) && body["start_anew"] !== true) {
      return problem(409, "conflict", "active");
    }
    const person: KeptPerson = {
      publicKey: body["public_key"] as string,
      member,
      recovery: body["recovery"] as string,
      code: undefined,
      book: { version: 1, sealed: body["book"] as string },
      devices: new Map(),
    };
    this.people.set(address, person);
    this.addDevice(person, device, body["device"] as KeptDevice);
    return done();
  }

  private addDevice(person: KeptPerson, proof: string, { name, sealed }: KeptDevice): void {
    const [id = "", token = ""] = proof.split(".");
    person.devices.set(id, { name, sealed, token });
  }

  private invitation(path: string): Response {
    const found = this.invitations.get(path.split("/")[2] ?? "");
    return found ? Response.json(found) : problem(409, "conflict", "no_invitation");
  }

  private own(call: Call): Response {
    const [id = "", token] = call.device.split(".");
    const found = [...this.people].find(([, { devices }]) => devices.get(id)?.token === token);
    if (found === undefined) return problem(401, "unproven");
    const [address, person] = found;
    const what = `${call.method} ${call.path}`;
    if (what.startsWith("DELETE /quick/devices/")) {
      return person.devices.delete(what.slice(-26)) ? done() : problem(404, "denied");
    }
    if (what.startsWith("POST /retrievals/")) return this.answer(call, address);
    switch (what) {
      case "GET /quick":
        return Response.json({
          address,
          public_key: person.publicKey,
          sealed: person.devices.get(id)!.sealed,
          book_version: person.book.version,
        });
      case "GET /quick/book":
        return Response.json(person.book);
      case "PUT /quick/book":
        if (call.body["version"] !== person.book.version + 1) {
          return problem(409, "conflict", "book_version");
        }
        person.book = call.body as unknown as KeptPerson["book"];
        return done();
      case "GET /quick/devices":
        return Response.json({
          devices: [...person.devices].map(([device_id, { name }]) => ({
            device_id,
            name,
            since: "2026-11-22T12:00:00Z",
            used: "2026-11-22T12:00:00Z",
          })),
        });
      case "PUT /quick/code":
        person.code = call.body["sealed"] as string;
        return done();
      case "PUT /quick/recovery":
        person.recovery = call.body["sealed"] as string;
        return done();
      default:
        return this.exchange(what, call.body, address);
    }
  }

  private exchange(what: string, body: Record<string, unknown>, address: string): Response {
    switch (what) {
      case "POST /quick/contacts": {
        const asked = (body["addresses"] as string[]).filter((one) =>
          this.pairs.has(pairOf(address, one)),
        );
        const contacts = asked.map((one) => ({
          address: one,
          ...(this.people.has(one) && { public_key: this.person(one).publicKey }),
        }));
        return Response.json({ contacts });
      }
      case "POST /quick/contacts/end":
        this.pairs.delete(pairOf(address, body["address"] as string));
        return done();
      case "GET /quick/answers":
        return Response.json({ answers: this.answers.filter(({ to }) => to === address) });
      case "POST /quick/answers/take": {
        const before = this.answers.length;
        this.answers = this.answers.filter(
          ({ seal_id, recipient }) =>
            seal_id !== body["seal_id"] || recipient !== body["recipient"],
        );
        return this.answers.length < before ? done() : problem(404, "denied");
      }
      default: {
        const found = this.envelopes.get(body["transfer_id"] as string);
        if (found === undefined) return problem(404, "denied");
        return found.to === address
          ? Response.json(found)
          : problem(409, "conflict", "no_envelope");
      }
    }
  }

  private answer({ path, body }: Call, recipient: string): Response {
    const invitation = this.invitations.get(path.split("/")[2] ?? "");
    if (invitation === undefined) return problem(409, "conflict", "no_invitation");
    if (invitation.to !== recipient) return problem(403, "refused", "recipient");
    const { seal_id, from: to } = invitation;
    this.answers.push({ seal_id, to, recipient, answer: body["answer"] as string });
    this.pairs.add(pairOf(to, recipient));
    return done();
  }
}

export interface TestBrowser extends QuickHost {
  readonly records: Map<string, DeviceRecord>;
  /** One tab: without what others have opened. */
  tab(address: string): QuickClient;
}

/** A browser profile. Its clock runs as far as somebody waits. */
export function testBrowser(server: TestServer): TestBrowser {
  const records = new Map<string, DeviceRecord>();
  const turns = new Map<string, Promise<unknown>>();
  let time = Date.UTC(2026, 10, 22, 12);
  const settled = <T>(value: T): Promise<Result<T>> => Promise.resolve(pass(value));
  const browser: TestBrowser = {
    base: "https://transfer.example.org",
    records,
    fetch: (request) => server.fetch(request),
    wait: (milliseconds) => {
      time += milliseconds;
      return new Promise((resolve) => setTimeout(resolve, 0));
    },
    now: () => time,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    devices: {
      read: (address) => settled(records.get(address)),
      write: (record) => {
        records.set(record.address, record);
        return settled(undefined);
      },
      remove: (address) => {
        records.delete(address);
        return settled(undefined);
      },
    },
    alone: (name, work) => {
      const turn = (turns.get(name) ?? Promise.resolve()).then(work, work);
      turns.set(name, turn);
      return turn;
    },
    tab: (address) => new QuickClient(browser, createApi(browser).client, address),
  };
  return browser;
}

/** An ID of 16 random bytes. */
export const randomId = (): string => toBase32(crypto.getRandomValues(new Uint8Array(16)));
export const randomSecret = (): string => toBase64url(crypto.getRandomValues(new Uint8Array(32)));
