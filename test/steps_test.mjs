// How long the steps of a matter take: numbers of many cases, none of few, for those who supervise.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { root, run, start } from "./harness.mjs";
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
    assert.deepEqual(accept, { title: accept.title, node: "accept", kind: "task", applicant: false, few: true });
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

  await t.test("are told of whole months, and of one version", async () => {
    assert.equal(of(await durations("?from=2027-03&to=2027-03"), "accept").count, 8);
    assert.equal(of(await durations("?to=2027-02"), "accept"), undefined, "none ended before March");
    assert.equal(of(await durations("?from=2027-04"), "accept"), undefined);
    assert.equal(of(await durations("?from=2027-04"), "examine").count, 8);
    for (const wrong of ["2027", "2027-13", "2027-3-1", "soon"])
      assert.equal((await who.supervisor.get(`${address}?from=${wrong}`)).status, 422, wrong);
    const { versions } = await durations();
    assert.equal(versions.length, 1);
    assert.equal(of(await durations(`?version=${versions[0].id}`), "accept").count, 8);
    assert.equal((await who.supervisor.get(`${address}?version=99`)).status, 404);
    assert.equal((await who.supervisor.get(`${address}?version=one`)).status, 404);
  });

  await t.test("tell of the longest roughly, and of what was interrupted by its number alone", async () => {
    for (let i = 0; i < 5; i++) await service.apply(applyBody("residence-permit-issue"));
    await later(30); // deemed accepted: the task was not done in time
    const accept = of(await durations(), "accept");
    assert.deepEqual([accept.count, accept.stopped], [8, 5]);
    assert.equal(accept.longest_s % 3600, 0);
    assert.ok(Math.abs(accept.longest_s - 3 * 86400) <= 3600, String(accept.longest_s));
  });

  await t.test("are drawn on the procedure, and stand in a table", async () => {
    const page = await who.supervisor.get("/desk/supervise/steps?matter=residence-permit-issue", { headers: { "accept-language": "en" } });
    assert.equal(page.status, 200, page.text.slice(0, 500));
    assert.match(page.text, /bpmn-userTask heat-5/);
    assert.match(page.text, /bpmn-userTask heat-1/);
    assert.match(page.text, /class="bpmn-time"[^>]*><tspan[^>]*>(39\.9|40\.\d) d \(5\)</, "the number stands beside the colour");
    assert.match(page.text, /<th scope="row">Examine and propose <span[^>]*>task<\/span><\/th><td>(39\.9|40\.\d) d</);
    assert.equal((await who.supervisor.get("/desk/supervise/steps")).status, 200);
    assert.equal((await who.supervisor.get("/desk/supervise/steps?matter=none")).status, 404);
  });
});

// The base pack with a procedure that waits for more than people: a timer, then a worker's job in a
// sub-process. Its diagram is left out, so the pages lay it out.
function otherPack(t) {
  const folder = mkdtempSync(path.join(tmpdir(), "mandate-steps-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(path.join(root, "packs"), folder, { recursive: true });
  const file = path.join(folder, "base/processes/application-decision.bpmn");
  const name = (zh, en) => `name="${zh}"><bpmn:extensionElements><mandate:name lang="en">${en}</mandate:name>`;
  const text = readFileSync(file, "utf8")
    .replace(/<bpmndi:BPMNDiagram[^]*<\/bpmndi:BPMNDiagram>/, "")
    .replace(/<bpmn:(incoming|outgoing)>accepted-to-rule<\/bpmn:\1>/g, "")
    .replace(/<bpmn:sequenceFlow id="accepted-to-rule"[^>]*\/>/, `
    <bpmn:intermediateCatchEvent id="cool" ${name("冷静期", "Cooling-off")}</bpmn:extensionElements>
      <bpmn:timerEventDefinition id="cool-timer"><bpmn:timeDuration>P2D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:subProcess id="prepare" ${name("准备", "Prepare")}</bpmn:extensionElements>
      <bpmn:startEvent id="prepare-start" ${name("开始", "Begin")}</bpmn:extensionElements></bpmn:startEvent>
      <bpmn:serviceTask id="print" ${name("打印", "Print")}
        <zeebe:taskDefinition xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" type="print"/></bpmn:extensionElements></bpmn:serviceTask>
      <bpmn:endEvent id="prepare-end" ${name("结束", "End")}</bpmn:extensionElements></bpmn:endEvent>
      <bpmn:sequenceFlow id="prepare-1" sourceRef="prepare-start" targetRef="print"/>
      <bpmn:sequenceFlow id="prepare-2" sourceRef="print" targetRef="prepare-end"/>
    </bpmn:subProcess>
    <bpmn:sequenceFlow id="accepted-to-cool" sourceRef="accepted" targetRef="cool"/>
    <bpmn:sequenceFlow id="cool-to-prepare" sourceRef="cool" targetRef="prepare"/>
    <bpmn:sequenceFlow id="prepare-to-rule" sourceRef="prepare" targetRef="rule"/>`);
  assert.match(text, /accepted-to-cool/);
  writeFileSync(file, text);
  return path.join(folder, "public-security");
}

test("time at what is no task", { timeout: 120_000 }, async (t) => {
  const service = await start(t, { packs: [otherPack(t)] });
  let now = Date.parse("2027-03-01T01:00:00Z");
  const who = {};
  const later = async (days) => {
    now += days * DAY_MS;
    await service.clockTo(new Date(now).toISOString());
    for (const user of ["clerk", "supervisor", "worker"]) who[user] = await service.signIn(user);
  };
  const durations = async () => (await who.supervisor.get("/api/matters/residence-permit-issue/durations")).body;
  const of = async (node) => (await durations()).items.find((item) => item.node === node);
  const near = (seconds, days) => assert.ok(Math.abs(seconds - days * 86400) < 300, String(seconds));
  await later(0);
  for (let i = 0; i < 6; i++) await service.apply(applyBody("residence-permit-issue"));
  for (const task of (await who.clerk.get("/api/tasks?state=all")).body.items)
    assert.equal((await who.clerk.post(`/api/tasks/${task.id}/complete`, { outcome: "accept" }, { key: randomUUID() })).status, 200);

  await t.test("a timer that runs", async () => {
    await later(1);
    const cool = await of("cool");
    assert.deepEqual([cool.kind, cool.waiting, cool.few], ["timer", 6, true]);
    near(cool.waiting_median_s, 1);
    assert.equal(await of("rule"), undefined, "what is passed through at once has no time");
  });
  await t.test("a job in a sub-process", async () => {
    await later(4);
    near((await of("cool")).median_s, 5); // the clock went on by whole days: the tick fired it late
    assert.deepEqual([(await of("print")).kind, (await of("print")).waiting], ["job", 6]);
    assert.deepEqual([(await of("prepare")).kind, (await of("prepare")).waiting], ["sub_process", 6]);
    const { body } = await who.worker.post("/v2/jobs/activation", { type: "print", maxJobsToActivate: 10, timeout: 60_000, worker: "test" });
    assert.equal(body.jobs.length, 6);
    for (const job of body.jobs) assert.equal((await who.worker.post(`/v2/jobs/${job.jobKey}/completion`, {})).status, 204);
    const { items } = await durations();
    assert.deepEqual(items.filter((i) => i.count === 6).map((i) => i.node).sort(), ["accept", "cool", "prepare", "print"]);
  });
  await t.test("by organ: that of the case", async () => {
    const ask = async (organ) => (await who.supervisor.get(`/api/matters/residence-permit-issue/durations?organ=${organ}`)).body.items.length;
    assert.deepEqual([await ask("lanzhou"), (await ask("wenzhou")) > 3], [0, true]);
  });
  await t.test("follows from the events alone", async () => {
    const before = (await durations()).items;
    await service.stop();
    const verify = () => run(["verify", "--data", service.data]);
    assert.equal(verify().code, 0, verify().stdout + verify().stderr);
    assert.equal(run(["rebuild", "--data", service.data]).code, 0);
    assert.equal(verify().code, 0);
    await service.up();
    await later(0.01);
    const known = ({ node, count, median_s, p90_s, longest_s }) => [node, count, median_s, p90_s, longest_s];
    assert.deepEqual((await durations()).items.map(known), before.map(known));
  });
});

test("time in process instances outside matters", { timeout: 120_000 }, async (t) => {
  const service = await start(t);
  let now = Date.parse("2027-03-01T01:00:00Z");
  const who = {};
  const later = async (hours) => {
    now += hours * 3600e3;
    await service.clockTo(new Date(now).toISOString());
    for (const user of ["admin", "supervisor", "operator"]) who[user] = await service.signIn(user);
  };
  await later(0);
  const page = async (query = "") => who.operator.get(`/desk/processes${query}`, { headers: { "accept-language": "en" } });
  assert.match((await page()).text, /No process has been deployed yet/);
  const deploy = async (hours) => {
    const form = new FormData();
    form.append("resources", new Blob([`<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:waits">
      <bpmn:message id="m" name="paid"><bpmn:extensionElements><zeebe:subscription correlationKey="=order"/></bpmn:extensionElements></bpmn:message>
      <bpmn:process id="waits" name="Waits" isExecutable="true"><bpmn:startEvent id="s"/>
      <bpmn:intermediateCatchEvent id="timer" name="Rest"><bpmn:timerEventDefinition id="td"><bpmn:timeDuration>PT${hours}H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
      <bpmn:userTask id="many" name="Ask all"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements>
        <bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="x"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>
      <bpmn:intermediateCatchEvent id="message" name="Paid"><bpmn:messageEventDefinition id="md" messageRef="m"/></bpmn:intermediateCatchEvent>
      <bpmn:callActivity id="call" name="File it"><bpmn:extensionElements><zeebe:calledElement processId="file"/></bpmn:extensionElements></bpmn:callActivity><bpmn:endEvent id="e"/>
      <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="timer"/><bpmn:sequenceFlow id="f2" sourceRef="timer" targetRef="many"/>
      <bpmn:sequenceFlow id="f3" sourceRef="many" targetRef="message"/><bpmn:sequenceFlow id="f4" sourceRef="message" targetRef="call"/><bpmn:sequenceFlow id="f5" sourceRef="call" targetRef="e"/></bpmn:process>
      <bpmn:process id="file" isExecutable="true"><bpmn:startEvent id="fs"/><bpmn:intermediateCatchEvent id="ft"><bpmn:timerEventDefinition id="ftd"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent><bpmn:endEvent id="fe"/>
      <bpmn:sequenceFlow id="g1" sourceRef="fs" targetRef="ft"/><bpmn:sequenceFlow id="g2" sourceRef="ft" targetRef="fe"/></bpmn:process></bpmn:definitions>`]), "waits.bpmn");
    const done = await who.admin.ask("POST", "/v2/deployments", { body: form });
    assert.equal(done.status, 200, done.text);
  };
  const durations = async (query = "") => {
    const answer = await who.operator.get(`/api/processes/waits/durations${query}`);
    return Object.fromEntries(answer.body.items.map((item) => [item.node, item]));
  };
  const startAll = async (count) => {
    for (let i = 0; i < count; i++)
      assert.equal((await who.operator.post("/v2/process-instances", { processDefinitionId: "waits", variables: { order: randomUUID() } })).status, 200);
  };
  await deploy(2);
  await startAll(6);
  await later(3);

  await t.test("for those who operate them", async () => {
    assert.equal((await who.supervisor.get("/api/processes/waits/durations")).status, 403);
    assert.equal((await who.supervisor.get("/desk/processes")).status, 403);
    assert.equal((await service.anonymous().get("/api/processes/waits/durations")).status, 401);
    assert.equal((await who.operator.get("/api/processes/none/durations")).status, 404);
  });
  await t.test("each element that waits, an element that runs several times as one", async () => {
    const { timer, many, s } = await durations();
    assert.deepEqual([timer.kind, timer.count], ["timer", 6]);
    assert.ok(Math.abs(timer.median_s - 3 * 3600) < 60, String(timer.median_s));
    assert.deepEqual([many.kind, many.waiting], ["task", 6], "twelve tasks at six elements");
    assert.equal(s, undefined);
    await later(5);
    const { items } = (await who.operator.post("/v2/user-tasks/search", { page: { limit: 100 } })).body;
    assert.equal(items.length, 12);
    for (const task of items) assert.equal((await who.operator.post(`/v2/user-tasks/${task.userTaskKey}/completion`, {})).status, 204);
    const after = await durations();
    assert.equal(after.many.count, 6);
    assert.ok(Math.abs(after.many.median_s - 5 * 3600) < 60, String(after.many.median_s));
    assert.deepEqual([after.message.kind, after.message.waiting], ["message", 6]);
    const waiting = (await who.operator.post("/v2/process-instances/search", { filter: { processDefinitionId: "waits" } })).body.items;
    const found = (await who.operator.post("/v2/message-subscriptions/search", { filter: { processDefinitionId: "waits" } })).body.items;
    assert.deepEqual([waiting.length, found.length], [6, 6]);
    for (const one of found)
      assert.equal((await who.operator.post("/v2/messages/correlation", { name: "paid", correlationKey: one.correlationKey })).status, 200);
    assert.deepEqual([(await durations()).call.kind, (await durations()).call.waiting], ["call", 6]);
    await later(2);
    assert.equal((await durations()).call.count, 6);
  });
  await t.test("by version", async () => {
    await deploy(4);
    await startAll(5);
    await later(5);
    const versions = (await who.operator.get("/api/processes/waits/durations")).body.versions;
    assert.deepEqual(versions.map((one) => [one.id, one.label]), [[2, "2"], [1, "1"]]);
    assert.equal((await durations()).timer.count, 11);
    assert.equal((await durations("?version=1")).timer.count, 6);
    assert.equal((await durations("?version=2")).timer.count, 5);
    assert.equal((await durations("?version=2")).call, undefined);
    assert.equal((await who.operator.get("/api/processes/waits/durations?version=3")).status, 404);
  });
  await t.test("on a page", async () => {
    const { status, text } = await page("?process=waits&version=2");
    assert.equal(status, 200, text.slice(0, 500));
    assert.match(text, /<th scope="row">Rest <span[^>]*>timer<\/span><\/th><td>(4\.9|5\.0) h<\/td>/);
    assert.match(text, /<option value="2" selected>2 · /);
    assert.match(text, /bpmn-intermediateCatchEvent heat-5/);
  });
});
