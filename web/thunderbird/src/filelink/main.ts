import { begin } from "@couvert/addin/begin.ts";

import { program } from "../program.ts";
import FileLinkPage from "./FileLinkPage.svelte";

void begin(FileLinkPage, { program });
