import { describe, expect, it } from "vitest";

import { createApi, zipPath } from "./api.ts";
import { testHost } from "./test-host.ts";

const problem = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

describe("the API", () => {
  it("hands on what the server answered", async () => {
    const host = testHost();
    host.answers.push(Response.json({ verifications: [] }));
    expect(await createApi(host).verifications()).toEqual({
      ok: true,
      value: { verifications: [] },
    });
    expect(host.requests[0]?.url).toBe("https://transfer.example.org/api/v1/verifications");
  });

  it("sends the draft's secret as a header, never in the address", async () => {
    const host = testHost();
    host.answers.push(new Response(null, { status: 204 }));
    expect((await createApi(host).deleteDraft("d".repeat(26), "hidden")).ok).toBe(true);
    expect(host.requests[0]?.headers.get("Couvert-Secret")).toBe("hidden");
    expect(host.requests[0]?.url).not.toContain("hidden");
  });

  it("keeps what it knows of a sent transfer while that still holds", async () => {
    const host = testHost();
    const api = createApi(host);
    host.answers.push(
      Response.json({ state: "sealed" }, { headers: { ETag: '"a"' } }),
      new Response(null, { status: 304, headers: { ETag: '"a"' } }),
      Response.json({ state: "revoked" }, { headers: { ETag: '"b"' } }),
    );
    const first = await api.sent("t".repeat(26));
    expect(host.requests[0]?.headers.get("If-None-Match")).toBeNull();
    if (!first.ok) throw new Error(first.code);
    const same = await api.sent("t".repeat(26), first.value);
    expect(host.requests[1]?.headers.get("If-None-Match")).toBe('"a"');
    expect(same.ok && same.value).toBe(first.value);
    const changed = await api.sent("t".repeat(26), first.value);
    expect(changed.ok && changed.value).toEqual({ value: { state: "revoked" }, etag: '"b"' });
  });

  it("sends the secret where a link is made anew, and none where it has none", async () => {
    const host = testHost();
    const api = createApi(host);
    const none = () => new Response(null, { status: 204 });
    host.answers.push(none(), none());
    const place = { tracking_id: "t".repeat(26), recipient_no: 3 };
    const link = { slot_id: "s".repeat(26), secret: "hidden" };
    await api.mailAgain({ ...place, held: "held" }, link);
    expect(host.requests[0]?.headers.get("Couvert-Secret")).toBe("held");
    expect(await host.requests[0]?.json()).toEqual(link);
    await api.mailAgain(place);
    expect(host.requests[1]?.headers.get("Couvert-Secret")).toBeNull();
    expect(host.requests[1]?.url).toMatch(/\/recipients\/3\/mail$/);
  });

  it("gives code, reason, address and pause of a problem", async () => {
    const host = testHost();
    host.answers.push(
      problem(403, { status: 403, code: "refused", reason: "wrong_code" }),
      problem(429, { status: 429, code: "throttled" }, { "Retry-After": "17" }),
      problem(403, { status: 403, code: "refused", address: "a@example.org", retry_after: 3 }),
    );
    const api = createApi(host);
    expect(await api.confirmCode("a@example.org", "x")).toMatchObject({
      code: "refused",
      reason: "wrong_code",
    });
    expect(await api.server()).toMatchObject({ code: "throttled", retryAfter: 17 });
    expect(await api.server()).toMatchObject({ address: "a@example.org", retryAfter: 3 });
  });

  it.each([
    [401, "unproven"],
    [404, "denied"],
    [413, "too_large"],
    [502, "unavailable"],
    [507, "full"],
  ])("understands a bare status %d of something between", async (status, code) => {
    const host = testHost();
    host.answers.push(new Response("<html>", { status, headers: { "Content-Type": "text/html" } }));
    expect(await createApi(host).server()).toMatchObject({ ok: false, code });
  });

  it("says offline where nobody answers, and unavailable where the answer is no JSON", async () => {
    const host = testHost();
    const api = createApi(host);
    expect(await api.server()).toMatchObject({ code: "unavailable", reason: "offline" });
    host.answers.push(new Response("<html>captive portal</html>", { status: 200 }));
    expect(await api.server()).toMatchObject({ ok: false, code: "unavailable" });
  });

  it("goes by the server's clock where the device's is wrong", async () => {
    const host = testHost();
    const api = createApi(host);
    const date = new Date(host.time + 3_600_000).toUTCString();
    host.answers.push(Response.json({}, { headers: { Date: date } }));
    await api.server();
    expect(api.now()).toBe(host.time + 3_600_000);
  });

  it("names the files of a ZIP", () => {
    expect(zipPath("r", [0, 2])).toBe("/api/v1/retrievals/r/zip?files=0,2");
    expect(zipPath("r")).toBe("/api/v1/retrievals/r/zip");
  });
});
