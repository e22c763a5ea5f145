// What runs inside of Thunderbird, sent there as text: with its globals, not with those of Node.
// eslint-disable-next-line @typescript-eslint/ban-ts-comment
// @ts-nocheck for that reason
/* global Services, ChromeUtils, Cc, Ci */

/** Shows the next mails as somebody has chosen it. */
export function choose({ dark, reader, plain }) {
  Services.prefs.setIntPref("ui.systemUsesDarkTheme", dark ? 1 : 0);
  Services.prefs.setBoolPref("mail.dark-reader.enabled", reader);
  Services.prefs.setBoolPref("mailnews.display.prefer_plaintext", plain);
  Services.prefs.setIntPref("mailnews.display.html_as", plain ? 1 : 0);
}

/** A picture of a whole mail in a window of its own, as Base64. */
export async function picture(file, width) {
  const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");
  const main = Services.wm.getMostRecentWindow("mail:3pane");
  const pause = (milliseconds) => new Promise((resolve) => main.setTimeout(resolve, milliseconds));
  const until = async (what, ask) => {
    for (let tries = 300; tries > 0; tries--) {
      if (ask()) return;
      await pause(50);
    }
    throw new Error(`waited in vain until ${what}`);
  };

  const local = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  local.initWithPath(file);
  const url = Services.io.newFileURI(local).QueryInterface(Ci.nsIFileURL);
  let shown;
  const opener = {
    document: main.document,
    openDialog: (...all) => (shown = main.openDialog(...all)),
  };
  MailUtils.openEMLFile(opener, local, url);
  const frame = () => shown.document.getElementById("messageBrowser")?.contentWindow;
  await until("the mail is shown", () => frame()?.msgLoaded);
  const pane = frame().getMessagePaneBrowser();
  const root = pane.contentDocument.documentElement;

  // As high as the mail; what stands above it depends on the width.
  shown.resizeTo(width, 500);
  await until(
    "the window is as wide",
    () => shown.outerWidth === width && shown.outerHeight === 500,
  );
  await pause(200);
  const missing = () => root.scrollHeight - pane.clientHeight;
  shown.resizeBy(0, missing());
  await until("the mail fits", () => missing() <= 0);
  await pause(200);

  const rectangle = new shown.DOMRect(0, 0, shown.innerWidth, shown.innerHeight);
  const drawn = await shown.browsingContext.currentWindowGlobal.drawSnapshot(rectangle, 1, "white");
  const canvas = shown.document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
  [canvas.width, canvas.height] = [drawn.width, drawn.height];
  canvas.getContext("2d").drawImage(drawn, 0, 0);
  const base64 = canvas.toDataURL("image/png").split(",")[1];
  shown.close();
  return base64;
}
