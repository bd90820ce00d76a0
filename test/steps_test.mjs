// How long the steps of a matter take: numbers of many cases, none of few, for those who supervise.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

const DAY_MS = 86400e3;

test("how long steps take", { timeout: 120_000 }, async (t) => {
  const service = await start(t);
  const who = {};
  for (const user of ["clerk", "examiner", "head", "supervisor", "admin"]) who[user] = await service.signIn(user);
  let now = Date.parse("2027-03-01T01:00:00Z");
  const later = async (days) => {
    now += days * DAY_MS;
    await service.clockTo(new Date(now).toISOString());
    for (const user of Object.keys(who)) who[user] = await service.signIn(user); // sessions end by the clock too
  };
  const address = "/api/matters/residence-permit-issue/durations";
  const durations = async (query = "", user = who.supervisor) => (await user.get(address + query)).body;
  const of = (body, node) => body.items.find((item) => item.node === node);
  const doAll = async (user, node, body) => {
    const { items } = (await user.get("/api/tasks?state=all")).body;
    for (const task of items.filter((one) => one.node === node)) {
      const done = await user.post(`/api/tasks/${task.id}/complete`, body, { key: randomUUID() });
      assert.equal(done.status, 200, done.text);
    }
  };
  await later(0);

  await t.test("are nobody's but a supervisor's business", async () => {
    assert.equal((await service.anonymous().get(address)).status, 401);
    assert.equal((await who.clerk.get(address)).status, 403);
    assert.equal((await who.clerk.get("/desk/supervise/steps")).status, 403);
    assert.equal((await who.supervisor.get("/api/matters/no-such/durations")).status, 404);
    const { items, steps } = await durations();
    assert.deepEqual([items.length, steps], [0, 0]);
  });

  await t.test("tell nothing of few cases", async () => {
    for (let i = 0; i < 4; i++) await service.apply(applyBody("residence-permit-issue"));
    assert.equal(of(await durations(), "accept").waiting, undefined, "four wait: not told");
    await later(1);
    await doAll(who.clerk, "accept", { outcome: "accept" });
    const accept = of(await durations(), "accept");
    assert.deepEqual(accept, { title: accept.title, node: "accept", applicant: false, few: true });
    const page = await who.supervisor.get("/desk/supervise/steps?matter=residence-permit-issue", { headers: { "accept-language": "en" } });
    assert.match(page.text, /fewer than 5: not shown/);
    assert.doesNotMatch(page.text, /1\.0 d/);
  });

  await t.test("tell median, nine of ten and average of many", async () => {
    for (let i = 0; i < 4; i++) await service.apply(applyBody("residence-permit-issue"));
    await later(3);
    await doAll(who.clerk, "accept", { outcome: "accept" });
    const body = await durations();
    const accept = of(body, "accept"); // four took a day, four took three
    assert.equal(accept.count, 8);
    assert.ok(Math.abs(accept.median_s - 86400) < 120, String(accept.median_s));
    assert.ok(Math.abs(accept.p90_s - 3 * 86400) < 120, String(accept.p90_s));
    assert.ok(Math.abs(accept.mean_s - 2 * 86400) < 120, String(accept.mean_s));
    assert.equal(accept.late, 0);
    const examine = of(body, "examine");
    assert.deepEqual([examine.few, examine.waiting], [true, 8]);
    assert.ok(Math.abs(examine.waiting_median_s) <= 3 * 86400 + 120);
    await later(40); // far beyond the limit of 15 days
    await doAll(who.examiner, "examine", { outcome: "grant" });
    const late = of(await durations(), "examine");
    assert.deepEqual([late.count, late.late, late.few], [8, 8, false]);
    assert.equal((await durations()).items[0].node, "examine", "the longest first");
    assert.equal((await durations()).steps, 24);
  });

  await t.test("keep to the organs asked for and supervised", async () => {
    assert.equal((await durations("?organ=lanzhou")).items.length, 0);
    assert.ok(of(await durations("?organ=wenzhou"), "accept").count >= 8);
  });

  await t.test("are drawn on the procedure, and stand in a table", async () => {
    const page = await who.supervisor.get("/desk/supervise/steps?matter=residence-permit-issue", { headers: { "accept-language": "en" } });
    assert.equal(page.status, 200, page.text.slice(0, 500));
    assert.match(page.text, /bpmn-userTask heat-5/);
    assert.match(page.text, /bpmn-userTask heat-1/);
    assert.match(page.text, /class="bpmn-time"[^>]*><tspan[^>]*>(39\.9|40\.\d) d</);
    assert.match(page.text, /<th scope="row">Examine and propose<\/th><td>(39\.9|40\.\d) d</);
    assert.equal((await who.supervisor.get("/desk/supervise/steps")).status, 200);
    assert.equal((await who.supervisor.get("/desk/supervise/steps?matter=none")).status, 404);
  });
});
