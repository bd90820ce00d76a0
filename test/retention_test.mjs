// A case is erased when its matter's retention period ends: nobody finds it any more, and the audit
// log stays valid over the digests that are left.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run, start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

test("a closed case is erased when its period ends, an open one is not", { timeout: 120_000 }, async (t) => {
  const service = await start(t);
  const made = [];
  for (const key of ["closed", "open"]) {
    const answer = await service.post("/api/cases", applyBody("government-information-disclosure"), { key });
    assert.equal(answer.status, 201, answer.text);
    made.push(answer.body);
  }
  const [closed, open] = made.map((one) => ({ ...one, headers: { authorization: `Bearer ${one.access_code}` } }));
  const status = async (one) => (await service.get(`/api/cases/${one.reference}`, { headers: one.headers })).status;

  const clerk = await service.signIn("clerk");
  const task = (await clerk.get("/api/tasks?state=all")).body.items.find((one) => one.reference === closed.reference);
  assert.ok(task, "the request waits at the desk");
  const detail = await service.get(`/api/matters/government-information-disclosure`);
  assert.match(detail.body.keep, /^P\d+Y$/);
  // closed by whatever ends it soonest: the clerk sends it on, the others decide and sign
  for (const [user, outcomes] of [["clerk", ["accept", "clear", "register"]], ["examiner", ["disclose", "grant"]], ["head", ["sign"]]]) {
    const officer = await service.signIn(user);
    const mine = (await officer.get("/api/tasks?state=all")).body.items.find((one) => one.reference === closed.reference);
    assert.ok(mine, `${user} has a task of the case`);
    let done;
    for (const outcome of outcomes) {
      done = await officer.post(`/api/tasks/${mine.id}/complete`, { outcome, reasons: "示范理由" }, { key: `${user}-${outcome}` });
      if (done.status === 200) break;
    }
    assert.equal(done.status, 200, done.text);
  }
  const view = await service.get(`/api/cases/${closed.reference}`, { headers: closed.headers });
  assert.equal(view.body.closed, true, view.text);

  const years = Number(detail.body.keep.slice(1, -1));
  const later = new Date().getUTCFullYear() + years + 1;
  const moved = await service.post("/api/demo/clock", { now: `${later}-06-01T09:00:00+08:00` });
  assert.equal(moved.status, 200, moved.text);
  await service.restart();
  for (let i = 0; i < 100 && (await status(closed)) === 200; i++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await status(closed), 401, "erased: its access code opens nothing");
  assert.equal(await status(open), 200, "kept");
  assert.match(service.log, /event=cases-erased cases=1/);
  await service.stop();
  const verified = run(["verify", "--data", service.data]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  assert.match(verified.stdout, /1 erased/);
});
