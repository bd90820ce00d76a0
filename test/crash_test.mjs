// kill -9 at any moment under load: after each restart everything that was acknowledged is there,
// once; the audit log and every case are proved from their bytes; derived rows equal a rebuild.
//
// MANDATE_CRASHES=n sets how often (200); MANDATE_SEED=n repeats the moments of a run.

import assert from "node:assert/strict";
import { test } from "node:test";
import { run, start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

const crashes = Number(process.env.MANDATE_CRASHES ?? 200);
const seed = Number(process.env.MANDATE_SEED ?? Date.now() % 2 ** 31);
const VERIFY_EVERY = 25; // crashes; and after the last one
const WORKERS = 12;
const LIFE_MS = [5, 160]; // under load, before the kill

// xorshift32: the moments come from one printed number
let state = seed || 1;
function random(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What the clients know: only an answer that came back whole counts as acknowledged.
const known = {
  orders: new Map(), // key -> {kind, address, body, answer: undefined until acknowledged}
  cases: new Map(), // reference -> access code
  accepted: new Set(), // references whose papers were accepted
};
let nextKey = 0;

function orderNew(kind, address, body, about) {
  const key = `order-${seed}-${nextKey++}`;
  const order = { key, kind, address, body, about, answer: undefined };
  known.orders.set(key, order);
  return order;
}

// Sends an order, again and again if need be: the same key must always give the same answer.
async function send(client, order) {
  const answer = await client.post(order.address, order.body, { key: order.key });
  if (answer.status === 503) return false; // asked to come back later
  assert.ok(answer.status === 200 || answer.status === 201, `${order.address}: ${answer.status} ${answer.text}`);
  if (order.answer !== undefined) assert.deepEqual(answer.body, order.answer, "a repeated key gets the first answer");
  order.answer = answer.body;
  if (order.kind === "apply") {
    const { reference, access_code: code } = answer.body;
    assert.ok(!known.cases.has(reference) || known.cases.get(reference) === code, `${reference} was given twice`);
    known.cases.set(reference, code);
  } else known.accepted.add(order.about);
  return true;
}

async function work(service, clerk, life) {
  const waiting = [];
  while (life.on) {
    try {
      if (random(4) > 0) {
        await send(service.anonymous(), orderNew("apply", "/api/cases", applyBody("residence-permit-issue")));
        continue;
      }
      if (waiting.length === 0) {
        const tasks = await clerk.get("/api/tasks?post=clerk");
        for (const task of tasks.body?.items ?? []) if (known.cases.has(task.reference)) waiting.push(task);
        continue;
      }
      const task = waiting.splice(random(waiting.length), 1)[0];
      const claimed = [...known.orders.values()].some((o) => o.address.includes(`/${task.id}/`));
      if (!claimed) await send(clerk, orderNew("accept", `/api/tasks/${task.id}/complete`, { outcome: "accept" }, task.reference));
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      await sleep(2); // the service is gone: the order stays without an answer
    }
  }
}

// After a restart: what was not answered is sent again, and a sample of what was is looked at.
async function settle(service, clerk) {
  for (const order of known.orders.values())
    if (order.answer === undefined) while (!(await send(order.kind === "apply" ? service.anonymous() : clerk, order))) await sleep(20);
  const references = [...known.cases.keys()];
  for (let i = 0; i < 5 && references.length > 0; i++) {
    const reference = references[random(references.length)];
    const answer = await service.applicant(reference, known.cases.get(reference)).get(`/api/cases/${reference}`);
    assert.equal(answer.status, 200, `${reference} was acknowledged and is gone`);
    assert.equal(answer.body.status, known.accepted.has(reference) ? "accepted" : "submitted", reference);
  }
  const orders = [...known.orders.values()];
  for (let i = 0; i < 3 && orders.length > 0; i++) {
    const order = orders[random(orders.length)];
    await send(order.kind === "apply" ? service.anonymous() : clerk, order);
  }
}

function verify(service) {
  const done = run(["verify", "--data", service.data], { timeout: 600_000 });
  assert.equal(done.code, 0, `verify: ${done.stdout}${done.stderr}`);
  return { root: /root ([0-9a-f]{64})/.exec(done.stdout)[1], cases: Number(/(\d+) cases/.exec(done.stdout)[1]) };
}

test(`${crashes} crashes under load, seed ${seed}`, { timeout: 3_600_000 }, async (t) => {
  const service = await start(t);
  const clerk = await service.signIn("clerk"); // its session must outlive every crash too
  for (let crash = 1; crash <= crashes; crash++) {
    const life = { on: true };
    const workers = Array.from({ length: WORKERS }, () => work(service, clerk, life));
    await sleep(LIFE_MS[0] + random(LIFE_MS[1] - LIFE_MS[0]));
    await service.kill("SIGKILL");
    life.on = false;
    await Promise.all(workers);
    if (crash % VERIFY_EVERY === 0) verify(service);
    await service.restart();
    await settle(service, clerk);
  }
  assert.deepEqual((await service.stop()).code, 0, service.log.slice(-2000));
  const before = verify(service);
  const applied = [...known.orders.values()].filter((order) => order.kind === "apply");
  assert.equal(before.cases, applied.length, "each order that was sent is one case");
  assert.equal(known.cases.size, applied.length, "and has a reference of its own");
  const rebuilt = run(["rebuild", "--data", service.data], { timeout: 600_000 });
  assert.equal(rebuilt.code, 0, rebuilt.stderr);
  assert.deepEqual(verify(service), before);
  t.diagnostic(`${crashes} crashes, ${applied.length} cases, ${known.accepted.size} accepted, all there`);
});
