import { begin } from "../begin.ts";
import MessagePage from "./MessagePage.svelte";

void begin(MessagePage);
