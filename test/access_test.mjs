// Every route, asked by everybody: nobody, the applicant of the case, the applicant of another, and an
// account for each of some posts in each of some organs. What each may is worked out here from the
// route table's permission, the organ tree and the tasks that exist; not from the service's code.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { run, start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

const posts = ["clerk", "examiner", "head", "supervisor", "admin", "operator", "worker"];
const organs = ["wenzhou-lucheng-wuma", "wenzhou-lucheng", "wenzhou", "lanzhou-chengguan-zhangyelu", "lanzhou-chengguan", "zhejiang"];
const password = "a-long-password-of-a-test";

function table() {
  const done = run(["routes"]);
  assert.equal(done.code, 0, done.stderr);
  return done.stdout.trim().split("\n").map((line) => JSON.parse(line));
}

// The accounts are made while nothing runs.
function accountsAdd(data) {
  const file = path.join(data, "password.txt");
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  for (const organ of organs)
    for (const post of posts) {
      const done = run(["account", "add", `${organ}.${post}`, "--data", data, "--post", `${organ}/${post}`, "--password-file", file]);
      assert.equal(done.code, 0, `${organ}.${post}: ${done.stderr}`);
    }
}

// Is organ below (or the same as) above?
function below(tree, organ, above) {
  for (let at = organ, steps = 0; at && steps < 10; at = tree.get(at), steps++) if (at === above) return true;
  return false;
}

// May these posts see the case? A task of it is or was theirs, or they supervise one of its organs.
function hasPart(world, who, one) {
  return who.posts.some(({ organ, post }) =>
    one.tasks.some((task) => task.organ === organ && task.post === post) ||
    (post === "supervisor" && one.organs.some((at) => below(world.tree, at, organ))));
}

// To do a task takes its post; supervision is no work on a case.
function hasTask(who, one) {
  return who.posts.some(({ organ, post }) => one.tasks.some((task) => task.organ === organ && task.post === post));
}

// What the route table lets this caller do at the door: 0, 401, 403 or 404; and whether the case decides.
function policy(world, who, route, one) {
  const known = who.kind !== "nobody";
  const account = who.kind === "account";
  const code = who.kind === "applicant" && who.reference === one.reference;
  const any = (post) => account && who.posts.some((p) => p.post === post);
  const no = known && !(who.kind === "applicant" && !code) ? 403 : 401;
  switch (route.permission) {
    case "public": return 0;
    case "demo": return 0; // the service runs with --demo
    case "applicant": return code ? 0 : no;
    case "case": return code ? 0 : account ? (hasPart(world, who, one) ? 0 : 404) : no;
    case "signed_in": return account ? 0 : no;
    case "part":
      if (!account) return no;
      if (/\/tasks\//.test(route.path) && route.method !== "GET") return hasTask(who, one) ? 0 : 404;
      return hasPart(world, who, one) ? 0 : 404;
    case "supervise": return any("supervisor") ? 0 : no;
    case "admin": return any("admin") ? 0 : no;
    case "deploy": return any("admin") ? 0 : no;
    case "operate": return any("admin") || any("operator") ? 0 : no;
    case "work": return any("admin") || any("operator") || any("worker") ? 0 : no;
    default: throw new Error(`${route.id}: permission ${route.permission} is not known to this test`);
  }
}

function addressOf(route, one) {
  const values = { reference: one.reference, id: undefined, n: "1", step: "1", code: "NONE", name: "none.css", key: "1" };
  if (/organs/.test(route.path)) values.id = "wenzhou-lucheng";
  else if (/matters/.test(route.path)) values.id = "residence-permit-issue";
  else if (/decisions/.test(route.path)) values.id = "residence-permit-eligibility";
  else if (/documents|processes/.test(route.path)) values.id = "none";
  else if (/^\/v2\//.test(route.path)) for (const [, name] of route.path.matchAll(/\{(\w+)\}/g)) values[name] ??= "1";
  else if (/tasks/.test(route.path)) values.id = one.tasks[0].id;
  return route.path.replace(/\{(\w+)\}/g, (_, name) => {
    assert.notEqual(values[name], undefined, `${route.id}: this test gives {${name}} no value`);
    return encodeURIComponent(values[name]);
  });
}

// Something that no handler takes, so that whoever may pass changes nothing.
function bodyOf(route) {
  if (route.body === "json") return { json: { nobody_knows_this: true } };
  if (route.body === "form" || route.body === "upload") return { form: { nobody_knows_this: "1" } };
  return {};
}

test("access", { timeout: 300_000 }, async (t) => {
  const routes = table();
  const service = await start(t, { args: ["--quiet", "--trusted-proxies", "127.0.0.1"] });
  await service.stop();
  accountsAdd(service.data);
  await service.restart();

  const list = await service.get("/api/organs");
  const world = { tree: new Map(list.body.items.map((organ) => [organ.id, organ.parent])) };
  for (const organ of organs) assert.ok(world.tree.has(organ), `there is no organ ${organ}`);

  // Two cases in two provinces; the demonstration's clerk has a post everywhere and sees their tasks.
  const clerk = await service.signIn("clerk");
  const cases = [];
  for (const place of ["330302006", "620102002"]) {
    const made = await service.apply(applyBody("residence-permit-issue", { place }));
    const found = await clerk.get("/api/tasks?state=all");
    const tasks = found.body.items.filter((task) => task.reference === made.reference).map((task) => ({ id: task.id, organ: task.organ.id ?? task.organ, post: task.post.id ?? task.post }));
    assert.ok(tasks.length > 0, `the clerk sees no task of ${made.reference}`);
    cases.push({ reference: made.reference, code: made.access_code, tasks, decides: made.organ.id ?? made.organ, organs: [...new Set([made.organ.id ?? made.organ, ...tasks.map((task) => task.organ)])] });
  }

  const everybody = [{ name: "nobody", kind: "nobody", client: service.anonymous() }];
  for (const one of cases) everybody.push({ name: `applicant of ${one.reference}`, kind: "applicant", reference: one.reference, client: service.applicant(one.reference, one.code) });
  for (const organ of organs)
    for (const post of posts) {
      const client = await service.signIn(`${organ}.${post}`, password);
      assert.deepEqual(client.session.posts.map((p) => [p.organ, p.post]), [[organ, post]]);
      everybody.push({ name: `${post} of ${organ}`, kind: "account", posts: [{ organ, post }], client });
    }
  const state = async () => JSON.stringify([(await clerk.get("/api/tasks?state=all")).body.items.map((task) => [task.id, task.state]), ...(await Promise.all(cases.map(async (one) => (await everybody.find((who) => who.reference === one.reference).client.get(`/api/cases/${one.reference}/events`)).body.items.map((e) => e.kind))))]);
  const before = await state();

  let asked = 0;
  const wrong = [];
  for (const route of routes) {
    if (["sign_in", "login", "v2_token", "v2_clock", "v2_clock_reset", "sign_out", "desk_sign_in_post", "desk_sign_out", "demo_clock", "desk_demo_clock"].includes(route.id)) continue; // below
    for (const who of everybody)
      for (const one of route.path.startsWith("/v2/") ? cases.slice(0, 1) : cases) { // no case is named there
        // An access code opens the case that the path names. The browser's pages for applicants name
        // none: there the cookie does, and it is the code's own case.
        const named = route.path.includes("{reference}");
        let client = who.client;
        let target = one;
        if (who.kind === "applicant" && !named) {
          if (who.reference !== one.reference) continue;
          client = new who.client.constructor(service, { cookie: `case=${one.reference}.${one.code}` });
          target = one;
        }
        const address = addressOf(route, target);
        let want = policy(world, who, route, target);
        if (want === 0 && ["desk_task_claim", "desk_task_release", "case_leave"].includes(route.id)) continue; // needs no body: it would be done
        asked++;
        // From another address each time, as a proxy would say: wrong codes are counted by address.
        const headers = { "x-forwarded-for": `10.${asked >> 16}.${(asked >> 8) & 255}.${asked & 255}` };
        const got = await client.ask(route.method, address, { ...bodyOf(route), headers });
        const page = !/^\/(api\/|v2\/|oauth\/|healthz|readyz|metrics)/.test(route.path);
        // A form of a caller known by a cookie wants the session's token.
        if (want === 0 && client !== who.client && route.csrf && route.permission !== "public") want = 403;
        let ok;
        if (want === 0 && route.id.startsWith("v2_no_")) ok = got.status === 501; // says that it is not offered
        else if (want === 0) ok = got.status < 500 && ![401, 403].includes(got.status);
        else if (want === 401 && who.kind === "applicant" && client === who.client) ok = got.status === 401; // a wrong bearer token
        else if (page && route.method === "GET" && (want === 401 || (want === 403 && who.kind === "applicant"))) ok = got.status === 303; // to where an officer signs in
        // Whether a case or task exists is told to nobody who has no part in it. A body that no handler
        // takes may be refused first, for everybody alike.
        else if (want === 404) ok = [403, 404].includes(got.status) || (route.method !== "GET" && [303, 400, 422].includes(got.status));
        else ok = got.status === want;
        if (!ok) wrong.push(`${route.id}: ${who.name}, case ${target.reference}: wanted ${want === 0 ? "passage" : want}, got ${got.status} ${page ? "" : got.text.slice(0, 200)}`);
        if (want !== 0 && got.text.includes("样例")) wrong.push(`${route.id}: ${who.name} was refused and still told something`);
      }
  }
  assert.deepEqual(wrong, []);
  assert.ok(asked > 1000, `only ${asked} requests`);
  assert.equal(await state(), before, "somebody changed something");
  t.diagnostic(`${asked} requests`);

  await t.test("a task is claimed by its post alone, and released by who has it", async () => {
    for (const one of cases) {
      const task = one.tasks[0];
      const mine = everybody.filter((who) => who.kind === "account" && who.posts.some((p) => p.organ === task.organ && p.post === task.post));
      assert.ok(mine.length === 1, "the test has one account with the task's post");
      for (const who of everybody.filter((who) => !mine.includes(who)))
        for (const verb of ["claim", "release"]) {
          const got = await who.client.post(`/api/tasks/${task.id}/${verb}`, {});
          assert.ok([401, 403, 404, 429].includes(got.status), `${verb} by ${who.name}: ${got.status} ${got.text}`);
        }
      for (const who of everybody.filter((who) => !mine.includes(who))) {
        const got = await who.client.post(`/api/tasks/${task.id}/complete`, { outcome: "accept", variables: {} });
        assert.ok([401, 403, 404, 429].includes(got.status), `complete by ${who.name}: ${got.status} ${got.text}`);
      }
      for (const who of everybody.filter((who) => who.kind === "account" && !hasPart(world, who, one))) {
        const got = await who.client.ask("POST", `/desk/cases/${one.reference}/note`, { form: { text: "a note" } });
        assert.ok([403, 404].includes(got.status), `note by ${who.name}: ${got.status}`);
      }
      assert.equal((await mine[0].client.post(`/api/tasks/${task.id}/claim`, {})).status, 200);
      const other = await clerk.post(`/api/tasks/${task.id}/claim`, {});
      assert.equal(other.status, 409, other.text);
      assert.equal((await mine[0].client.post(`/api/tasks/${task.id}/release`, {})).status, 200);
    }
  });

  await t.test("what was just stored is shown, however often it was asked before", async () => {
    const task = cases[0].tasks[0];
    const address = `/api/tasks?state=all&case=${cases[0].reference}`;
    const seen = async () => (await clerk.get(address)).body.items.find((one) => one.id === task.id).state;
    for (let i = 0; i < 10; i++) {
      assert.equal(await seen(), "open");
      assert.equal((await clerk.post(`/api/tasks/${task.id}/claim`, {})).status, 200);
      assert.equal(await seen(), "claimed");
      assert.equal((await clerk.post(`/api/tasks/${task.id}/release`, {})).status, 200);
    }
  });

  await t.test("supervision reaches down the organ's own line only", async () => {
    for (const who of everybody.filter((who) => who.kind === "account" && who.posts[0].post === "supervisor")) {
      const got = await who.client.get("/api/clocks");
      assert.equal(got.status, 200, got.text);
      const seen = new Set(got.body.items.map((clock) => clock.reference));
      for (const one of cases)
        assert.equal(seen.has(one.reference), below(world.tree, one.decides, who.posts[0].organ), `${who.name} and ${one.reference}`); // a clock is the deciding organ's
    }
  });

  await t.test("an officer's look is told to the applicant, a refused one is not made", async () => {
    const one = cases[0];
    const applicant = service.applicant(one.reference, one.code);
    const officer = everybody.find((who) => who.kind === "account" && who.posts[0].post === one.tasks[0].post && who.posts[0].organ === one.tasks[0].organ);
    const got = await officer.client.get(`/api/cases/${one.reference}`);
    assert.equal(got.status, 200, got.text);
    const looks = await applicant.get(`/api/cases/${one.reference}/accesses`);
    assert.ok(JSON.stringify(looks.body.items).includes(officer.posts[0].organ), looks.text);
    assert.ok(!JSON.stringify(looks.body.items).includes("lanzhou"), looks.text);
  });

  await t.test("sessions: signing out ends one, cookies want the token, another site is refused", async () => {
    const json = { user: "wenzhou-lucheng.head", password };
    const first = await service.anonymous().post("/api/session", json);
    const second = await service.anonymous().post("/api/session", json);
    assert.notEqual(first.body.token, second.body.token);
    const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });
    for (let i = 0; i < 3; i++) assert.equal((await service.get("/api/session", bearer(first.body.token))).status, 200);
    assert.equal((await service.ask("DELETE", "/api/session", bearer(first.body.token))).status, 204);
    assert.equal((await service.get("/api/session", bearer(first.body.token))).status, 401);
    assert.equal((await service.get("/api/session", bearer(second.body.token))).status, 200);
    const cookie = { headers: { cookie: `session=${second.body.token}` } };
    assert.equal((await service.get("/api/session", cookie)).status, 200);
    assert.equal((await service.ask("DELETE", "/api/session", cookie)).status, 403);
    assert.equal((await service.ask("DELETE", "/api/session", { headers: { ...cookie.headers, "x-csrf-token": "x".repeat(43) } })).status, 403);
    assert.equal((await service.ask("DELETE", "/api/session", { headers: { ...cookie.headers, "sec-fetch-site": "cross-site" } })).status, 403);
    assert.equal((await service.get("/api/session", cookie)).status, 200);
    const set = first.headers.get("set-cookie");
    assert.match(set, /^session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  await t.test("a case of another is not opened by a code, whatever the path says", async () => {
    const [one, other] = cases;
    for (const part of ["", "/events", "/letters", "/letters/1", "/accesses", "/diagram"]) {
      const got = await service.applicant(other.reference, one.code).get(`/api/cases/${other.reference}${part}`);
      assert.equal(got.status, 401, got.text);
    }
    const crossed = await service.get("/case", { headers: { cookie: `case=${other.reference}.${one.code}` } });
    assert.equal(crossed.status, 303);
  });

  await t.test("without --demo there is no demonstration", async () => {
    assert.equal((await service.post("/api/demo/clock", { now: "2020-01-01T00:00:00Z" })).status >= 400, true); // it never goes back
    const done = run(["serve", "--demo", "--listen", "0.0.0.0:0", "--data", path.join(service.data, "other")]);
    assert.equal(done.code, 2);
    assert.match(done.stderr, /loopback/);
  });
});
