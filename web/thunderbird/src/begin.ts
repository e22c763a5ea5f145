// What every page of the add-on begins with: the texts, the look.
import "@couvert/ui/tokens.css";
import "@couvert/ui/base.css";
import "./addin.css";

import { mount, type Component } from "svelte";

import { beginAddinTexts } from "./addin-texts.ts";

export async function begin(page: Component): Promise<void> {
  await beginAddinTexts();
  mount(page, { target: document.getElementById("app")! });
}
