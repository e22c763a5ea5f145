import { begin } from "../begin.ts";
import SendPage from "./SendPage.svelte";

void begin(SendPage);
