import SendPage from "@couvert/addin/send/SendPage.svelte";

import { outlookLetter } from "../letter.ts";
import { sayClosed, sayOpen } from "../session.ts";
import { start } from "../start.ts";

/** The alert takes a pane for closed that has not said otherwise for three times as long. */
const everyOpen = 10_000;

await start(SendPage, () => ({ letter: outlookLetter() }));
const tell = () => void sayOpen(Date.now()).catch(() => undefined);
tell();
setInterval(tell, everyOpen);
window.addEventListener("pagehide", () => void sayClosed().catch(() => undefined));
