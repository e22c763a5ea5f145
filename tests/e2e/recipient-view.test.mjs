// Files that are looked at in the page: what can be shown is shown, what could act does not.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import { after, before, test } from "node:test";
import { ApiClient, expectStatus } from "./harness/api-client.mjs";
import { desktop, launchChromium, openProfile, phone, Visits } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { expectProblem } from "./harness/expect.mjs";
import { layoutTroubles } from "./harness/layout.mjs";
import { RecipientPages, words } from "./harness/portal-pages.mjs";
import { pdfOf, pngOf, wavOf, webmOf } from "./harness/media.mjs";
import { waitUntil } from "./harness/processes.mjs";

const anna = "view-anna@example.org";
const bert = "view-bert@example.net";
const password = "Ein Pferd, 7 Hufe";
const act = "alert('acts')";
const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${act}"><script>${act}</script></svg>`;
const html = `<!doctype html><title>x</title><script>${act}</script><img src=x onerror="${act}">`;
const sound = wavOf(240);
/** @type {[string, Buffer][]} */
const files = [
  ["Bilder/röntgen.png", pngOf(64, 48)],
  ["bericht.pdf", pdfOf(["Erste Seite", "Zweite Seite"], act)],
  ["text.txt", Buffer.from("Grüße 🦷\n<b>kein Markup</b>\n")],
  ["alt.csv", Buffer.from("Größe;1\r\n", "latin1")],
  ["diktat.wav", sound],
  ["bild.svg", Buffer.from(svg)],
  ["seite.html", Buffer.from(html)],
  ["getarnt.png", Buffer.from(html)],
  ["getarnt.pdf", Buffer.from(`%PDF-1.7\n${html}`)],
  ["archiv.txt", Buffer.concat([Buffer.from("PK\x03\x04"), deflateSync(randomBytes(100))])],
  ["programm.exe", Buffer.from("MZ\x90\0")],
  ["leer.txt", Buffer.alloc(0)],
  [`${"Röntgenaufnahmen_der_Behandlung_".repeat(3)}.txt`, Buffer.from("Lang")],
];
const longName = files[files.length - 1][0];
/** @param {string} name */
const no = (name) => files.findIndex(([one]) => one === name);

/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {ApiClient} the sender's */
let client;
/** @type {import("./harness/api-client.mjs").RetrievalClient} */
let opened;
let link = "";
const visits = new Visits();
before(async () => {
  server = await Couvertd.start({ name: "view" });
  client = new ApiClient(server.baseUrl);
  await client.verify(anna);
  const more = { password, text: "Zum Ansehen" };
  const sent = await client.provide({ from: anna, to: [{ address: bert }], files, more });
  link = sent.recipients[0].link;
  opened = await client.open(sent.recipients[0].transfer_id, { password });
  browser = await launchChromium();
});
after(async () => {
  visits.print();
  await browser?.close();
  await server?.stop();
});

/** @param {string} name */
const below = (name) => `/files/${no(name)}/view`;

test("a file is shown as what its bytes are, whatever its name, and never as a page", async () => {
  const types = {
    "Bilder/röntgen.png": "image/png",
    "bericht.pdf": "application/pdf",
    "text.txt": "text/plain",
    "alt.csv": "text/plain",
    "diktat.wav": "audio/wav",
    "bild.svg": "text/plain",
    "seite.html": "text/plain",
    "getarnt.png": "text/plain",
    "getarnt.pdf": "application/pdf",
  };
  for (const [name, type] of Object.entries(types)) {
    const answer = expectStatus(await opened.call("GET", below(name)), 200);
    const { headers } = answer;
    assert.equal(headers["content-type"], type, name);
    assert.ok(answer.body.equals(files[no(name)][1]), name);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.match(String(headers["content-security-policy"]), /default-src 'none'.*; sandbox$/);
    assert.match(String(headers["content-disposition"]), /^attachment; /);
    assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    assert.equal(headers["cache-control"], "no-store");
    const head = expectStatus(await opened.call("HEAD", below(name)), 200);
    assert.equal(head.headers["content-type"], type);
  }
  for (const name of ["archiv.txt", "programm.exe", "leer.txt"]) {
    expectProblem(await opened.call("GET", below(name)), 403, "refused", "no_view");
    expectStatus(await opened.call("HEAD", below(name)), 403);
  }
});

test("what asks for a page gets none; parts of a page and programs do", async () => {
  for (const wanted of ["document", "iframe", "frame", "embed", "object", "script", "style"]) {
    const answer = await opened.call("GET", below("text.txt"), { "Sec-Fetch-Dest": wanted });
    expectProblem(answer, 403, "refused", "no_page");
  }
  for (const wanted of ["empty", "image", "audio", "video"]) {
    expectStatus(await opened.call("GET", below("text.txt"), { "Sec-Fetch-Dest": wanted }), 200);
  }
});

test("ranges, conditions and strangers meet what they meet at a download", async () => {
  const path = below("diktat.wav");
  const { etag } = expectStatus(await opened.call("HEAD", path), 200).headers;
  for (const method of ["GET", "HEAD"]) {
    expectStatus(await opened.call(method, path, { "If-None-Match": String(etag) }), 304);
    expectStatus(await opened.call(method, path, { "If-Match": '"x"' }), 412);
    expectStatus(await opened.call(method, path, { "Couvert-Retrieval": "A".repeat(43) }), 404);
    expectStatus(await opened.call(method, `/files/${files.length}/view`), 404);
  }
  const part = expectStatus(await opened.call("GET", path, { Range: "bytes=1000-1999" }), 206);
  assert.ok(part.body.equals(sound.subarray(1000, 2000)));
  const past = await opened.call("GET", path, { Range: `bytes=${sound.length}-` });
  expectProblem(past, 416, "invalid");
});

test("the sender sees what was viewed, apart from what was downloaded", async () => {
  const to = [{ address: bert }];
  const few = files.slice(0, 3);
  const sent = await client.provide({ from: anna, to, files: few, more: { password } });
  const own = await client.open(sent.recipients[0].transfer_id, { password });
  const path = `/api/v1/sent/${sent.tracking_id}/recipients/0`;
  const fetched = async () => expectStatus(await client.call("GET", path), 200).json.files;
  const { etag } = expectStatus(await own.call("HEAD", "/files/0/view"), 200).headers;
  expectStatus(await own.call("GET", "/files/0/view", { "If-None-Match": String(etag) }), 304);
  expectStatus(await own.call("GET", "/files/0/view", { "Sec-Fetch-Dest": "document" }), 403);
  assert.deepEqual(await fetched(), []);
  expectStatus(await own.call("GET", "/files/0/view", { Range: "bytes=9-9" }), 206);
  expectStatus(await own.call("GET", "/files/1/view"), 200);
  expectStatus(await own.call("GET", "/files/2"), 200);
  const seen = await waitUntil("the download is noted", async () => {
    const all = await fetched();
    return all.length === 3 && all;
  });
  const kinds = seen.map((/** @type {any} */ one) => [!!one.viewed, !!one.downloaded]);
  assert.deepEqual(kinds, [
    [true, false],
    [true, false],
    [false, true],
  ]);
});

/** A recipient with the transfer open; whatever runs or is refused by a policy fails the test.
 * @param {Way} way @param {string} [to] */
async function newRecipient(way, to = link) {
  const context = await openProfile(browser, way);
  const page = await context.newPage();
  /** @type {string[]} */
  const troubles = [];
  page.on("dialog", (dialog) => {
    troubles.push(`something ran: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => {
    const expected = /status of 403/.test(message.text());
    if (message.type() === "error" && !expected) troubles.push(message.text());
  });
  const recipient = new RecipientPages(page, await words(way.language), async () => undefined);
  await page.goto(to);
  await page.locator("#open-password").fill(password);
  await recipient.button("page.next").click();
  await page.getByTestId("content").waitFor();
  return { context, page, recipient, troubles };
}

/** @param {RecipientPages} recipient @param {string} name */
function eye(recipient, name) {
  const label = recipient.t("page.view.view").replace("{name}", name);
  return recipient.page.getByRole("button", { name: label, exact: true });
}

/** Looks at a file; the viewer. @param {RecipientPages} recipient @param {string} name */
async function look(recipient, name) {
  await eye(recipient, name).click();
  const viewer = recipient.page.getByTestId("viewer");
  await viewer.waitFor();
  return viewer;
}

/** @param {RecipientPages} recipient @param {string} name */
async function close(recipient, name) {
  await recipient.page.keyboard.press("Escape");
  await recipient.page.getByTestId("viewer").waitFor({ state: "detached" });
  const label = await eye(recipient, name).getAttribute("aria-label");
  const focused = await recipient.page.evaluate(() =>
    document.activeElement?.getAttribute("aria-label"),
  );
  assert.equal(focused, label, "the focus is back at the eye");
}

/** @typedef {{ name: string, language: string, viewport: typeof phone,
 *   scheme?: import("./harness/browser.mjs").Scheme }} Way */
/** @type {Way[]} */
const ways = [
  { name: "de-phone", language: "de", viewport: phone },
  { name: "nl-desktop", language: "nl", viewport: desktop, scheme: "dark" },
  { name: "en-desktop", language: "en", viewport: desktop, scheme: "forced" },
];

for (const way of ways) {
  test(`pictures, PDF, texts and sound are looked at in the page: ${way.name}`, async () => {
    const { context, page, recipient, troubles } = await newRecipient(way);
    const state = (/** @type {string} */ one) => visits.look(page, `view-${way.name}-${one}`);

    let viewer = await look(recipient, "Bilder/röntgen.png");
    const picture = viewer.locator("img");
    await picture.waitFor();
    await page.waitForFunction(() => document.images[0]?.naturalWidth === 64);
    await state("image");
    await viewer.getByRole("button", { name: recipient.t("page.view.actual_size") }).click();
    await viewer.getByRole("button", { name: recipient.t("page.view.whole") }).waitFor();
    await close(recipient, "Bilder/röntgen.png");

    viewer = await look(recipient, "bericht.pdf");
    await viewer.locator('[data-testid="pdf-page"][data-page="1"]').waitFor();
    assert.match((await viewer.getByTestId("pdf-text").textContent()) ?? "", /Erste Seite/);
    const dark = await viewer.getByTestId("pdf-page").evaluate((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const pixels = /** @type {HTMLCanvasElement} */ (canvas)
        .getContext("2d")
        ?.getImageData(0, 0, width, height).data;
      return pixels?.filter((value, index) => index % 4 === 0 && value < 100).length ?? 0;
    });
    assert.ok(dark > 100, `the page is drawn: ${dark} dark pixels`);
    await state("pdf");
    await viewer.getByRole("button", { name: recipient.t("page.view.next_page") }).click();
    await viewer.locator('[data-testid="pdf-page"][data-page="2"]').waitFor();
    await viewer.getByText("Zweite Seite").waitFor({ state: "attached" });
    await viewer.getByRole("button", { name: recipient.t("page.view.larger") }).click();
    await close(recipient, "bericht.pdf");

    for (const [name, text] of /** @type {const} */ ([
      ["text.txt", "Grüße 🦷\n<b>kein Markup</b>\n"],
      ["alt.csv", "Größe;1\r\n"],
      ["bild.svg", svg],
      ["seite.html", html],
      ["getarnt.png", html],
    ])) {
      viewer = await look(recipient, name);
      await viewer.getByTestId("text-view").waitFor();
      assert.equal(await viewer.getByTestId("text-view").textContent(), text, name);
      if (name === "text.txt") await state("text");
      await close(recipient, name);
    }

    viewer = await look(recipient, "getarnt.pdf");
    await viewer.getByText(recipient.t("page.error.view.damaged")).waitFor();
    await close(recipient, "getarnt.pdf");
    viewer = await look(recipient, "archiv.txt");
    await viewer.getByText(recipient.t("page.error.view.refused")).waitFor();
    await state("none");
    await close(recipient, "archiv.txt");
    for (const name of ["programm.exe", "leer.txt"]) {
      assert.equal(await eye(recipient, name).count(), 0, name);
    }
    assert.deepEqual(troubles, []);
    assert.deepEqual(visits.findings, []);
    await context.close();
  });
}

test("a long name has a line of its own in the viewer, and is whole", async () => {
  const { context, page, recipient } = await newRecipient(ways[0]);
  const viewer = await look(recipient, longName);
  for (const width of [320, 360, 768]) {
    await page.setViewportSize({ width, height: 740 });
    assert.deepEqual(await layoutTroubles(page, [width]), []);
    const [name, head] = await viewer.locator("h2").evaluate((heading) => {
      const widths = [heading, /** @type {Element} */ (heading.parentElement)];
      return widths.map((one) => one.getBoundingClientRect().width);
    });
    assert.ok(name > head * 0.9, `${name} of ${head} at ${width}`);
  }
  await context.close();
});

test("sound plays from any place: the browser asks for ranges", async () => {
  const { context, page, recipient, troubles } = await newRecipient(ways[2]);
  /** @type {string[]} */
  const ranges = [];
  page.on("request", (request) => {
    const range = request.headers()["range"];
    if (range !== undefined && request.url().endsWith("/view")) ranges.push(range);
  });
  const viewer = await look(recipient, "diktat.wav");
  await viewer.locator("audio").waitFor();
  await visits.look(page, "view-en-audio");
  const reached = await viewer.locator("audio").evaluate(async (element) => {
    const audio = /** @type {HTMLAudioElement} */ (element);
    const happens = (/** @type {string} */ name) =>
      new Promise((resolve) => audio.addEventListener(name, resolve, { once: true }));
    if (audio.readyState < 1) await happens("loadedmetadata");
    audio.currentTime = 230;
    await happens("seeked");
    return [Math.round(audio.duration), Math.round(audio.currentTime)];
  });
  assert.deepEqual(reached, [240, 230]);
  assert.ok(
    ranges.some((range) => Number(/=(\d+)-/.exec(range)?.[1]) > sound.length / 2),
    `${ranges}`,
  );
  await close(recipient, "diktat.wav");
  assert.deepEqual(troubles, []);
  await context.close();
});

/** Pictures of one grey each, with noise that makes them large: key frames of VP8. */
async function greyPictures() {
  const page = await browser.newPage();
  const coded = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    return Array.from({ length: 10 }, (_, nth) => {
      const image = context.createImageData(320, 240);
      const pixels = new Uint32Array(image.data.buffer);
      pixels.forEach((_, at) => {
        const grey = 20 + nth * 22 + Math.round(Math.random() * 40 - 20);
        pixels[at] = 0xff000000 | (Math.max(grey, 0) * 0x010101);
      });
      context.putImageData(image, 0, 0);
      return canvas.toDataURL("image/webp", 0.8).split(",")[1] ?? "";
    });
  });
  await page.close();
  return coded.map((text) => {
    const webp = Buffer.from(text, "base64");
    const at = webp.indexOf("VP8 ");
    return webp.subarray(at + 8, at + 8 + webp.readUInt32LE(at + 4));
  });
}

test("a film plays from any place: what is seen belongs to that second", async () => {
  const size = { width: 320, height: 240, seconds: 240 };
  const film = webmOf(await greyPictures(), size);
  const sent = await client.provide({
    from: anna,
    to: [{ address: bert }],
    files: [["film.webm", film]],
    more: { password },
  });
  const { context, page, recipient, troubles } = await newRecipient(
    ways[2],
    sent.recipients[0].link,
  );
  /** @type {number[]} */
  const asked = [];
  page.on("request", (request) => {
    const from = /=(\d+)-/.exec(request.headers()["range"] ?? "")?.[1];
    if (from !== undefined && request.url().endsWith("/view")) asked.push(Number(from));
  });
  const viewer = await look(recipient, "film.webm");
  await viewer.locator("video").waitFor();
  const seen = await viewer.locator("video").evaluate(async (element) => {
    const video = /** @type {HTMLVideoElement} */ (element);
    const happens = (/** @type {string} */ name) =>
      new Promise((resolve) => video.addEventListener(name, resolve, { once: true }));
    if (video.readyState < 1) await happens("loadedmetadata");
    const greys = [];
    for (const second of [207, 33]) {
      const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      video.currentTime = second + 0.5;
      await Promise.all([happens("seeked"), shown]);
      const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
      const drawn = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      drawn.drawImage(video, 0, 0);
      const { data } = drawn.getImageData(0, 0, 320, 240);
      greys.push(data.reduce((sum, value, at) => sum + (at % 4 === 0 ? value : 0), 0) / 76_800);
    }
    video.muted = true;
    await video.play();
    await happens("timeupdate");
    return { duration: video.duration, greys, plays: !video.paused };
  });
  await visits.look(page, "view-en-video");
  assert.equal(seen.duration, size.seconds);
  assert.ok(seen.plays);
  seen.greys.forEach((grey, at) => {
    const expected = 20 + [7, 3][at] * 22;
    assert.ok(Math.abs(grey - expected) < 10, `${grey} where ${expected} should be`);
  });
  assert.ok(
    asked.some((from) => from > film.length / 2),
    `of ${film.length} bytes: ${asked}`,
  );
  await close(recipient, "film.webm");
  assert.deepEqual(troubles, []);
  await context.close();
});

test("what is looked at shows nothing by itself, in no tab and in no frame", async () => {
  const { context, page, troubles } = await newRecipient(ways[2]);
  const id = await page.evaluate(() => {
    const key = Object.keys(sessionStorage).find((one) => one.includes("retrieval"));
    return JSON.parse(sessionStorage.getItem(key ?? "") ?? "null");
  });
  const address = `${server.baseUrl}/api/v1/retrievals/${id}${below("seite.html")}`;
  const tab = await context.newPage();
  const answer = await tab.goto(address);
  assert.equal(answer?.status(), 403);
  assert.ok((await answer?.text())?.includes('"no_page"'));
  const framed = await page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.addEventListener("load", () => resolve(frame.contentDocument === null));
        frame.src = url;
        document.body.append(frame);
      }),
    address,
  );
  assert.equal(framed, true, "the page may not reach into it");
  // The policy of the portal says so on the console; nothing else may be there.
  assert.deepEqual(
    troubles.filter((one) => !/Content Security Policy|Refused to frame/.test(one)),
    [],
  );
  await context.close();
});
