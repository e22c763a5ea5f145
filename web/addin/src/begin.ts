// What every page of an add-in begins with: the texts, the look.
import "@couvert/ui/tokens.css";
import "@couvert/ui/base.css";
import "./addin.css";

import { mount, type Component } from "svelte";

import { beginAddinTexts } from "./addin-texts.ts";
import type { MailProgram } from "./mail-program.ts";

export async function begin<Props extends { program: MailProgram }>(
  page: Component<Props>,
  props: Props,
): Promise<void> {
  await beginAddinTexts(props.program.languages());
  mount(page, { target: document.getElementById("app")!, props });
}
