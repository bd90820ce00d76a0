// What workers and operators do with Camunda's own clients beyond the plain job: listeners, ad-hoc
// sub-processes, a user task's dates, the clock, and a service whose queue is full.
import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { run, start } from "./harness.mjs";
import { basic, now, packages, refused, sdk, strict } from "./camunda/clients.mjs";
import { endEvent, ext, flow, job, line, person, process as model, startEvent } from "./camunda/models.mjs";

const listener = (event, type) => `<zeebe:taskListener eventType="${event}" type="${type}"/>`;
const taskListeners = (...pairs) => `<zeebe:taskListeners>${pairs.map(([event, type]) => listener(event, type)).join("")}</zeebe:taskListeners>`;

test("Camunda's clients: workers and operators", { timeout: 300_000 }, async (t) => {
  const { Camunda8, createCamundaClient } = packages();
  const part = (name, body) => t.test(name, { timeout: 60_000 }, body);
  const service = await start(t, { args: ["--quiet"] });
  const c = sdk(Camunda8, service, basic("admin"));
  const o = createCamundaClient({ config: { CAMUNDA_REST_ADDRESS: service.url, ...basic("admin"), ...strict } });
  const raw = await service.signIn("admin");
  const stateOf = async (key) => (await o.getProcessInstance({ processInstanceKey: key }, now)).state;
  const variableOf = async (key, name) => JSON.parse((await c.searchVariables({ filter: { processInstanceKey: key, scopeKey: key, name } })).items[0]?.value ?? "null");
  const jobsOf = (type, more) => c.activateJobs({ type, worker: "test", timeout: 60_000, maxJobsToActivate: 10, requestTimeout: -1, ...more });
  // @camunda8/sdk's completeJob() sends no result; its way for what it has no method for does.
  const answer = async (got, result) => {
    await c.callApiEndpoint({ urlPath: `jobs/${got.jobKey}/completion`, method: "POST", body: { result } });
    return got.forward();
  };
  const begin = async (id, variables = {}) => (await c.createProcessInstance({ processDefinitionId: id, variables })).processInstanceKey;
  const elementsOf = async (processInstanceKey, filter) => (await c.searchElementInstances({ filter: { processInstanceKey, ...filter } })).items;
  const taskOf = async (processInstanceKey) => (await c.searchUserTasks({ filter: { processInstanceKey } })).items[0];

  await part("a listener of assigning corrects, and one that denies leaves the task as it was", async () => {
    await c.deployResources([model("assigned", line(startEvent(), person("visit", taskListeners(["assigning", "look-assign"])), endEvent()))]);
    const key = await begin("assigned");
    const { userTaskKey } = await taskOf(key);
    const first = c.assignUserTask({ userTaskKey, assignee: "inspector-1" });
    const [got] = await jobsOf("look-assign", { requestTimeout: 5000 });
    assert.deepEqual([got.kind, got.listenerEventType, got.userTask.assignee, got.userTask.userTaskKey], ["TASK_LISTENER", "ASSIGNING", "inspector-1", userTaskKey]);
    assert.deepEqual(got.userTask.changedAttributes, ["assignee"]);
    assert.equal((await o.getUserTask({ userTaskKey }, now)).state, "ASSIGNING");
    await o.completeJob({ jobKey: got.jobKey, result: { type: "userTask", denied: false, corrections: { assignee: "inspector-2", priority: 80 } } });
    await first;
    const task = await o.getUserTask({ userTaskKey }, now);
    assert.deepEqual([task.state, task.assignee, task.priority], ["CREATED", "inspector-2", 80]);
    const second = c.assignUserTask({ userTaskKey, assignee: "inspector-3" });
    second.catch(() => {});
    const [again] = await jobsOf("look-assign", { requestTimeout: 5000 });
    await o.completeJob({ jobKey: again.jobKey, result: { type: "userTask", denied: true, deniedReason: "on leave" } });
    await refused(second, 409, /on leave/);
    const kept = await o.getUserTask({ userTaskKey }, now);
    assert.deepEqual([kept.state, kept.assignee], ["CREATED", "inspector-2"]);
    await c.cancelProcessInstance({ processInstanceKey: key });
  });

  await part("listeners of updating and completing, by workers of both clients", async () => {
    await c.deployResources([model("completed", line(startEvent(), person("visit", taskListeners(["creating", "look-create"], ["updating", "look-update"], ["completing", "look-complete"])), endEvent()))]);
    const key = await begin("completed");
    const [creating] = await jobsOf("look-create");
    assert.equal(creating.listenerEventType, "CREATING");
    await o.completeJob({ jobKey: creating.jobKey, result: { type: "userTask", corrections: { candidateGroups: ["inspector"], dueDate: "2031-01-02T03:04:05Z" } } });
    const made = await taskOf(key);
    assert.deepEqual([made.state, made.candidateGroups, made.dueDate], ["CREATED", ["inspector"], "2031-01-02T03:04:05.000Z"]);
    const { userTaskKey } = made;
    const updates = c.createJobWorker({ type: "look-update", worker: "u", maxJobsToActivate: 1, timeout: 30_000, pollIntervalMs: 50, jobHandler: (got) => answer(got, { type: "userTask", corrections: { priority: 7 } }) });
    await o.updateUserTask({ userTaskKey, changeset: { priority: 90, followUpDate: "2030-01-02T03:04:05Z" } });
    const changed = await o.getUserTask({ userTaskKey }, now);
    assert.deepEqual([changed.state, changed.priority, changed.followUpDate], ["CREATED", 7, "2030-01-02T03:04:05.000Z"]);
    await updates.stop();
    const seen = [];
    const worker = o.createJobWorker({
      jobType: "look-complete", maxParallelJobs: 1, jobTimeoutMs: 30_000, pollIntervalMs: 50, workerName: "d",
      jobHandler: async (got) => {
        seen.push([got.listenerEventType, got.variables.fit]);
        await o.completeJob({ jobKey: got.jobKey, result: got.variables.fit ? { type: "userTask", denied: false } : { type: "userTask", denied: true, deniedReason: "not fit" } });
        return got.ignore();
      },
    });
    await refused(c.completeUserTask({ userTaskKey, variables: { fit: false } }), 409, /not fit/);
    assert.equal((await o.getUserTask({ userTaskKey }, now)).state, "CREATED");
    await o.completeUserTask({ userTaskKey, variables: { fit: true } });
    assert.equal((await o.getUserTask({ userTaskKey }, now)).state, "COMPLETED");
    assert.equal(await stateOf(key), "COMPLETED");
    assert.equal(await variableOf(key, "fit"), true);
    worker.stop();
    assert.deepEqual(seen, [["COMPLETING", false], ["COMPLETING", true]]);
  });

  await part("a listener that nobody does: the order waits, and the task's end cancels", async () => {
    await c.deployResources([model("waiting", line(startEvent(), person("visit", taskListeners(["completing", "nobody"], ["canceling", "look-cancel"])), endEvent()))]);
    const key = await begin("waiting");
    const { userTaskKey } = await taskOf(key);
    const order = c.completeUserTask({ userTaskKey, variables: {} });
    order.catch(() => {});
    const [held] = await jobsOf("nobody", { requestTimeout: 5000 });
    await refused(c.assignUserTask({ userTaskKey, assignee: "a" }), 409);
    await held.fail({ errorMessage: "no", retries: 0 });
    const { items: [incident] } = await c.searchIncidents({ filter: { processInstanceKey: key } });
    assert.equal(incident.errorType, "TASK_LISTENER_NO_RETRIES");
    await c.updateJob({ jobKey: held.jobKey, retries: 1 });
    await c.resolveIncident(incident.incidentKey);
    await c.cancelProcessInstance({ processInstanceKey: key });
    await refused(order, 409);
    const [cancelling] = await jobsOf("look-cancel", { requestTimeout: 5000 });
    assert.equal(cancelling.listenerEventType, "CANCELING");
    await cancelling.complete({});
    assert.equal(await stateOf(key), "TERMINATED");
    assert.equal((await o.getUserTask({ userTaskKey }, now)).state, "CANCELED");
  });

  await part("execution listeners of a process, a task and an event", async () => {
    const hear = (event, type) => `<zeebe:executionListeners><zeebe:executionListener eventType="${event}" type="${type}"/></zeebe:executionListeners>`;
    const file = model("heard", line(startEvent(), job("work", "heard-work", { more: hear("start", "before-work") }), `<endEvent id="end">${ext(hear("end", "after-end"))}</endEvent>`));
    file.content = file.content.replace("<startEvent", `<extensionElements>${hear("start", "before-all")}</extensionElements><startEvent`);
    await c.deployResources([file]);
    const key = await begin("heard", { n: 1 });
    const order = [];
    for (const [type, kind, event] of [["before-all", "EXECUTION_LISTENER", "START"], ["before-work", "EXECUTION_LISTENER", "START"], ["heard-work", "BPMN_ELEMENT", "UNSPECIFIED"], ["after-end", "EXECUTION_LISTENER", "END"]]) {
      assert.equal(await stateOf(key), "ACTIVE");
      const [got] = await jobsOf(type, { requestTimeout: 5000 });
      assert.deepEqual([got.kind, got.listenerEventType, got.processInstanceKey], [kind, event, key]);
      order.push(got.variables.seen ?? "");
      await got.complete({ seen: `${got.variables.seen ?? ""}/${type}` });
    }
    assert.equal(await stateOf(key), "COMPLETED");
    assert.deepEqual(order, ["", "/before-all", "/before-all/before-work", "/before-all"], "a listener for the start sets the element's own");
    const other = await begin("heard");
    const [stuck] = await jobsOf("before-all");
    await stuck.fail({ errorMessage: "no", retries: 0 });
    assert.equal((await c.searchIncidents({ filter: { processInstanceKey: other } })).items[0].errorType, "EXECUTION_LISTENER_NO_RETRIES");
    await c.cancelProcessInstance({ processInstanceKey: other });
  });

  const choice = (id, inner, attributes = "") => `<adHocSubProcess id="choice"${attributes}>${inner}${job("a", `${id}-a`)}${job("b", `${id}-b`)}</adHocSubProcess>`;
  await part("an ad-hoc sub-process that a worker leads", async () => {
    await c.deployResources([model("led", line(startEvent(), choice("led", ext('<zeebe:taskDefinition type="lead"/>')), endEvent()))]);
    const key = await begin("led", { total: 0 });
    const [lead] = await jobsOf("lead");
    assert.equal(lead.kind, "AD_HOC_SUB_PROCESS");
    assert.deepEqual(lead.variables.adHocSubProcessElements.map((one) => one.elementId), ["a", "b"]);
    await refused(o.completeJob({ jobKey: lead.jobKey, result: { type: "adHocSubProcess", activateElements: [{ elementId: "end" }] } }), 400);
    await o.completeJob({ jobKey: lead.jobKey, result: { type: "adHocSubProcess", activateElements: [{ elementId: "a", variables: { fee: 3 } }, { elementId: "b" }] } });
    const [a] = await jobsOf("led-a");
    assert.equal(a.variables.fee, 3);
    const [b] = await jobsOf("led-b");
    assert.equal(b.variables.fee, undefined, "another activation's variables");
    await a.complete({});
    const [next] = await jobsOf("lead", { requestTimeout: 5000 });
    await o.completeJob({ jobKey: next.jobKey, result: { type: "adHocSubProcess", isCompletionConditionFulfilled: true, isCancelRemainingInstances: true } });
    assert.equal(await stateOf(key), "COMPLETED");
    assert.equal((await elementsOf(key, { elementId: "b" }))[0].state, "TERMINATED");
    await refused(b.complete({}), 404);
  });

  await part("activities of an ad-hoc sub-process, begun from outside", async () => {
    await c.deployResources([model("begun", line(startEvent(), choice("begun", '<completionCondition xsi:type="tFormalExpression">=over</completionCondition>'), endEvent()))]);
    const key = await begin("begun", { over: false });
    const [at] = await elementsOf(key, { elementId: "choice", type: "AD_HOC_SUB_PROCESS" });
    const adHocSubProcessInstanceKey = at.elementInstanceKey;
    const activate = (elements, more) => o.activateAdHocSubProcessActivities({ adHocSubProcessInstanceKey, elements, ...more });
    await activate([{ elementId: "a", variables: { which: 1 } }, { elementId: "a", variables: { which: 2 } }]);
    const both = await jobsOf("begun-a");
    assert.deepEqual(both.map((got) => got.variables.which).sort(), [1, 2]);
    await refused(activate([{ elementId: "end" }]), 400, /end/);
    await refused(activate([{ elementId: "nothing" }]), 400, /nothing/);
    await refused(activate([]), 400);
    await refused(o.activateAdHocSubProcessActivities({ adHocSubProcessInstanceKey: key, elements: [{ elementId: "a" }] }), 404);
    await refused(o.activateAdHocSubProcessActivities({ adHocSubProcessInstanceKey: "1", elements: [{ elementId: "a" }] }), 404);
    await activate([{ elementId: "b" }], { cancelRemainingInstances: true });
    assert.deepEqual((await elementsOf(key, { elementId: "a" })).map((one) => one.state), ["TERMINATED", "TERMINATED"]);
    const [last] = await jobsOf("begun-b");
    await last.complete({ over: true });
    assert.equal(await stateOf(key), "COMPLETED");
    await refused(activate([{ elementId: "a" }]), 409);
  });

  await part("a user task's dates and priority, as the model computes them", async () => {
    const ask = (id, due) => person(id, `<zeebe:taskSchedule dueDate="=${due}" followUpDate="=date and time(&quot;2030-01-01T00:00:00Z&quot;)"/><zeebe:priorityDefinition priority="=rank"/><zeebe:assignmentDefinition assignee="=who"/>`);
    await c.deployResources([model("dated", line(startEvent(), ask("visit", "date and time(day)"), endEvent()))]);
    const keys = [];
    for (const [rank, day, who] of [[10, "2030-02-01T00:00:00Z", "i-1"], [90, "2030-01-01T12:00:00+08:00", "i-2"], [50, "2030-03-01T00:00:00Z", "i-1"]]) keys.push(await begin("dated", { rank, day, who }));
    const find = async (filter, sort) => (await o.searchUserTasks({ filter: { processDefinitionId: "dated", ...filter }, sort }, now)).items.map((task) => keys.indexOf(task.processInstanceKey));
    assert.deepEqual(await find({}, [{ field: "priority", order: "DESC" }]), [1, 2, 0]);
    assert.deepEqual(await find({}, [{ field: "dueDate", order: "ASC" }]), [1, 0, 2]);
    assert.deepEqual(await find({ assignee: "i-1" }), [0, 2]);
    assert.deepEqual(await find({ priority: { $gte: 50 } }), [1, 2]);
    assert.deepEqual(await find({ dueDate: { $lt: "2030-02-01T00:00:00Z" } }), [1]);
    assert.deepEqual(await find({ followUpDate: "2030-01-01T00:00:00.000Z" }), [0, 1, 2]);
    const task = await taskOf(keys[1]);
    assert.deepEqual([task.priority, task.dueDate, task.followUpDate, task.assignee], [90, "2030-01-01T04:00:00.000Z", "2030-01-01T00:00:00.000Z", "i-2"]);
    const wrong = await begin("dated", { rank: 10, day: "no day", who: "i-1" });
    assert.equal((await c.searchIncidents({ filter: { processInstanceKey: wrong } })).items.length, 1);
    for (const key of [...keys, wrong]) await c.cancelProcessInstance({ processInstanceKey: key });
  });

  await part("the clock goes forward, and back never", async () => {
    await c.resetClock(); // it was not moved: nothing to go back
    await o.resetClock();
    const later = Date.now() + 86_400_000;
    await refused(c.pinInternalClock(Date.now() - 60_000), 400, /forward/);
    await c.pinInternalClock(later);
    const key = await begin("dated", { rank: 1, day: "2030-02-01T00:00:00Z", who: "i-1" });
    const { startDate } = await o.getProcessInstance({ processInstanceKey: key }, now);
    assert.ok(Date.parse(startDate) >= later, startDate);
    await c.cancelProcessInstance({ processInstanceKey: key });
    await refused(c.resetClock(), 409, /never goes back/);
    await o.pinClock({ timestamp: later + 3_600_000 });
    await refused(c.pinInternalClock(later), 400);
    assert.equal((await raw.post("/v2/clock", {})).status, 405);
  });

  await part("the log of all that is sound", async () => {
    await service.stop();
    const done = run(["verify", "--data", service.data], { timeout: 120_000 });
    assert.equal(done.code, 0, done.stdout + done.stderr);
    await service.restart();
  });
});

// A service behind a way on which the problems that pass are counted; nothing is changed.
async function watched(t, service) {
  const seen = [];
  const server = http.createServer((request, response) => {
    const onward = http.request(new URL(request.url, service.url), { method: request.method, headers: request.headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => {
        const body = Buffer.concat(chunks);
        if (answer.statusCode >= 400) seen.push({ agent: request.headers["user-agent"] ?? "", status: answer.statusCode, media: answer.headers["content-type"], after: answer.headers["retry-after"], ...JSON.parse(body) });
        response.writeHead(answer.statusCode, answer.headers);
        response.end(body);
      });
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, seen };
}

test("a full queue: both clients try again until all is done once", { timeout: 120_000 }, async (t) => {
  const { Camunda8, createCamundaClient } = packages();
  const QUEUE = 8, EACH = 16;
  const service = await start(t, { args: ["--quiet", "--queue", String(QUEUE)] });
  const way = await watched(t, service);
  const c = sdk(Camunda8, way, basic("admin"));
  const o = createCamundaClient({ config: { CAMUNDA_REST_ADDRESS: way.url, ...basic("admin"), ...strict, CAMUNDA_SDK_HTTP_RETRY_MAX_ATTEMPTS: 12 } });
  const raw = await service.signIn("admin");
  const spin = `${startEvent()}<exclusiveGateway id="again"/><scriptTask id="step">${ext('<zeebe:script expression="=n + 1" resultVariable="n"/>')}</scriptTask><exclusiveGateway id="more" default="f4"/>${endEvent()}${flow("f1", "start", "again")}${flow("f2", "again", "step")}${flow("f3", "step", "more")}${flow("f4", "more", "end")}${flow("f5", "more", "again", "=n &lt; 1000000")}`;
  await c.deployResources([model("spin", spin), model("counted", line(startEvent(), job("work", "count"), endEvent()))]);
  await o.getTopology();
  // Orders that keep the writer busy, each for as long as its steps may take, and then are stopped by an incident.
  const busy = () => Array.from({ length: QUEUE - 2 }, () => raw.post("/v2/process-instances", { processDefinitionId: "spin", variables: { n: 0 } }));
  const done = async (orders) => assert.ok((await Promise.all(orders)).every((answer) => answer.status === 200 || answer.status === 503));

  const first = busy();
  await sleep(20);
  const made = await Promise.all([
    ...Array.from({ length: EACH }, (_, n) => c.createProcessInstance({ processDefinitionId: "counted", variables: { n } })),
    ...Array.from({ length: EACH }, (_, n) => o.createProcessInstance({ processDefinitionId: "counted", variables: { n: n + EACH } })),
  ]);
  await done(first);
  const refusals = way.seen.filter((one) => one.status === 503);
  assert.ok(refusals.length > 0, "the queue was never full");
  for (const one of refusals) assert.deepEqual([one.title, one.media, one.detail, one.after], ["RESOURCE_EXHAUSTED", "application/problem+json", "too many orders wait", "2"]);
  for (const name of [/^(node|undici)$/, /camunda8-sdk-nodejs/]) assert.ok(refusals.some((one) => name.test(one.agent)), `${name} was never refused: ${[...new Set(refusals.map((one) => one.agent))]}`);
  const keys = new Set(made.map((one) => one.processInstanceKey));
  assert.equal(keys.size, 2 * EACH);
  const all = await c.searchProcessInstances({ filter: { processDefinitionId: "counted" } });
  assert.deepEqual(new Set(all.items.map((item) => item.processInstanceKey)), keys, "one instance for each order, and none twice");

  const handled = [];
  const second = busy();
  const handler = (got) => {
    handled.push(got.elementInstanceKey);
    return got.complete({ handled: true });
  };
  const workers = [
    c.createJobWorker({ type: "count", worker: "s", maxJobsToActivate: 4, timeout: 60_000, pollIntervalMs: 50, jobHandler: handler }),
    o.createJobWorker({ jobType: "count", maxParallelJobs: 4, jobTimeoutMs: 60_000, pollIntervalMs: 50, workerName: "o", jobHandler: handler }),
  ];
  const open = async () => (await raw.post("/v2/process-instances/search", { filter: { processDefinitionId: "counted", state: "ACTIVE" } })).body.items.length;
  const busyAgain = [...second];
  for (let i = 0; (await open()) > 0; i++) {
    if (i === 10 || i === 30) busyAgain.push(...busy());
    await sleep(50);
  }
  await Promise.all(workers.map((worker) => worker.stop()));
  await done(busyAgain);
  assert.equal(handled.length, 2 * EACH, "a job was done twice");
  assert.equal(new Set(handled).size, 2 * EACH);
  assert.equal((await raw.post("/v2/incidents/search", { filter: { processDefinitionId: "counted" } })).body.items.length, 0);
  assert.deepEqual(way.seen.filter((one) => one.status !== 503), []);
  t.diagnostic(`${way.seen.length} times the queue was full`);
});
