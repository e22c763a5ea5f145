// What a person does about QUICK in the panes of a mail program, the same in each of them.
import assert from "node:assert/strict";

/**
 * A pane that is open.
 * @typedef {object} Pane
 * @property {(selector: string) => Promise<unknown>} isThere waits for it
 * @property {(selector: string) => Promise<unknown>} click
 * @property {(selector: string, text: string) => Promise<unknown>} fill
 * @property {(selector: string) => Promise<string>} textOf
 * @property {(state: string) => Promise<unknown>} look
 */

const invitation = "[data-testid=invitation]";

/** Opens the transfer that invites. @param {Pane} pane @param {string} password */
export async function isInvited(pane, password) {
  await pane.fill("#password", password);
  await pane.click("[data-testid=open]");
  await pane.isThere(`${invitation}[data-stage=offer]`);
  await pane.look("quick-invitation");
}

/** Opens it, and says yes. @param {Pane} pane @param {string} password */
export async function accept(pane, password) {
  await isInvited(pane, password);
  await pane.click("[data-testid=accept]");
}

/** Both are connected, and have codes to compare. @param {Pane} pane */
export async function isConnected(pane) {
  await pane.isThere(`${invitation}[data-stage=connected] details`);
  await pane.look("quick-connected");
}

/** Here it stays shut, and the person asks for QUICK. @param {Pane} pane */
export async function askForQuick(pane) {
  await pane.isThere("[data-testid=shut][data-reason=no_device]");
  await pane.look("quick-shut");
  await pane.click("[data-testid=connect]");
}

/** Another device lets this mail program in with a code that it shows. @param {Pane} pane
 * @param {(code: string) => Promise<unknown>} letIn */
export async function isLetIn(pane, letIn) {
  await pane.click("[data-testid=by-code]");
  const code = await pane.textOf("[data-testid=shown-code]");
  await pane.look("quick-code");
  await letIn(code);
}

/** It has opened without a password. @param {Pane} pane @param {string} text */
export async function isOpen(pane, text) {
  await pane.isThere("[data-testid=by-quick]");
  assert.equal(await pane.textOf("[data-testid=text]"), text);
  await pane.isThere("main:not(:has(#password))");
}

/** The form asks for no password and shows none. @param {Pane} pane */
export async function isPure(pane) {
  await pane.isThere("[data-testid=quick][data-pure=true]");
  await pane.isThere("main:not(:has(input[name=mode])):not(:has([data-testid=password]))");
}
