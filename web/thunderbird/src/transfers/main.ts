import { begin } from "../begin.ts";
import TransfersPage from "./TransfersPage.svelte";

void begin(TransfersPage);
