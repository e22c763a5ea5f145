// What tests expect of answers again and again.
import assert from "node:assert/strict";

/** @typedef {import("./http.mjs").Answer} Answer */

const codes =
  "invalid unproven refused denied expired too_large full throttled conflict damaged unavailable";

/**
 * The answer is a problem of this status and code, in the one form that all have.
 * @param {Answer} answer @param {number} status @param {string} code @param {string} [reason]
 */
export function expectProblem(answer, status, code, reason) {
  const seen = `${answer.method} ${answer.path}: ${answer.status} ${answer.body}`;
  assert.equal(answer.status, status, seen);
  assert.equal(answer.headers["content-type"], "application/problem+json", seen);
  assert.equal(answer.json.status, status, seen);
  assert.equal(answer.json.code, code, seen);
  assert.ok(codes.split(" ").includes(answer.json.code), seen);
  assert.match(answer.json.request_id, /^[A-Za-z0-9_-]{8,64}$/, seen);
  if (reason !== undefined) assert.equal(answer.json.reason, reason, seen);
}

const fixed = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** The one page that a frame may show, and only one of the portal: a mail with its own styles. */
const mailPage = "/api/v1/notification/page";
const mailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'self'; sandbox";

/** What is wrong with the policy of an answer. @param {Answer} answer @param {string} policy */
function policyTroubles(answer, policy) {
  const { headers, path, status } = answer;
  if (path === mailPage && status === 200) return policy === mailPolicy ? [] : [policy];
  // What is no page may be sandboxed, where a base means nothing.
  const isPage = /^text\/html/.test(String(headers["content-type"]));
  const last = !isPage && policy.includes("sandbox") ? "sandbox" : "base-uri 'none'";
  const troubles = ["default-src", "frame-ancestors 'none'", last]
    .filter((rule) => !policy.includes(rule))
    .map((rule) => `content-security-policy without ${rule}: ${policy}`);
  if (/unsafe-inline|unsafe-eval|\*/.test(policy)) troubles.push(`loose policy: ${policy}`);
  if (headers["x-frame-options"] !== "DENY") troubles.push("it can be framed");
  return troubles;
}

/** What is wrong with the security headers of an answer; nothing for a good one.
 * @param {Answer} answer @returns {string[]} */
export function headerTroubles(answer) {
  const { headers } = answer;
  const troubles = Object.entries(fixed)
    .filter(([name, value]) => headers[name] !== value)
    .map(([name]) => `${name}: ${headers[name]}`);
  troubles.push(...policyTroubles(answer, String(headers["content-security-policy"] ?? "")));
  if (!headers["permissions-policy"]) troubles.push("no permissions-policy");
  if (headers["server"] || headers["x-powered-by"]) troubles.push("a banner");
  if (answer.path.startsWith("/api/v1/") && headers["cache-control"] !== "no-store") {
    troubles.push(`cache-control: ${headers["cache-control"]}`);
  }
  return troubles.map((trouble) => `${answer.method} ${answer.path} ${answer.status}: ${trouble}`);
}
