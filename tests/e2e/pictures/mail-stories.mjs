// Every mail that the server sends, each for a reason of its own: made by a real server, handed
// over to a real mail server. A new kind of mail is one story more.
import { ApiClient, expectStatus, randomId, randomSecret } from "../harness/api-client.mjs";
import { answerOf, connected, QuickDevice } from "../harness/quick-device.mjs";
import { closed } from "../harness/mail-system.mjs";
import { waitUntil } from "../harness/processes.mjs";
import { mailbox } from "../harness/run-context.mjs";

/** @typedef {import("../harness/couvertd.mjs").Couvertd} Couvertd */
/** @typedef {import("../harness/fake-clock.mjs").FakeClock} FakeClock */
/** @typedef {{ name: string, raw: string }} MadeMail */

const password = "Ein Pferd, 7 Hufe";
const day = 86_400;

/** What people of a language write.
 * @type {Record<string, { name: string, text: string, files: string[] }>} */
const samples = {
  de: {
    name: "Dr. Anna Müller-Lüdenscheidt",
    text: `Guten Tag Herr Beispiel,

anbei die Röntgenbilder vom Montag und unser Heil- und Kostenplan. Bitte sehen Sie ihn bis
Freitag durch.

Mit freundlichen Grüßen
Anna Müller-Lüdenscheidt`,
    files: ["Röntgenbilder/Zahn 47.png", "Heil- und Kostenplan.pdf", "Einverständnis.docx"],
  },
  nl: {
    name: "Dr. Anneke van den Berg",
    text: `Geachte heer Voorbeeld,

Hierbij de röntgenfoto’s van maandag en onze begroting. Wilt u die voor vrijdag doornemen?

Met vriendelijke groet,
Anneke van den Berg`,
    files: ["Röntgenfoto’s/Tand 47.png", "Begroting.pdf", "Toestemming.docx"],
  },
  en: {
    name: "Dr. Anne Miller",
    text: `Dear Mr Example,

here are the x-rays of Monday and our estimate. Please look through it by Friday.

Kind regards
Anne Miller`,
    files: ["X-rays/Tooth 47.png", "Estimate.pdf", "Consent.docx"],
  },
};

// What strains a layout: nothing to break a line at, another direction, many of a kind.
const longName = "Universitätsklinikumsverwaltungsfachangestelltenvertretung";
const longAddress = `${"gemeinschaftspraxis-".repeat(3)}nord@example.net`;
const longFiles = [
  `${"Röntgenaufnahmen_der_Behandlung_".repeat(4)}.tar.gz`,
  "صورة الأشعة السينية.png",
  "🦷 Zahn & <Söhne>.pdf",
  ...Array.from({ length: 35 }, (_, at) => `Bild ${at + 1}.png`),
];

/** One language's people at one server, and the mails that they got. */
export class Stories {
  /** @param {Couvertd} server @param {FakeClock} clock @param {string} language */
  constructor(server, clock, language) {
    this.server = server;
    this.clock = clock;
    this.language = language;
    this.sample = samples[language];
    this.sender = `anna-${language}@example.org`;
    this.bert = `bert-${language}@example.net`;
    this.client = new ApiClient(server.baseUrl);
    /** @type {MadeMail[]} */
    this.made = [];
  }

  /** Keeps the next mail to an address after something was done, of one transfer if that matters.
   * @template T @param {string} name @param {string} address @param {() => Promise<T>} act
   * @param {string} [trackingId] */
  async keep(name, address, act, trackingId = "") {
    const box = await mailbox(address);
    await box.rest();
    const done = await act();
    // Whoever tries passwords has kept the server busy.
    const { raw } = await box.next({
      deadline: 90_000,
      fits: (mail) => mail.text.includes(trackingId),
    });
    this.made.push({ name: `${name}-${this.language}`, raw });
    return done;
  }

  /** @param {string[]} to @param {Record<string, unknown>} [more] @param {string[]} [names] */
  provide(to, more = {}, names = this.sample.files) {
    const expires = new Date(this.clock.now().getTime() + 5 * day * 1000).toISOString();
    const common = {
      name: this.sample.name,
      phone: "+49 30 123456",
      language: this.language,
      expires: expires.replace(/\.\d+Z$/, "Z"),
      password,
    };
    return this.client.provide({
      from: this.sender,
      to: to.map((address) => ({ address })),
      files: names.map((name) => [name, Buffer.from(name)]),
      more: { ...common, ...more },
    });
  }

  /** Opens the transfer of its first recipient and downloads some files. @param {any} sent
   * @param {number} count */
  async fetch(sent, count) {
    const opened = await this.client.open(sent.recipients[0].transfer_id, { password });
    for (const { no } of opened.opened.files.slice(0, count)) {
      expectStatus(await opened.call("GET", `/files/${no}`), 200);
    }
  }

  async codes() {
    await this.keep("code-program", this.sender, () =>
      this.client.verify(this.sender, this.language),
    );
    for (const purpose of ["provide", "sent", "received"]) {
      const asked = { address: this.bert, language: this.language, client: "browser", purpose };
      await this.keep(`code-${purpose}`, this.bert, async () => {
        const stranger = new ApiClient(this.server.baseUrl);
        expectStatus(await stranger.call("POST", "/api/v1/verifications", { json: asked }), 202);
      });
    }
  }

  async notifications() {
    await this.keep("notification", this.bert, () => this.provide([this.bert]));
    const slot = { slot_id: randomId(), secret: randomSecret() };
    const own = {
      password: undefined,
      open_by: "link",
      recipients: [{ address: this.bert, kind: "to", ...slot }],
      show_file_names: true,
      notification: { subject: "", text: this.sample.text },
    };
    await this.keep("notification-own", this.bert, () => this.provide([], own));
    const long = { name: longName, phone: "0".repeat(50), show_file_names: true };
    const text = `${longName.repeat(3)} https://example.com/${"a".repeat(90)}`;
    const strained = { ...long, notification: { subject: `Re: ${longName}`, text } };
    await this.keep("notification-long", longAddress, () =>
      this.provide([longAddress], strained, longFiles),
    );
  }

  async toTheSender() {
    const two = [this.bert, longAddress];
    const tell = { notify_delivery: true, notify_download: true };
    const sent = await this.keep("handed-over", this.sender, () => this.provide(two, tell));
    await this.keep("downloaded", this.sender, () => this.fetch(sent, 1));
    await this.keep("undeliverable", this.sender, () => this.provide([closed]));
  }

  async passwordAsked() {
    const sent = await this.provide([this.bert]);
    const { transfer_id } = sent.recipients[0];
    await this.keep("password-asked", this.sender, async () => {
      const asked = await this.client.call("POST", "/api/v1/transfers/ask", {
        json: { transfer_id },
      });
      expectStatus(asked, 204);
    });
  }

  /** Twenty wrong ones, each after its pause; then a code that lets one try on. */
  async wrongPasswords() {
    const sent = await this.provide([this.bert]);
    const id = sent.recipients[0].transfer_id;
    await this.keep("wrong-passwords", this.sender, async () => {
      for (let tried = 0; tried < 20; tried++) {
        expectStatus(await this.client.tryOpen(id, { password: "Anders, 8 Hufe" }), 403);
        await this.clock.pass(15 * 60);
      }
    });
    const asked = { transfer_id: id, language: this.language, client: "browser" };
    await this.keep("code-retrieve", this.bert, async () => {
      const stranger = new ApiClient(this.server.baseUrl);
      expectStatus(await stranger.call("POST", "/api/v1/transfers/code", { json: asked }), 202);
    });
  }

  async revoked() {
    const sent = await this.provide([this.bert, longAddress]);
    const handedOver = async () => {
      const { json } = await this.client.call("GET", `/api/v1/sent/${sent.tracking_id}`);
      return json.recipients.every((/** @type {any} */ one) => one.mail === "handed_over");
    };
    await waitUntil("both were told", handedOver);
    await this.keep("revoked", this.bert, () =>
      this.keep("revocation", this.sender, async () => {
        const revoke = `/api/v1/sent/${sent.tracking_id}/revoke`;
        expectStatus(await this.client.call("POST", revoke), 204);
      }),
    );
  }

  async expired() {
    const sent = await this.provide([this.bert, longAddress, closed]);
    await this.fetch(sent, 2);
    const pass = () => this.clock.pass(5 * day);
    await this.keep("expired", this.sender, pass, sent.tracking_id);
  }

  /** The sender and Bert are connected, use it, and lose it. */
  async quick() {
    const activation = { language: this.language };
    const deviceOf = async (/** @type {string} */ address) => {
      const client = new ApiClient(this.server.baseUrl);
      return new QuickDevice(client, await client.verify(address, this.language));
    };
    const [anna, bert] = [await deviceOf(this.sender), await deviceOf(this.bert)];
    await this.keep("quick-activated", this.sender, () => anna.activate(activation));
    await this.keep("quick-activated-other", this.bert, () => bert.activate(activation));
    const invitation = { public_key: anna.publicKey, secret: randomSecret() };
    const invited = await this.keep("quick-invitation", this.bert, () =>
      this.provide([this.bert], { invitation }),
    );
    const opened = await bert.client.open(invited.recipients[0].transfer_id, { password });
    await this.keep("quick-connected", this.sender, () =>
      opened.call("POST", "/answer", bert.header, { answer: answerOf(bert.publicKey) }),
    );
    const byQuick = { password: undefined, open_by: "quick", recipients: [connected(this.bert)] };
    const sent = await this.keep("quick-notification", this.bert, () =>
      this.keep("quick-handed-over", this.sender, () =>
        this.provide([], { ...byQuick, notify_delivery: true }),
      ),
    );
    const json = { transfer_id: sent.recipients[0].transfer_id };
    await this.keep("quick-asked", this.sender, () =>
      this.client.call("POST", "/api/v1/transfers/ask", { json }),
    );
    const second = new QuickDevice(bert.client, bert.proof, bert);
    await this.keep("quick-new-device", this.bert, () => second.tryJoin());
    const anew = new QuickDevice(bert.client, bert.proof);
    await this.keep("quick-anew", this.bert, () =>
      this.keep("quick-changed", this.sender, () =>
        anew.activate({ ...activation, start_anew: true }),
      ),
    );
    await this.keep("quick-reset", this.sender, () =>
      this.keep("quick-removed", this.bert, () => this.server.run(["quick", "reset", this.sender])),
    );
  }

  /** What happens, and the mails that each of it makes. @returns {[string[], () => unknown][]} */
  get #stories() {
    const quick = ["activated", "invitation", "connected", "notification", "handed-over", "asked"];
    const quickEnds = ["new-device", "anew", "changed", "reset", "removed"];
    return [
      [["program", "provide", "sent", "received"].map((one) => `code-${one}`), () => this.codes()],
      [["", "-own", "-long"].map((one) => `notification${one}`), () => this.notifications()],
      [["handed-over", "downloaded", "undeliverable"], () => this.toTheSender()],
      [["password-asked"], () => this.passwordAsked()],
      [[...quick, ...quickEnds].map((one) => `quick-${one}`), () => this.quick()],
      [["wrong-passwords", "code-retrieve"], () => this.wrongPasswords()],
      [["revoked", "revocation"], () => this.revoked()],
      [["expired"], () => this.expired()],
    ];
  }

  /** The mails whose names contain the words. @param {string} words */
  async make(words) {
    const isWanted = (/** @type {string} */ name) => `${name}-${this.language}`.includes(words);
    const wanted = this.#stories.filter(([names]) => names.some(isWanted));
    if (wanted.length > 0) await this.client.verify(this.sender, this.language);
    for (const [, happens] of wanted) await happens();
    return this.made.filter(({ name }) => name.includes(words));
  }
}
