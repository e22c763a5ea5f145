// A program that is let in by a person: the device flow, without waiting where none is asked for.
import { ApiClient, expectStatus } from "./api-client.mjs";

export const givenScopes = ["send", "sent", "receive", "quick", "account"];

/** A program's codes. @param {string} baseUrl @param {string[]} scopes @param {string} [name] */
export async function askToBeLetIn(baseUrl, scopes, name = "Backup on server 3") {
  const path = "/api/v1/device/authorization";
  const answer = await new ApiClient(baseUrl).call("POST", path, { json: { name, scopes } });
  return expectStatus(answer, 200).json;
}

/** @param {string} baseUrl @param {string} device_code */
export function poll(baseUrl, device_code) {
  return new ApiClient(baseUrl).call("POST", "/api/v1/device/token", { json: { device_code } });
}

/**
 * A program that the person of this session has let in.
 * @param {ApiClient} person @param {string} verification_id @param {string[]} scopes
 */
export async function letIn(person, verification_id, scopes) {
  const codes = await askToBeLetIn(person.baseUrl, scopes);
  const json = { user_code: codes.user_code, verification_id };
  expectStatus(await person.call("POST", "/api/v1/device/allow", { json }), 204);
  const program = new ApiClient(person.baseUrl);
  const given = expectStatus(await poll(person.baseUrl, codes.device_code), 200).json;
  program.token = given.access_token;
  return { program, given };
}
