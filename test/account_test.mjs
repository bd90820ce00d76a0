// The first administrator: a one-time link from the command line, by which a password is chosen.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { run, start } from "./harness.mjs";

test("a one-time link", { timeout: 60_000 }, async (t) => {
  const data = path.join(mkdtempSync(path.join(tmpdir(), "mandate-account-")), "data");
  t.after(() => rmSync(path.dirname(data), { recursive: true, force: true }));
  const account = (...args) => run(["account", ...args, "--data", data, "--base-url", "https://service.example"]);
  const linkOf = (done) => {
    assert.equal(done.code, 0, done.stderr);
    const [, address] = /^(https:\/\/service\.example\/desk\/enter\?user=first&code=[0-9A-Z]{26})$/m.exec(done.stdout);
    return new URL(address);
  };
  let link = linkOf(account("add", "first", "--post", "wenzhou-lucheng/admin"));
  const service = await start(t, { data, demo: false });
  const enter = (fields, headers = {}) => service.post("/desk/enter", undefined, { form: { user: "first", code: link.searchParams.get("code"), ...fields }, headers });
  const signIn = (password) => service.post("/api/session", { user: "first", password });
  const good = { password: "a good password", again: "a good password" };

  await t.test("opens a page that asks for a password, and nothing else signs in", async () => {
    const page = await service.get(link.pathname + link.search, { headers: { "accept-language": "en" } });
    assert.equal(page.status, 200);
    assert.match(page.text, /New password/);
    for (const password of ["", "link", link.searchParams.get("code")]) assert.ok([401, 422].includes((await signIn(password)).status));
  });
  await t.test("refuses two passwords, a short one, a wrong code, another site", async () => {
    for (const [fields, words] of [
      [{ ...good, again: "another password" }, /differ/],
      [{ password: "short", again: "short" }, /8 to 256/],
      [{ ...good, code: "A".repeat(26) }, /ask an administrator/],
      [{ ...good, user: "nobody" }, /ask an administrator/],
    ]) {
      const got = await enter(fields, { "accept-language": "en" });
      assert.equal(got.status, 422, got.text.slice(0, 300));
      assert.match(got.text, words);
      assert.equal(got.headers.get("set-cookie")?.includes("session="), undefined);
    }
    assert.equal((await enter(good, { origin: "https://other.example", "sec-fetch-site": "cross-site" })).status, 403);
  });
  await t.test("works once", async () => {
    const done = await enter(good);
    assert.equal(done.status, 303, done.text);
    assert.equal(done.headers.get("location"), "/desk");
    const session = /session=[^;]+/.exec(done.headers.get("set-cookie"))[0];
    assert.equal((await service.get("/desk/admin", { headers: { cookie: session } })).status, 200);
    assert.equal((await signIn("a good password")).status, 201);
    assert.equal((await enter({ password: "another password", again: "another password" })).status, 422, "used up");
    assert.equal((await signIn("another password")).status, 401);
  });
  await t.test("resets a password, and what was before is over", async () => {
    const before = await signIn("a good password");
    await service.stop();
    link = linkOf(account("reset", "first"));
    await service.restart();
    assert.equal((await signIn("a good password")).status, 401);
    assert.equal((await service.get("/api/session", { headers: { authorization: `Bearer ${before.body.token}` } })).status, 401);
    assert.equal((await enter({ password: "the third one", again: "the third one" })).status, 303);
    assert.equal((await signIn("the third one")).status, 201);
  });
});
