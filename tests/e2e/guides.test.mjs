// Both guides, walked screen by screen by the words that stand in them: a button that is called
// otherwise turns its step red. What differs on purpose: docs/decisions/0088 and 0230. The German
// guide's part on Outlook is walked in outlook.test.mjs.
//
// The words are written out here, not taken from locales/: a guide's reader looks for them.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { keptWhole } from "../../web/ui/texts.ts";
import { ApiClient, randomId, randomSecret } from "./harness/api-client.mjs";
import { desktop, launchChromium, openProfile } from "./harness/browser.mjs";
import { Couvertd } from "./harness/couvertd.mjs";
import { FakeClock } from "./harness/fake-clock.mjs";
import { newFolder } from "./harness/files.mjs";
import { readable, transferLinkIn } from "./harness/mailbox.mjs";
import { pdfOf } from "./harness/media.mjs";
import { QuickPerson } from "./harness/quick-person.mjs";
import { mailbox } from "./harness/run-context.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./harness/mailbox.mjs").Mail} Mail */

const german = "000_8fe362bb5890d12a.txt";
const dutch = "002_ed8d51a381af2e2f.txt";
const file = { name: "Röntgen.png", mimeType: "image/png", buffer: Buffer.alloc(300_000, 7) };
const ownPassword = "Ein Pferd, 7 Hufe";

/** @type {FakeClock} */
let clock;
/** @type {Couvertd} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  clock = await FakeClock.create();
  server = await Couvertd.start({ name: "guides", env: clock.env });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A visitor who finds everything by its words. @param {Page} page */
function visitor(page) {
  const main = page.locator("main");
  /** As the pages write them. @param {string | RegExp} words */
  const shown = (words) => (typeof words === "string" ? keptWhole(words) : words);
  const heading = (/** @type {number} */ level, /** @type {string | RegExp} */ words) =>
    main.getByRole("heading", { level, name: shown(words) });
  return {
    page,
    main,
    /** @param {string} words */
    press: (words) => main.getByRole("button", { name: words, exact: true }).first().click(),
    /** @param {string} words @param {string} text */
    fill: (words, text) => main.getByLabel(keptWhole(words), { exact: true }).first().fill(text),
    /** @param {string | RegExp} words */
    sees: (words) => main.getByText(shown(words)).first().waitFor(),
    /** A page or step begins. @param {string | RegExp} words */
    arrives: (words) => heading(1, words).waitFor(),
    /** @param {string | RegExp} words */
    finds: (words) => heading(2, words).waitFor(),
  };
}

/** @param {string} language */
async function newVisitor(language) {
  const context = await openProfile(browser, { language });
  return { context, ...visitor(await context.newPage()) };
}

/** One step after the other; where one fails, those behind it would wait for what never comes.
 * @param {import("node:test").TestContext} t */
function stepsOf(t) {
  let failed = false;
  return {
    /** @param {string} name @param {() => Promise<void>} work */
    test: (name, work) =>
      t.test(name, { skip: failed && "a step before it failed" }, async () => {
        failed = true;
        await work();
        failed = false;
      }),
  };
}

/** The link behind a button of a mail. @param {Mail} mail @param {string} words */
function behind(mail, words) {
  const links = mail.html.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([^<]*)<\/a>/g);
  const found = [...links].find(([, , label]) => readable(label).trim() === words);
  assert.ok(found, `no button “${words}” in the mail:\n${mail.html}`);
  return found[1].replaceAll("&amp;", "&");
}

/** Drags what lies there from outside the browser onto an element.
 * @param {Page} page @param {string} selector @param {string[]} files */
async function drop(page, selector, files) {
  const at = await page.locator(selector).boundingBox();
  assert.ok(at);
  const mouse = await page.context().newCDPSession(page);
  const [x, y] = [at.x + at.width / 2, at.y + at.height / 2];
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of /** @type {const} */ (["dragEnter", "dragOver", "drop"])) {
    await mouse.send("Input.dispatchDragEvent", { type, x, y, data });
  }
  await mouse.detach();
}

/** Clicks a link and waits until the browser has saved what it leads to.
 * @param {ReturnType<typeof visitor>} person @param {string | RegExp} words */
async function saves({ page, main }, words) {
  const link = main.getByRole("link", { name: words, exact: true }).first();
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  await download.path();
  return download.suggestedFilename();
}

test(`${german}: Hinweise für den Versender, Hinweise für den Empfänger`, async (t) => {
  const guide = stepsOf(t);
  const anna = "leitfaden-anna@example.org";
  const [bert, carla] = ["leitfaden-bert@example.net", "leitfaden-carla@example.net"];
  const hers = await mailbox(anna);
  const sender = await newVisitor("de");
  const { page } = sender;

  await guide.test("1. Bereitstellung von Dateien", async () => {
    await page.goto(server.baseUrl);
    await sender.main.getByRole("link", { name: "Bereitstellen" }).click();
    await sender.arrives(/Kontaktdaten/);
    await sender.fill("Name", "Dr. Anna Müller");
    await sender.fill("Telefon (freiwillig)", "+49 30 1234");
    await sender.fill("E-Mail-Adresse", anna);
    await sender.press("Weiter");
    await sender.arrives("Verifizierung");
    await sender.fill("Verifizierungscode", await hers.nextCode());
    await sender.press("Verifizieren");
  });

  await guide.test("2. Empfänger E-Mail-Adresse", async () => {
    await sender.arrives("Empfänger");
    await sender.fill("An", `${bert} ${carla}`);
    await sender.press("Weiter");
  });

  await guide.test("3. Dateien hinzufügen", async () => {
    await sender.finds("Dateien hinzufügen");
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      sender.press("Durchsuchen"),
    ]);
    await chooser.setFiles(file);
    const folder = path.join(await newFolder("leitfaden"), "Akte");
    await mkdir(folder);
    await writeFile(path.join(folder, "Befund.txt"), "ohne Befund");
    await sender.sees("Dateien oder ganze Ordner hierher ziehen");
    await drop(page, ".drop", [folder]);
    const done = page.locator('[data-testid="file-row"][data-state="done"]');
    await done.nth(1).waitFor();
    await sender.sees("Akte/Befund.txt");
  });

  await guide.test("Tipp! Vertrauliche Nachricht", async () => {
    await sender.finds("Vertrauliche Nachricht");
    await sender.main.getByRole("button", { name: /^Bearbeiten/ }).click();
    await sender.fill("Betreff", "Für Frau Ångström");
    await sender.fill("Nachricht", "Guten Tag,\nanbei das Bild.");
    await sender.press("Speichern");
    await sender.sees("anbei das Bild.");
    await sender.press("Weiter");
  });

  await guide.test("4. Transferoptionen", async () => {
    await sender.arrives("Transferoptionen");
    assert.ok(await sender.main.getByLabel("Ablaufdatum").inputValue());
    await sender.sees(/Höchstens 10 Tage/);
    await sender.sees("Benachrichtigungsoptionen");
    assert.equal(await sender.main.getByRole("checkbox").count(), 3);
    await sender.main.getByLabel(/übergeben/).check();
    await sender.main.getByLabel(/abgerufen/).check();
    await sender.sees("Passwort generieren");
    await sender.main.getByText("Passwort selbst vergeben").click();
    await sender.fill("Passwort", ownPassword);
    await sender.fill("Passwort wiederholen", ownPassword);
    await sender.sees("Passwortstärke");
    await sender.press("Weiter");
  });

  await guide.test("5. Empfängerbenachrichtigung", async () => {
    await sender.arrives("E-Mail an die Empfänger");
    await page.getByTestId("notification-page").waitFor();
    await sender.press("Bearbeiten");
    await sender.fill("Betreff", "Ein Bild für Sie");
    await sender.press("Speichern");
    await sender.sees("Ein Bild für Sie");
    await sender.press("Transfer starten");
  });

  await guide.test("6. Die Dateien werden hochgeladen", async () => {
    await page.getByTestId("tracking-id").waitFor();
    await sender.sees(file.name);
    await sender.sees(ownPassword);
    assert.match(readable((await hers.next()).subject), /Empfänger sind benachrichtigt/);
    await sender.press("Neuen Transfer starten");
    await sender.arrives(/Kontaktdaten/);
    await sender.context.close();
  });

  const recipient = await newVisitor("de");
  await guide.test("1. Empfängerbenachrichtigung", async () => {
    const mail = await (await mailbox(bert)).next();
    for (const words of ["Dr. Anna Müller", "+49 30 1234", anna]) {
      assert.ok(readable(mail.text).includes(words), words);
    }
    await recipient.page.goto(behind(mail, "Dateien abrufen"));
  });

  await guide.test("2. Transfer abrufen", async () => {
    const id = recipient.main.getByLabel("Transferkennung");
    assert.match((await id.inputValue()).replace(/[\s-]/g, ""), /^[a-z2-7]{26}$/);
    await recipient.fill("Passwort", ownPassword);
    await recipient.press("Weiter");
    await recipient.sees("anbei das Bild.");
    assert.equal(await saves(recipient, file.name), file.name);
    assert.match(await saves(recipient, /^Alle als ZIP speichern/), /\.zip$/);
    await recipient.main.locator("summary").click();
    await recipient.sees(anna);
    await recipient.context.close();
    await hers.next({ fits: (mail) => /hat .*Datei(en)? abgerufen/.test(readable(mail.subject)) });
  });

  await guide.test("Hat der Versender kein Passwort vergeben", async () => {
    const client = new ApiClient(server.baseUrl);
    await client.verify(anna);
    const to = { address: carla, kind: "to", slot_id: randomId(), secret: randomSecret() };
    /** @type {[string, Buffer][]} */
    const files = [
      ["Brief.txt", Buffer.from("Brief")],
      ["Bild.png", Buffer.from("Bild")],
    ];
    const more = { open_by: "link", language: "de", recipients: [to] };
    await client.provide({ from: anna, to: [], files, more });
    const theirs = await mailbox(carla);
    await theirs.next();
    const opener = await newVisitor("de");
    await opener.page.goto(behind(await theirs.next(), "Dateien abrufen"));
    await opener.press("Weiter");
    assert.match(await saves(opener, /^Alle als ZIP speichern/), /\.zip$/);
    assert.equal(await saves(opener, "Brief.txt"), "Brief.txt");
    await opener.context.close();
  });
});

test(`${dutch}: U ontvangt een beveiligde e-mail, Veilig een e-mail versturen`, async (t) => {
  const guide = stepsOf(t);
  const [clerk, citizen] = ["handleiding-n@example.org", "handleiding-b@example.net"];
  const office = await newVisitor("nl");
  await guide.test("a clerk provides, so that there is something to retrieve", async () => {
    await office.page.goto(server.baseUrl);
    await office.main.getByRole("link", { name: "Verzenden" }).click();
    await office.fill("Naam", "N. Medewerker");
    await office.fill("Telefoon (niet verplicht)", "+31 511 1234");
    await office.fill("E-mailadres", clerk);
    await office.press("Volgende");
    await office.fill("Verificatiecode", await (await mailbox(clerk)).nextCode());
    await office.press("Verifiëren");
    await office.fill("Aan", citizen);
    await office.press("Volgende");
    await office.finds("Bestanden toevoegen");
    const pdf = pdfOf(["Geachte heer, mevrouw"], "");
    const second = { name: "Brief.pdf", mimeType: "application/pdf", buffer: pdf };
    await office.page.getByTestId("file-input").setInputFiles([file, second]);
    await office.page.locator('[data-state="done"]').nth(1).waitFor();
    await office.press("Volgende");
    await office.main.getByText("Wachtwoord handmatig invoeren").click();
    await office.fill("Wachtwoord", ownPassword);
    await office.fill("Wachtwoord opnieuw", ownPassword);
    await office.press("Volgende");
    await office.press("Transactie starten");
    await office.page.getByTestId("tracking-id").waitFor();
    await office.context.close();
  });

  const theirs = await mailbox(citizen);
  const person = await newVisitor("nl");
  const { page } = person;
  /** @type {Mail} */
  let mail;
  await guide.test("U ontvangt een beveiligde e-mail: Download bestanden", async () => {
    mail = await theirs.next();
    const text = readable(mail.text);
    for (const words of ["N. Medewerker", "+31 511 1234", clerk, "Beschikbaar tot", "Wachtwoord"]) {
      assert.ok(text.includes(words), words);
    }
    assert.ok(mail.text.includes(transferLinkIn(mail)));
    behind(mail, "Antwoord");
    await page.goto(behind(mail, "Download bestanden"));
  });

  await guide.test("Transactie-ID, Wachtwoord, Volgende", async () => {
    const header = page.locator("header");
    for (const words of ["Starten", "Afdrukken", "Help"]) {
      await header.getByText(words, { exact: true }).waitFor();
    }
    const id = person.main.getByLabel("Transactie-ID");
    assert.match((await id.inputValue()).replace(/[\s-]/g, ""), /^[a-z2-7]{26}$/);
    await person.main.getByRole("button", { name: "Terug" }).waitFor();
    await person.fill("Wachtwoord", ownPassword);
    await person.press("Volgende");
  });

  await guide.test("Optie 1 en 2: alles als ZIP, of stuk voor stuk", async () => {
    for (const words of [/ZIP/, "Brief.pdf opslaan"]) await saves(person, words);
  });

  await guide.test("Optie 3: een voorbeeld, door op het oog te klikken; Voltooien", async () => {
    await person.press("Brief.pdf bekijken");
    const drawn = page.getByTestId("pdf-text").getByText("Geachte heer, mevrouw");
    await drawn.waitFor({ state: "attached" });
    await person.press("Sluiten");
    await person.press("Voltooien");
  });

  await guide.test(
    "Antwoord: contactgegevens, de verificatiecode kopiëren en plakken",
    async () => {
      await page.goto(behind(mail, "Antwoord"));
      await person.arrives(/contactgegevens/i);
      await person.fill("Naam", "B. Inwoner");
      await person.fill("E-mailadres", citizen);
      await person.press("Volgende");
      const code = await theirs.nextCode();
      await page.evaluate((copied) => navigator.clipboard.writeText(copied), ` ${code}\n`);
      const field = person.main.getByLabel("Verificatiecode", { exact: true });
      await field.focus();
      await page.keyboard.press("Control+v");
      await person.press("Verifiëren");
      await field.waitFor({ state: "detached" });
    },
  );

  await guide.test("Aan, Cc, Bcc", async () => {
    await person.main.getByText(clerk).waitFor();
    await person.press("Cc toevoegen");
    await person.press("Bcc toevoegen");
    for (const words of ["Aan", "Cc", "Bcc"]) {
      await person.main.getByLabel(words, { exact: true }).waitFor();
    }
    await person.main.getByRole("button", { name: "Terug", exact: true }).waitFor();
    await person.press("Volgende");
  });

  await guide.test("Vertrouwelijk bericht, bestanden toevoegen", async () => {
    await person.finds("Vertrouwelijk bericht");
    await person.main.getByRole("button", { name: /^Bewerken/ }).click();
    await person.fill("Bericht", "Hierbij de stukken.");
    await person.press("Opslaan");
    await person.finds("Bestanden toevoegen");
    await person.main.getByRole("button", { name: "Bladeren", exact: true }).waitFor();
    await person.press("Volgende");
  });

  await guide.test("Vervaldatum, taal, meldingen en wachtwoord", async () => {
    await person.main.getByLabel("Vervaldatum").waitFor();
    await person.main.getByLabel("Taal voor de ontvangers").selectOption("nl");
    assert.equal(await person.main.getByRole("checkbox").count(), 3);
    await person.main.getByText("Wachtwoord genereren").click();
    await person.press("Kopiëren");
    const generated = await page.getByTestId("password-value").textContent();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), generated);
    await person.main.getByText("Wachtwoord handmatig invoeren").click();
    await person.fill("Wachtwoord", "@ut0f13ts");
    await page.getByTestId("password-strength").getByText("zeer zwak", { exact: true }).waitFor();
    const unmet = person.main.getByText("(nog niet voldaan)");
    await unmet.first().waitFor({ state: "attached" });
    await person.fill("Wachtwoord", ownPassword);
    await unmet.first().waitFor({ state: "detached" });
    await person.main.getByText("Wachtwoord genereren").click();
    await person.press("Volgende");
  });

  await guide.test("Transactie starten, samenvatting", async () => {
    await person.press("Transactie starten");
    await page.getByTestId("tracking-id").waitFor();
    await person.sees(clerk);
    await person.context.close();
  });
});

test(`${german}: Wie funktioniert Cryptshare QUICK?`, async (t) => {
  const guide = stepsOf(t);
  const options = { language: "de", viewport: desktop };
  const [annaAt, bertAt] = ["leitfaden-quick-a@example.org", "leitfaden-quick-b@example.net"];
  const begin = (/** @type {string} */ name, /** @type {string} */ address) =>
    QuickPerson.begin({ server, browser, name, address, options });
  const anna = await begin("leitfaden-anna", annaAt);
  const bert = await begin("leitfaden-bert", bertAt);

  await guide.test("anfänglich ein Einmal-Passwort", async () => {
    await anna.goToOptions([bertAt]);
    await anna.switch().check();
    await anna.button("page.quick.activate").click();
    await anna.shownRecovery();
    await anna.button("page.quick.kept").click();
    await anna.page.getByTestId("quick-needing").getByText(bertAt).waitFor();
    const password = String(await anna.shownPassword());
    await anna.startWell();
    await bert.openWith(await bert.nextLink(), password);
    await bert.offerIs("offer");
    await bert.proveHere(async () => {
      await bert.button("page.invitation.yes").click();
      await bert.page.locator("#code").waitFor();
    });
    bert.isProven = true;
    await bert.shownRecovery();
    await bert.button("page.quick.kept").click();
    await bert.offerIs("connected");
  });

  await guide.test("dann müssen sich Nutzer nicht länger um Passwörter kümmern", async () => {
    await anna.goToOptions([bertAt]);
    await anna.page.getByText(anna.t("page.quick_choice.all")).waitFor();
    assert.equal(await anna.page.locator("input[name=password-mode]").count(), 0);
    await anna.startWell();
    await bert.opensItself(await bert.nextLink());
    await bert.close();
    await anna.close();
  });
});

// The last: the clock stays as it leaves it.
test(`${german}: Wichtig: Verifizierung, maximal 30 Tage gültig`, async (t) => {
  const guide = stepsOf(t);
  const person = await newVisitor("de");
  const [first, second] = ["leitfaden-tage@example.org", "leitfaden-neu@example.org"];
  const provide = () => person.page.goto(`${server.baseUrl}/provide`);
  const verify = async (/** @type {string} */ address) => {
    await person.arrives("Verifizierung");
    await person.fill("Verifizierungscode", await (await mailbox(address)).nextCode());
    await person.press("Verifizieren");
    await person.arrives("Empfänger");
  };

  await guide.test("bei der Ersteinrichtung", async () => {
    await provide();
    await person.fill("Name", "Dr. Anna Müller");
    await person.fill("E-Mail-Adresse", first);
    await person.press("Weiter");
    await verify(first);
    await provide();
    await person.press("Weiter");
    await person.arrives("Empfänger");
  });

  await guide.test("auch bei einer Änderung der E-Mail-Adresse", async () => {
    await provide();
    await person.press("Weitere Person hinzufügen");
    await person.fill("Name", "Dr. Anna Müller");
    await person.fill("E-Mail-Adresse", second);
    await person.press("Weiter");
    await verify(second);
  });

  const goOn = async (/** @type {number} */ days) => {
    await clock.pass(days * 24 * 3600);
    await provide();
    await person.main.getByText(first).click();
    await person.press("Weiter");
  };
  await guide.test("nach Ablauf dieser Zeit erneut", async () => {
    for (const days of [10, 10]) {
      await goOn(days);
      await person.arrives("Empfänger");
      await person.fill("An", "leitfaden-bert@example.net");
      await person.press("Weiter");
      await person.arrives("Nachricht und Dateien");
    }
    await goOn(11);
    await person.arrives("Verifizierung");
    await person.context.close();
  });
});
