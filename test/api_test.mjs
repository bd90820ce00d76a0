// A case from application to remedy by the API alone, as another program would do it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { demoPassword, run, start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

test("the API", { timeout: 180_000 }, async (t) => {
  const service = await start(t);
  const officer = {};
  for (const user of ["clerk", "examiner", "head", "reviewer", "supervisor", "admin"]) officer[user] = await service.signIn(user);

  const taskOf = async (who, reference, node) => {
    const got = await who.get("/api/tasks?state=all");
    assert.equal(got.status, 200, got.text);
    const task = got.body.items.find((one) => one.reference === reference && (!node || one.node === node));
    assert.ok(task, `no task ${node ?? ""} of ${reference}: ${got.text.slice(0, 500)}`);
    return task;
  };
  const complete = async (who, reference, node, body) => {
    const task = await taskOf(who, reference, node);
    const got = await who.post(`/api/tasks/${task.id}/complete`, body, { key: randomUUID() });
    assert.equal(got.status, 200, `${node}: ${got.text}`);
    return task;
  };

  const made = await service.apply(applyBody("residence-permit-issue"));
  const one = `/api/cases/${made.reference}`;
  const applicant = service.applicant(made.reference, made.access_code);

  await t.test("a refusal: four eyes, reasons, letter", async () => {
    await complete(officer.clerk, made.reference, "accept", { outcome: "accept", variables: {} });
    const task = await taskOf(officer.examiner, made.reference, "examine");
    const bare = await officer.examiner.post(`/api/tasks/${task.id}/complete`, { outcome: "refuse", variables: {} });
    assert.equal(bare.status, 422, bare.text);
    assert.match(bare.headers.get("content-type"), /^application\/problem\+json/);
    const unknown = await officer.examiner.post(`/api/tasks/${task.id}/complete`, { outcome: "no-such", variables: {} });
    assert.equal(unknown.status, 422, unknown.text);
    await complete(officer.examiner, made.reference, "examine", { outcome: "refuse", variables: { reasons: "居住不满半年。" } });
    await complete(officer.head, made.reference, "sign", { outcome: "sign" });
    const done = await applicant.get(one);
    assert.equal(done.body.status, "refused", done.text);
    assert.equal(done.body.adverse, true);
    const again = await officer.head.post(`/api/tasks/${task.id}/complete`, { outcome: "grant", variables: {} });
    assert.ok([403, 404, 409].includes(again.status), again.text);
  });

  // The window's clerk and the office's examiner are one person here: whoever accepts an application
  // does not examine it, and whoever examines it does not sign, whatever posts they hold.
  await t.test("one person in two posts cannot do both of two steps that are kept apart", async () => {
    const clerk = await service.signIn("clerk");
    const other = await service.apply(applyBody("residence-permit-issue"));
    const accepting = (await taskOf(clerk, other.reference, "accept")).organ.id;
    const folder = mkdtempSync(path.join(tmpdir(), "mandate-both-"));
    const file = path.join(folder, "password");
    writeFileSync(file, `${demoPassword}\n`);
    await service.stop();
    const added = run(["account", "add", "both", "--data", service.data, "--password-file", file, "--post", `${accepting}/clerk`,
      "--post", "wenzhou-lucheng/examiner", "--post", "wenzhou-lucheng/head"]);
    rmSync(folder, { recursive: true });
    assert.equal(added.code, 0, added.stderr);
    await service.restart();
    const both = await service.signIn("both");
    for (const user of Object.keys(officer)) officer[user] = await service.signIn(user);
    const refusedTo = async (who, node, body) => {
      const task = await taskOf(who, other.reference, node);
      for (const verb of ["claim", "complete"]) {
        const got = await who.post(`/api/tasks/${task.id}/${verb}`, verb === "claim" ? {} : body, { key: randomUUID() });
        assert.ok([403, 404, 409].includes(got.status), `${node} ${verb}: ${got.text}`);
      }
      const page = await who.get(`/desk/tasks/${task.id}`, { headers: { "accept-language": "en" } });
      assert.doesNotMatch(page.text, /name="outcome"/, "the page offers no outcome");
    };
    await complete(both, other.reference, "accept", { outcome: "accept" });
    await refusedTo(both, "examine", { outcome: "grant" });
    await complete(officer.examiner, other.reference, "examine", { outcome: "grant" });
    await complete(both, other.reference, "sign", { outcome: "sign" }).then(
      () => assert.fail("who accepted signed"), (error) => assert.match(error.message, /sign/));
    await complete(officer.head, other.reference, "sign", { outcome: "sign" });
    const own = await service.apply(applyBody("residence-permit-issue"));
    await complete(officer.clerk, own.reference, "accept", { outcome: "accept" });
    await complete(both, own.reference, "examine", { outcome: "grant" });
    await assert.rejects(complete(both, own.reference, "sign", { outcome: "sign" }), /sign/);
    await complete(officer.head, own.reference, "sign", { outcome: "sign" });
  });

  await t.test("its letters as data, page and PDF", async () => {
    const letters = await applicant.get(`${one}/letters`);
    const refusal = letters.body.items.find((letter) => letter.adverse);
    assert.ok(refusal, letters.text);
    const data = await applicant.get(`${one}/letters/${refusal.n}`);
    assert.ok(data.body.html.zh.includes("居住不满半年"), data.text);
    const page = await applicant.get(`${one}/letters/${refusal.n}.html`, { headers: { "accept-language": "en" } });
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.match(page.headers.get("content-security-policy"), /sandbox/);
    assert.match(page.text, /<html lang="en">/);
    const pdf = await applicant.get(`${one}/letters/${refusal.n}.pdf`);
    assert.equal(pdf.headers.get("content-type"), "application/pdf");
    assert.equal(pdf.bytes.subarray(0, 5).toString(), "%PDF-");
    assert.equal((await applicant.get(`${one}/letters/99`)).status, 404);
    assert.equal((await applicant.get(`${one}/letters/x.pdf`)).status, 404);
    const many = await Promise.all(Array.from({ length: 30 }, () => applicant.get(`${one}/letters/${refusal.n}.pdf?n=${randomUUID()}`)));
    for (const got of many) assert.ok([200, 503].includes(got.status), got.text.slice(0, 200));
  });

  await t.test("what happened, who looked, and the diagram", async () => {
    const events = await applicant.get(`${one}/events`);
    const numbers = events.body.items.map((e) => e.seq);
    assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
    assert.ok(events.body.items.some((e) => e.kind === "letter_issued"));
    assert.equal((await officer.examiner.get(one)).status, 200);
    const looks = await applicant.get(`${one}/accesses`);
    assert.ok(looks.body.items.some((look) => JSON.stringify(look).includes("examiner")), looks.text);
    for (const file of ["diagram", "diagram.svg"]) {
      const svg = await applicant.get(`${one}/${file}`);
      assert.equal(svg.headers.get("content-type"), "image/svg+xml");
      assert.match(svg.text, /^<svg[\s>][\s\S]*<\/svg>\s*$/);
      assert.ok(!/<script|onload/.test(svg.text));
    }
    const bpmn = await officer.examiner.get(`${one}/diagram.bpmn`, { headers: { "accept-language": "en" } });
    assert.match(bpmn.text, /<bpmn:participant [^>]*name="Application and decision"/, "the pool has its process's name in the language");
    assert.equal(bpmn.headers.get("content-type"), "application/xml");
    assert.match(bpmn.text, /<bpmn:userTask id="examine" name="Examine and propose">/);
    const marks = (await officer.examiner.get(`${one}/marks`)).body.items;
    assert.equal(marks.find((mark) => mark.element === "refused").state, "done");
    assert.ok(!marks.some((mark) => mark.element === "granted"), "what was not reached is not listed");
    const keys = async () => [...(await officer.examiner.get(`/desk/cases/${made.reference}`)).text.matchAll(/name="key" value="(\w+)"/g)].map(([, key]) => key);
    const [first, second] = [await keys(), await keys()]; // within a second: two tabs
    assert.ok(first.length > 0 && first.every((key) => !second.includes(key)), "each tab has keys of its own");
    const home = await service.get("/");
    assert.match(home.text, /110/, "the pack's number to call");
  });

  await t.test("the remedy goes to the organ that the letter names", async () => {
    const refusal = (await applicant.get(`${one}/letters`)).body.items.find((letter) => letter.adverse);
    const body = {
      matter: "administrative-reconsideration",
      place: "330302006",
      applicant: { kind: "person", ...applyBody("residence-permit-issue").applicant },
      form: { known_on: (await applicant.get(one)).body.submitted.slice(0, 10), request: "revoke", reasons: "示范性复议理由，与任何真实案件无关。", hearing: "no" },
      parent: { reference: made.reference, code: made.access_code, letter: refusal.n },
    };
    const review = await service.post("/api/cases", body, { key: randomUUID() });
    assert.equal(review.status, 201, review.text);
    const stolen = await service.post("/api/cases", { ...body, parent: { ...body.parent, code: "AAAA-BBBB-CCCC" } }, { key: randomUUID() });
    assert.ok([401, 403, 404, 422].includes(stolen.status), stolen.text);
    const task = await taskOf(officer.reviewer, review.body.reference, "accept");
    assert.match(JSON.stringify(task.organ), /gov-wenzhou-lucheng/);
  });

  await t.test("a clock that is passed shows at the superior organ, by itself", async () => {
    const late = await service.apply(applyBody("seal-engraving-filing"));
    const before = await officer.supervisor.get("/api/clocks?state=breached");
    assert.ok(!before.body.items.some((clock) => clock.reference === late.reference));
    await service.clockTo(new Date(Date.now() + 60 * 86400e3).toISOString());
    const after = await officer.supervisor.get("/api/clocks?state=breached");
    const mine = after.body.items.find((clock) => clock.reference === late.reference);
    assert.ok(mine, after.text.slice(0, 1000));
    const seen = await service.applicant(late.reference, late.access_code).get(`/api/cases/${late.reference}`);
    assert.ok(seen.body.clocks.some((clock) => clock.state === "breached" || clock.breached), seen.text);
    const back = await service.post("/api/demo/clock", { now: "2020-01-01T00:00:00Z" });
    assert.ok(back.status >= 400 && back.status < 500, back.text);
    assert.equal((await service.post("/api/demo/clock", { now: "yesterday" })).status >= 400, true);
  });

  await t.test("lists are filtered and come in pages", async () => {
    for (const level of ["ministry", "county", "station"]) {
      const got = await service.get(`/api/organs?level=${level}`);
      assert.ok(got.body.items.length > 0 && got.body.items.every((organ) => organ.level === level), level);
    }
    const children = await service.get("/api/organs?parent=wenzhou");
    assert.ok(children.body.items.every((organ) => organ.parent === "wenzhou"));
    assert.ok((await service.get(`/api/matters?q=${encodeURIComponent("居住")}`)).body.items.some((m) => m.id === "residence-permit-issue"));
    assert.equal((await service.get(`/api/matters?q=${encodeURIComponent("没有的事项名称")}`)).body.items.length, 0);
    assert.equal((await service.get("/api/matters/none")).status, 404);
    for (let i = 0; i < 430; i++) await service.apply(applyBody("residence-permit-issue"));
    const seen = new Set();
    let address = "/api/tasks?state=all";
    for (let pages = 0; address && pages < 50; pages++) {
      const page = await officer.clerk.get(address);
      assert.equal(page.status, 200, page.text);
      for (const task of page.body.items) {
        assert.ok(!seen.has(task.id), `${task.id} stands on two pages`);
        seen.add(task.id);
      }
      address = page.body.next && `/api/tasks?state=all&cursor=${encodeURIComponent(page.body.next)}`;
    }
    assert.ok(seen.size >= 430, `${seen.size} tasks`);
    for (const wrong of ["x", "1-2", "0-0-0", "-1-1-1", "1-2-3-4", "99999999999999999999-1-1"])
      assert.equal((await officer.clerk.get(`/api/tasks?cursor=${wrong}`)).status, 422, wrong);
    const shown = new Set();
    let page = "/desk?state=all";
    let pages = 0;
    for (; page && pages < 50; pages++) {
      const { text } = await officer.clerk.get(page);
      for (const [, id] of text.matchAll(/href="\/desk\/tasks\/([\d.]+)"/g)) {
        assert.ok(!shown.has(id), `${id} stands on two pages`);
        shown.add(id);
      }
      page = /<a href="([^"]+)" rel="next"/.exec(text)?.[1].replaceAll("&amp;", "&");
      assert.equal(text.includes('href="/desk?state=all&amp;"'), pages > 0, "back to the first page");
    }
    assert.ok(pages >= 5);
    assert.deepEqual([...shown].sort(), [...seen].sort(), "the pages show what the API lists");
  });
});
