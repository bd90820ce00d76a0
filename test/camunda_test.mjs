// Camunda's own clients, as npm delivers them, against the service: everything that a program does with
// process instances. The second client checks every answer against its schemas.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { root, run, start } from "./harness.mjs";
import { basic, folder, now, packages, refused, sdk, strict } from "./camunda/clients.mjs";
import { endEvent, ext, fees, flow, form, job, line, message, person, plainFees, process as model, startEvent, waitMessage, waitSignal } from "./camunda/models.mjs";
import { page, written } from "../tool/camunda-routes.mjs";

test("Camunda's clients", { timeout: 300_000 }, async (t) => {
  const { Camunda8, createCamundaClient } = packages();
  const part = (name, body) => t.test(name, { timeout: 30_000 }, body);
  const service = await start(t, { args: ["--quiet"] });
  const c = sdk(Camunda8, service, basic("admin"));
  const o = createCamundaClient({ config: { CAMUNDA_REST_ADDRESS: service.url, ...basic("admin"), ...strict } });
  const raw = await service.signIn("admin");
  const instancesOf = async (filter, more) => (await c.searchProcessInstances({ filter, ...more })).items;
  const stateOf = async (key) => (await o.getProcessInstance({ processInstanceKey: key }, now)).state;
  const variableOf = async (key, name) => JSON.parse((await c.searchVariables({ filter: { processInstanceKey: key, scopeKey: key, name } })).items[0]?.value ?? "null");
  const jobsOf = (type, more) => c.activateJobs({ type, worker: "test", timeout: 60_000, maxJobsToActivate: 10, requestTimeout: -1, ...more });

  await part("the pages of the documentation tell what the program has", () => {
    assert.equal(readFileSync(page, "utf8"), written(), "run tool/camunda-routes.mjs");
  });

  await part("every strategy of signing in", async () => {
    const token = await raw.post("/api/session", { user: "operator", password: "mandate-demo" });
    const strategies = {
      basic: basic("operator"),
      bearer: { CAMUNDA_AUTH_STRATEGY: "BEARER", CAMUNDA_OAUTH_TOKEN: token.body.token },
      cookie: { CAMUNDA_AUTH_STRATEGY: "COOKIE", CAMUNDA_COOKIE_AUTH_URL: `${service.url}/api/login`, CAMUNDA_COOKIE_AUTH_USERNAME: "operator", CAMUNDA_COOKIE_AUTH_PASSWORD: "mandate-demo" },
      oauth: { CAMUNDA_AUTH_STRATEGY: "OAUTH", CAMUNDA_OAUTH_URL: `${service.url}/oauth/token`, ZEEBE_CLIENT_ID: "operator", ZEEBE_CLIENT_SECRET: "mandate-demo", CAMUNDA_TOKEN_DISK_CACHE_DISABLE: true },
    };
    for (const [name, settings] of Object.entries(strategies)) {
      const client = sdk(Camunda8, service, settings);
      const topology = await client.getTopology();
      assert.equal(topology.brokers.length, 1, name);
      assert.equal(topology.gatewayVersion.split(".")[0], "8");
      await client.searchIncidents({});
    }
    const oauth = createCamundaClient({ config: { CAMUNDA_REST_ADDRESS: service.url, CAMUNDA_AUTH_STRATEGY: "OAUTH", CAMUNDA_OAUTH_URL: `${service.url}/oauth/token`, CAMUNDA_CLIENT_ID: "operator", CAMUNDA_CLIENT_SECRET: "mandate-demo", ...strict } });
    assert.equal((await oauth.getAuthentication()).username, "operator");
    assert.equal((await o.getLicense()).validLicense, true);
    await o.getStatus();
    await refused(sdk(Camunda8, service, { ...basic("operator"), CAMUNDA_BASIC_AUTH_PASSWORD: "wrong" }).getTopology(), 401);
    await refused(sdk(Camunda8, service, basic("clerk")).searchIncidents({}), 403);
    await refused(sdk(Camunda8, service, basic("worker")).searchIncidents({}), 403);
    await refused(sdk(Camunda8, service, basic("operator")).deployResources([fees]), 403);
  });

  await part("a browser's request needs the page's token, whatever it sends of itself", async () => {
    const login = await service.ask("POST", "/api/login?username=operator&password=mandate-demo");
    assert.equal(login.status, 204);
    const cookie = login.headers.get("set-cookie").split(";")[0];
    const encoded = `Basic ${Buffer.from("operator:mandate-demo").toString("base64")}`;
    for (const own of [{ cookie }, { authorization: encoded }]) {
      const ask = (headers) => service.ask("POST", "/v2/incidents/search", { json: {}, headers: { ...own, ...headers } });
      assert.equal((await ask({})).status, 200);
      assert.equal((await ask({ origin: "https://elsewhere.example" })).status, 403);
      assert.equal((await ask({ "sec-fetch-site": "cross-site" })).status, 403);
      assert.equal((await ask({ origin: service.url })).status, 403);
    }
    assert.equal((await service.ask("POST", "/api/login?username=operator&password=wrong")).status, 401);
  });

  await part("a password is checked once, and forgotten when it changes", async () => {
    const file = path.join(service.data, "p.txt");
    const client = sdk(Camunda8, service, basic("worker"));
    await client.getTopology();
    const from = performance.now();
    for (let i = 0; i < 50; i++) await client.getTopology();
    assert.ok((performance.now() - from) / 50 < 30, "each request hashes the password");
    void file;
  });

  await part("a modeller's file comes back byte for byte", async () => {
    const files = ["A.1.0", "C.8.0", "C.9.0", "C.9.2"].map((name) => [`${name}.bpmn`, path.join(root, "../shared/suites/bpmn-miwg", `${name}.bpmn`)]);
    const suite = files.filter(([, file]) => existsSync(file)).map(([name, file]) => ({ name, content: readFileSync(file, "utf8") }));
    const odd = model("odd", line(startEvent(), person("sit", '<other:note xmlns:other="urn:other" at="1"> kept <b/></other:note>'), endEvent()));
    odd.content = odd.content.replace("</definitions>", "\r\n<!-- a comment -->\r\n</definitions  >\r\n");
    for (const file of [odd, ...suite]) {
      const { processes } = await c.deployResources([file]);
      const back = await c.getProcessDefinitionXML(processes[0].processDefinitionKey);
      assert.ok(back === file.content, `${file.name} is not what was deployed`);
    }
  });

  let deployed;
  await part("deploy, and read what was deployed", async () => {
    const first = model("order", line(startEvent(), job("work", "work", { more: '<zeebe:taskHeaders><zeebe:header key="colour" value="red"/></zeebe:taskHeaders>' }), endEvent()), { tag: "v1" });
    deployed = await c.deployResources([first, fees, form]);
    assert.equal(deployed.processes[0].processDefinitionId, "order");
    assert.equal(deployed.processes[0].processDefinitionVersion, 1);
    assert.equal(deployed.decisions[0].decisionDefinitionId, "fee");
    assert.equal(deployed.forms[0].formId, "visit-form");
    assert.match(deployed.deploymentKey, /^\d+$/);
    const again = await o.createDeployment({ resources: [new File([first.content], first.name, { type: "text/xml" })] });
    assert.equal(again.processes[0].processDefinitionKey, deployed.processes[0].processDefinitionKey, "a file that did not change is no new version");
    const second = await c.deployResources([model("order", line(startEvent(), job("work", "work"), endEvent()), { tag: "v2" })]);
    assert.equal(second.processes[0].processDefinitionVersion, 2);
    const key = deployed.processes[0].processDefinitionKey;
    assert.equal(await c.getProcessDefinitionXML(key), first.content);
    assert.equal(await o.getProcessDefinitionXml({ processDefinitionKey: key }, now), first.content);
    const definition = await o.getProcessDefinition({ processDefinitionKey: key }, now);
    assert.deepEqual([definition.version, definition.versionTag, definition.name], [1, "v1", "Process order"]);
    const found = await o.searchProcessDefinitions({ filter: { processDefinitionId: "order" }, sort: [{ field: "version", order: "DESC" }] }, now);
    assert.deepEqual(found.items.map((item) => item.version), [2, 1]);
    const latest = await o.searchProcessDefinitions({ filter: { processDefinitionId: "order", isLatestVersion: true } }, now);
    assert.deepEqual(latest.items.map((item) => item.version), [2]);
    assert.match(await o.getDecisionDefinitionXml({ decisionDefinitionKey: deployed.decisions[0].decisionDefinitionKey }, now), /decisionTable/);
    assert.match(await o.getDecisionRequirementsXml({ decisionRequirementsKey: deployed.decisions[0].decisionRequirementsKey }, now), /decisionTable/);
    const content = await raw.get(`/v2/resources/${deployed.forms[0].formKey}/content`);
    assert.equal(content.text, form.content);
    await refused(c.deployResources([{ name: "broken.bpmn", content: "<definitions" }]), 400, /broken\.bpmn/);
    await refused(c.deployResources([{ name: "stuck.bpmn", content: model("stuck", `${startEvent()}<parallelGateway id="join"/>${job("a", "a")}${endEvent()}<exclusiveGateway id="x"/>${flow("f1", "start", "x")}${flow("f2", "x", "a", "=b")}${flow("f3", "x", "join")}${flow("f4", "a", "join")}${flow("f5", "join", "end")}`).content }]), 400);
    await refused(c.deployResources([]), 400);
  });

  await part("a job worker of each client", async () => {
    const { processInstanceKey: one } = await c.createProcessInstance({ processDefinitionId: "order", variables: { amount: 3 } });
    const seen = [];
    const worker = c.createJobWorker({
      type: "work", worker: "w-1", maxJobsToActivate: 5, timeout: 30_000, pollIntervalMs: 50, logger: undefined,
      jobHandler: (got) => {
        seen.push(got);
        return got.complete({ doubled: got.variables.amount * 2 });
      },
    });
    while ((await stateOf(one)) !== "COMPLETED") await sleep(20);
    await worker.stop();
    assert.equal(seen[0].processDefinitionId, "order");
    assert.equal(seen[0].elementId, "work");
    assert.equal(seen[0].worker, "w-1");
    assert.equal(seen[0].kind, "BPMN_ELEMENT");
    assert.equal(await variableOf(one, "doubled"), 6);
    const { processInstanceKey: two } = await o.createProcessInstance({ processDefinitionKey: deployed.processes[0].processDefinitionKey, variables: { amount: 4 } });
    const other = o.createJobWorker({
      jobType: "work", maxParallelJobs: 2, jobTimeoutMs: 30_000, pollIntervalMs: 50, workerName: "w-2",
      jobHandler: (got) => {
        assert.deepEqual(got.customHeaders, { colour: "red" });
        return got.complete({ doubled: got.variables.amount * 2 });
      },
    });
    while ((await stateOf(two)) !== "COMPLETED") await sleep(20);
    other.stop();
    assert.equal(await variableOf(two, "doubled"), 8);
  });

  await part("an answer that waits for the end", async () => {
    const done = await c.createProcessInstanceWithResult({ processDefinitionId: "order", variables: { amount: 1 }, requestTimeout: 200 }).then(() => undefined, (error) => error);
    assert.equal(done?.statusCode, 504, "nobody does the job, so the time passes");
    const left = await jobsOf("work");
    assert.equal(left.length, 1);
    await left[0].complete({});
    const waiting = o.createProcessInstance({ processDefinitionId: "order", variables: { amount: 2, secret: 1 }, awaitCompletion: true, fetchVariables: ["amount", "more"], requestTimeout: 20_000 });
    const [taken] = await jobsOf("work", { requestTimeout: 10_000 });
    await taken.complete({ more: [1, 2] });
    assert.deepEqual((await waiting).variables, { amount: 2, more: [1, 2] });
  });

  await part("long polling: the answer comes with the job", async () => {
    const from = performance.now();
    const waiting = jobsOf("late", { requestTimeout: 20_000 });
    await sleep(300);
    await c.deployResources([model("late", line(startEvent(), job("l", "late"), endEvent()))]);
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "late", variables: {} });
    const [got] = await waiting;
    assert.ok(performance.now() - from < 5000);
    assert.equal(got.processInstanceKey, processInstanceKey);
    await got.complete({});
    const empty = performance.now();
    assert.equal((await jobsOf("late", { requestTimeout: 300 })).length, 0);
    assert.ok(performance.now() - empty >= 250);
    // Who goes away while waiting gets no job: the next one who asks does.
    const gone = jobsOf("late", { requestTimeout: 20_000 });
    gone.catch(() => {});
    await sleep(200);
    gone.cancel();
    await sleep(200);
    await c.createProcessInstance({ processDefinitionId: "late", variables: {} });
    const [mine] = await jobsOf("late", { requestTimeout: 5000 });
    assert.ok(mine, "the job went to a client that was gone");
    await mine.complete({});
  });

  await part("fail to an incident, and repair", async () => {
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "order", variables: {} });
    const [first] = await jobsOf("work");
    await first.fail({ errorMessage: "no paper", retries: 1, retryBackOff: 0, variables: { tried: 1 } });
    const [second] = await jobsOf("work", { requestTimeout: 5000 });
    assert.equal(second.retries, 1);
    await second.fail({ errorMessage: "no ink", retries: 0 });
    assert.equal((await jobsOf("work")).length, 0);
    const { items: [incident] } = await o.searchIncidents({ filter: { processInstanceKey, state: "ACTIVE" } }, now);
    assert.deepEqual([incident.errorType, incident.errorMessage, incident.elementId, incident.jobKey], ["JOB_NO_RETRIES", "no ink", "work", second.jobKey]);
    assert.equal((await o.getIncident({ incidentKey: incident.incidentKey }, now)).state, "ACTIVE");
    assert.equal((await o.searchProcessInstanceIncidents({ processInstanceKey }, now)).items.length, 1);
    assert.equal((await instancesOf({ processInstanceKey, hasIncident: true })).length, 1);
    await c.updateJob({ jobKey: second.jobKey, retries: 2 });
    await o.resolveIncident({ incidentKey: incident.incidentKey });
    assert.equal((await instancesOf({ processInstanceKey, hasIncident: true })).length, 0);
    const [third] = await jobsOf("work", { requestTimeout: 5000 });
    await third.complete({});
    assert.equal(await stateOf(processInstanceKey), "COMPLETED");
    await refused(third.complete({}), 404);
    await refused(c.completeJob({ jobKey: "1", variables: {} }), 404);
  });

  await part("a lease that ran out", async () => {
    await c.createProcessInstance({ processDefinitionId: "order", variables: {} });
    const [slow] = await jobsOf("work", { timeout: 100, worker: "slow" });
    const [quick] = await jobsOf("work", { requestTimeout: 10_000, worker: "quick" });
    assert.equal(quick.elementInstanceKey, slow.elementInstanceKey, "the job goes to another");
    await refused(slow.complete({}), 409, /INVALID_STATE/);
    await c.updateJob({ jobKey: quick.jobKey, timeout: 120_000 });
    await quick.complete({});
  });

  await part("a BPMN error is caught where the model catches it", async () => {
    const caught = `<boundaryEvent id="bad" attachedToRef="check"><errorEventDefinition errorRef="e1"/></boundaryEvent>`;
    await c.deployResources([model("checking", `${line(startEvent(), job("check", "check"), endEvent())}${caught}${endEvent("sorry")}${flow("fx", "bad", "sorry")}`, { roots: '<error id="e1" name="bad" errorCode="BAD"/>' })]);
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "checking", variables: {} });
    const [got] = await jobsOf("check");
    await got.error({ errorCode: "BAD", errorMessage: "not good", variables: { why: "x" } });
    assert.equal(await stateOf(processInstanceKey), "COMPLETED");
    const { items } = await c.searchElementInstances({ filter: { processInstanceKey, elementId: "sorry" } });
    assert.equal(items[0].state, "COMPLETED");
    const { processInstanceKey: other } = await c.createProcessInstance({ processDefinitionId: "checking", variables: {} });
    const [again] = await o.activateJobs({ type: "check", timeout: 10_000, maxJobsToActivate: 1, worker: "t" }).then((answer) => answer.jobs);
    await o.throwJobError({ jobKey: again.jobKey, errorCode: "OTHER" });
    const { items: [incident] } = await c.searchIncidents({ filter: { processInstanceKey: other } });
    assert.equal(incident.errorType, "UNHANDLED_ERROR_EVENT");
    await c.cancelProcessInstance({ processInstanceKey: other });
  });

  await part("candidates do their own tasks, and nobody else's", async () => {
    const groups = (list) => person("visit", `<zeebe:assignmentDefinition candidateGroups="${list}"/><zeebe:formDefinition formId="visit-form"/>`);
    await c.deployResources([model("candidates", line(startEvent(), groups("inspector, wenzhou/none"), endEvent()))]);
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "candidates", variables: { place: "hall" } });
    const [mine, other] = ["inspector", "clerk"].map((user) => createCamundaClient({ config: { CAMUNDA_REST_ADDRESS: service.url, ...basic(user), ...strict } }));
    const own = (client, filter = {}) => client.searchUserTasks({ filter: { processInstanceKey, ...filter } }, now).then((answer) => answer.items);
    const [task] = await own(mine);
    const userTaskKey = task.userTaskKey;
    assert.equal(task.elementId, "visit");
    assert.equal((await mine.getUserTask({ userTaskKey }, now)).state, "CREATED");
    assert.equal((await mine.getUserTaskForm({ userTaskKey }, now)).formId, "visit-form");
    const looks = () => service.ask("POST", "/v2/process-instances/search", { json: { filter: { processInstanceKey } }, headers: { authorization: `Basic ${Buffer.from("inspector:mandate-demo").toString("base64")}` } });
    assert.equal((await looks()).status, 403, "instances are for who operates");
    assert.equal((await mine.searchUserTaskVariables({ userTaskKey, filter: { name: "place" } }, now)).items[0].value, '"hall"');
    await refused(own(mine, { localVariables: [{ name: "place", value: '"hall"' }] }), 403);
    assert.deepEqual(await own(other), []);
    for (const ask of [() => other.getUserTask({ userTaskKey }, now), () => other.getUserTaskForm({ userTaskKey }, now), () => other.searchUserTaskVariables({ userTaskKey }, now),
      () => other.assignUserTask({ userTaskKey, assignee: "clerk" }), () => other.completeUserTask({ userTaskKey })]) await refused(ask(), 404);
    await refused(mine.assignUserTask({ userTaskKey, assignee: "clerk" }), 403);
    await refused(mine.updateUserTask({ userTaskKey, changeset: { priority: 1 } }), 403);
    await mine.assignUserTask({ userTaskKey, assignee: "inspector" });
    await mine.unassignUserTask({ userTaskKey });
    await o.assignUserTask({ userTaskKey, assignee: "clerk" }); // by who operates: now it is the other's
    assert.deepEqual(await own(mine), []);
    await refused(mine.completeUserTask({ userTaskKey }), 404);
    await other.completeUserTask({ userTaskKey, variables: { seen: true } });
    assert.equal(await stateOf(processInstanceKey), "COMPLETED");
    await refused(other.getUserTask({ userTaskKey }, now), 404);
  });

  await part("user tasks", async () => {
    const ask = person("visit", '<zeebe:assignmentDefinition candidateGroups="inspector, head"/><zeebe:formDefinition formId="visit-form"/><zeebe:priorityDefinition priority="70"/><zeebe:taskSchedule dueDate="2031-01-02T03:04:05Z"/>');
    await c.deployResources([model("visits", line(startEvent(), ask, endEvent()))]);
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "visits", variables: { place: "hall" } });
    const { items: [task] } = await c.searchUserTasks({ filter: { processInstanceKey, state: "CREATED", candidateGroup: "head" } });
    assert.deepEqual([task.elementId, task.priority, task.dueDate, task.candidateGroups], ["visit", 70, "2031-01-02T03:04:05.000Z", ["inspector", "head"]]);
    const userTaskKey = task.userTaskKey;
    assert.equal((await o.getUserTask({ userTaskKey }, now)).state, "CREATED");
    const shown = await o.getUserTaskForm({ userTaskKey }, now);
    assert.deepEqual([shown.formId, Number(shown.version)], ["visit-form", 1]);
    const seen = await o.searchUserTaskVariables({ userTaskKey, filter: { name: "place" } }, now);
    assert.equal(seen.items[0].value, '"hall"');
    await c.assignUserTask({ userTaskKey, assignee: "inspector-1" });
    assert.equal((await c.getUserTask(userTaskKey)).assignee, "inspector-1");
    await refused(c.assignUserTask({ userTaskKey, assignee: "inspector-2", allowOverride: false }), 409);
    await c.unassignUserTask({ userTaskKey });
    assert.equal((await c.getUserTask(userTaskKey)).assignee, undefined);
    await c.updateUserTask({ userTaskKey, changeset: { priority: 10, followUpDate: "2030-01-02T03:04:05Z" } }); // PATCH .../update
    await o.updateUserTask({ userTaskKey, changeset: { candidateUsers: ["inspector-3"], priority: 20 } }); // PATCH ...
    const changed = await o.getUserTask({ userTaskKey }, now);
    assert.deepEqual([changed.priority, changed.followUpDate, changed.candidateUsers], [20, "2030-01-02T03:04:05.000Z", ["inspector-3"]]);
    await c.completeUserTask({ userTaskKey, variables: { seen: true } });
    assert.equal((await o.getUserTask({ userTaskKey }, now)).state, "COMPLETED");
    assert.equal(await stateOf(processInstanceKey), "COMPLETED");
    assert.equal(await variableOf(processInstanceKey, "seen"), true);
    await refused(o.completeUserTask({ userTaskKey, variables: {} }), 404);
  });

  await part("messages: buffered, correlated, by identifier", async () => {
    await c.deployResources([model("letters", line(startEvent(), waitMessage("answer", "m1"), endEvent()), { roots: message("m1", "answer", "number") })]);
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "letters", variables: { number: "A-1" } });
    const waiting = await o.searchMessageSubscriptions({ filter: { processInstanceKey } }, now);
    assert.deepEqual([waiting.items[0].messageName, waiting.items[0].correlationKey, waiting.items[0].messageSubscriptionState], ["answer", "A-1", "CREATED"]);
    await refused(c.correlateMessage({ name: "answer", correlationKey: "A-9", variables: {} }), 404);
    const reached = await c.correlateMessage({ name: "answer", correlationKey: "A-1", variables: { said: "yes" } });
    assert.equal(reached.processInstanceKey, processInstanceKey);
    assert.equal(await variableOf(processInstanceKey, "said"), "yes");
    const correlated = await o.searchCorrelatedMessageSubscriptions({ filter: { processInstanceKey } }, now);
    assert.equal(correlated.items[0].messageKey, reached.messageKey);
    const { messageKey } = await o.publishMessage({ name: "answer", correlationKey: "A-2", timeToLive: 60_000, messageId: "once", variables: { said: "early" } });
    assert.match(messageKey, /^\d+$/);
    await refused(c.publishMessage({ name: "answer", correlationKey: "A-2", timeToLive: 60_000, messageId: "once", variables: {} }), 409);
    const { processInstanceKey: second } = await c.createProcessInstance({ processDefinitionId: "letters", variables: { number: "A-2" } });
    assert.equal(await stateOf(second), "COMPLETED", "the message was kept for it");
    assert.equal(await variableOf(second, "said"), "early");
  });

  await part("signals", async () => {
    await c.deployResources([model("alarm", line(startEvent(), waitSignal("heard", "s1"), endEvent()), { roots: '<signal id="s1" name="alarm"/>' })]);
    const keys = [];
    for (let i = 0; i < 3; i++) keys.push((await c.createProcessInstance({ processDefinitionId: "alarm", variables: {} })).processInstanceKey);
    assert.match((await c.broadcastSignal({ signalName: "alarm", variables: { loud: true } })).signalKey, /^\d+$/);
    for (const key of keys) assert.equal(await stateOf(key), "COMPLETED");
    await o.broadcastSignal({ signalName: "nobody listens" });
  });

  await part("conditional start events", async () => {
    const when = '<conditionalEventDefinition><condition xsi:type="tFormalExpression">=level &gt; 3</condition></conditionalEventDefinition>';
    await c.deployResources([model("level", line(startEvent("when", when), endEvent()))]);
    const evaluate = async (variables) => {
      const answer = await raw.post("/v2/conditionals/evaluation", { variables });
      assert.equal(answer.status, 200);
      return answer.body;
    };
    assert.deepEqual((await evaluate({ level: 2 })).processInstances, []);
    const begun = (await evaluate({ level: 4 })).processInstances;
    assert.equal(begun.length, 1);
    assert.equal(await stateOf(begun[0].processInstanceKey), "COMPLETED");
  });

  await part("decisions, evaluated and found again", async () => {
    const answer = await c.evaluateDecision({ decisionDefinitionId: "fee", variables: { kind: "new" } });
    assert.equal(JSON.parse(answer.output), 20);
    assert.equal(answer.decisionDefinitionName, "Fee");
    assert.equal(answer.evaluatedDecisions[0].matchedRules[0].ruleId, "rule1");
    assert.equal(answer.evaluatedDecisions[0].evaluatedInputs[0].inputValue, '"new"');
    const { items } = await o.searchDecisionInstances({ filter: { decisionDefinitionId: "fee", state: "EVALUATED" } }, now);
    assert.equal(items[0].result, "20");
    const whole = await o.getDecisionInstance({ decisionEvaluationInstanceKey: items[0].decisionEvaluationInstanceKey }, now);
    assert.equal(whole.matchedRules[0].ruleIndex, 1);
    assert.equal((await o.searchDecisionDefinitions({ filter: { decisionDefinitionId: "fee" } }, now)).items.length, 1);
    assert.equal((await o.searchDecisionRequirements({ filter: { decisionRequirementsId: "fees_model" } }, now)).items.length, 1);
    await refused(c.evaluateDecision({ decisionDefinitionId: "none", variables: {} }), 404);
    await c.deployResources([plainFees]);
    assert.equal((await c.evaluateDecision({ decisionDefinitionId: "plain_fee", variables: { kind: "old" } })).output, "40");
    const rule = `<businessRuleTask id="rule">${ext('<zeebe:calledDecision decisionId="fee" resultVariable="due"/>')}</businessRuleTask>`;
    await c.deployResources([model("billing", line(startEvent(), rule, endEvent()))]);
    const done = await c.createProcessInstanceWithResult({ processDefinitionId: "billing", variables: { kind: "old" } });
    assert.equal(done.variables.due, 40);
    const inside = await o.searchDecisionInstances({ filter: { processInstanceKey: done.processInstanceKey } }, now);
    assert.equal(inside.items[0].result, "40");
  });

  await part("search with every operator, sort and page", async () => {
    const ids = ["s-1", "s-2", "s-3", "s-4", "s-5"];
    const all = [];
    for (const [i, tag] of ids.entries()) all.push((await c.createProcessInstance({ processDefinitionId: "late", variables: { n: i, who: tag }, tags: [tag, "many"] })).processInstanceKey);
    const items = async (filter, more = {}) => (await o.searchProcessInstances({ filter: { processDefinitionId: "late", state: "ACTIVE", ...filter }, ...more }, now)).items.map((item) => all.indexOf(item.processInstanceKey));
    const started = (await o.searchProcessInstances({ filter: { processInstanceKey: { $in: all } } }, now)).items.map((item) => item.startDate);
    assert.deepEqual(await items({}), [0, 1, 2, 3, 4]);
    assert.deepEqual(await items({ processInstanceKey: { $eq: all[2] } }), [2]);
    assert.deepEqual(await items({ processInstanceKey: { $neq: all[2] } }), [0, 1, 3, 4]);
    assert.deepEqual(await items({ processInstanceKey: { $in: [all[0], all[4]] } }), [0, 4]);
    assert.deepEqual(await items({ processInstanceKey: { $notIn: [all[0], all[4]] } }), [1, 2, 3]);
    assert.deepEqual(await items({ parentProcessInstanceKey: { $exists: false } }), [0, 1, 2, 3, 4]);
    assert.deepEqual(await items({ endDate: { $exists: true } }), []);
    assert.deepEqual(await items({ processDefinitionId: { $like: "l?t*" } }), [0, 1, 2, 3, 4]);
    assert.deepEqual(await items({ processDefinitionVersion: { $gt: 0, $lt: 2 } }), [0, 1, 2, 3, 4]);
    assert.deepEqual(await items({ processDefinitionVersion: { $gte: 2 } }), []);
    assert.deepEqual(await items({ startDate: { $lt: started[0] } }), []);
    assert.ok((await items({ startDate: { $lte: started[0] } })).includes(0));
    assert.ok((await items({ startDate: { $gte: started[4] } })).includes(4));
    assert.deepEqual(await items({ tags: ["s-2", "many"] }), [1]);
    assert.deepEqual(await items({ variables: [{ name: "n", value: "3" }] }), [3]);
    assert.deepEqual(await items({ variables: [{ name: "who", value: { $like: '"s-*' } }] }), [0, 1, 2, 3, 4]);
    assert.deepEqual(await items({ $or: [{ processInstanceKey: all[1] }, { tags: ["s-3"] }] }), [1, 2]);
    assert.deepEqual(await items({}, { sort: [{ field: "processInstanceKey", order: "DESC" }] }), [4, 3, 2, 1, 0]);
    assert.deepEqual(await items({}, { sort: [{ field: "state" }, { field: "startDate", order: "DESC" }], page: { from: 1, limit: 2 } }), [3, 2]);
    const sort = [{ field: "startDate", order: "DESC" }];
    const filter = { processDefinitionId: "late", state: "ACTIVE" };
    const one = await o.searchProcessInstances({ filter, sort, page: { limit: 2 } }, now);
    assert.equal(Number(one.page.totalItems), 5);
    assert.equal(one.page.hasMoreTotalItems, false);
    const two = await o.searchProcessInstances({ filter, sort, page: { limit: 2, after: one.page.endCursor } }, now);
    const back = await o.searchProcessInstances({ filter, sort, page: { limit: 2, before: two.page.startCursor } }, now);
    assert.deepEqual(two.items.map((item) => all.indexOf(item.processInstanceKey)), [2, 1]);
    assert.deepEqual(back.items.map((item) => item.processInstanceKey), one.items.map((item) => item.processInstanceKey));
    await refused(c.searchProcessInstances({ filter: { colour: "red" } }), 400, /colour/);
    await refused(c.searchProcessInstances({ filter: { state: "ASLEEP" } }), 400, /state/);
    await refused(c.searchProcessInstances({ filter: { variables: [{ name: "n", value: "3" }] } }), 400, /procedure/);
    await refused(c.searchVariables({ filter: { value: "3" } }), 400, /procedure/);
    const names = await o.searchVariables({ filter: { processInstanceKey: all[1], name: { $in: ["n", "who"] } }, sort: [{ field: "name", order: "DESC" }] }, now);
    assert.deepEqual(names.items.map((item) => [item.name, item.value, item.isTruncated]), [["who", '"s-2"', false], ["n", "1", false]]);
    const one_variable = await c.getVariable({ variableKey: names.items[0].variableKey });
    assert.equal(one_variable.value, "s-2");
    const jobs = await o.searchJobs({ filter: { type: "late", state: "CREATED", processInstanceKey: all[0] } }, now);
    assert.equal(jobs.items[0].elementId, "l");
    for (const key of all) await c.cancelProcessInstance({ processInstanceKey: key });
    assert.deepEqual((await instancesOf({ processInstanceKey: { $in: all }, state: "TERMINATED" })).length, 5);
    await refused(c.cancelProcessInstance({ processInstanceKey: all[0] }), 404);
  });

  await part("nobody is searched for across procedures, nor read out of a list", async () => {
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "letters", variables: { number: "P-1" }, tags: ["who-1"] });
    await c.evaluateDecision({ decisionDefinitionId: "fee", variables: { kind: "new" } });
    const failing = (await c.createProcessInstance({ processDefinitionId: "order", variables: {} })).processInstanceKey;
    await (await jobsOf("work"))[0].fail({ errorMessage: "who-1 is unknown", retries: 1, retryBackOff: 60_000 });
    const searches = [
      ["tags", (body) => o.searchProcessInstances(body, now), "letters", (value) => value.includes("who-1")],
      ["correlationKey", (body) => o.searchMessageSubscriptions(body, now), "letters", (value) => value === "P-1"],
      ["correlationKey", (body) => o.searchCorrelatedMessageSubscriptions(body, now), "letters", (value) => value === "A-2"],
      ["errorMessage", (body) => o.searchIncidents(body, now), "order", (value) => value === "no ink"],
      ["errorMessage", (body) => o.searchJobs(body, now), "order", (value) => value === "who-1 is unknown"],
    ];
    for (const [member, search, processDefinitionId, fits] of searches) {
      const all = (await search({})).items;
      assert.ok(all.length > 0, member);
      assert.ok(all.every((item) => !item[member]), `${member} is told across procedures`);
      const here = (await search({ filter: { processDefinitionId } })).items;
      assert.ok(here.some((item) => item[member] && fits(item[member])), `${member} is not told within one procedure`);
      const value = member === "tags" ? ["who-1"] : { $like: "*" };
      await refused(search({ filter: { [member]: value } }), 400, /across procedures/);
      await search({ filter: { [member]: value, processDefinitionId } });
      if (member !== "tags") await refused(search({ sort: [{ field: member }] }), 400, /across procedures/);
    }
    const decided = (await o.searchDecisionInstances({}, now)).items;
    assert.ok(decided.length > 0 && decided.every((item) => item.result === undefined));
    assert.equal((await o.searchDecisionInstances({ filter: { decisionDefinitionId: "fee" } }, now)).items.at(-1).result, "20");
    await refused(o.searchDecisionInstances({ filter: { processInstanceKey: "0", evaluationFailure: "x" } }, now), 400, /across procedures/);
    for (const key of [processInstanceKey, failing]) await c.cancelProcessInstance({ processInstanceKey: key });
  });

  await part("variables by scope", async () => {
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "visits", variables: { a: 1 } });
    const { items: [element] } = await c.searchElementInstances({ filter: { processInstanceKey, elementId: "visit" } });
    assert.equal(element.type, "USER_TASK");
    await c.updateElementInstanceVariables({ elementInstanceKey: element.elementInstanceKey, variables: { b: 2 }, local: true });
    await o.createElementInstanceVariables({ elementInstanceKey: processInstanceKey, variables: { a: 3, c: { deep: [1, null] } } });
    const { items } = await o.searchVariables({ filter: { processInstanceKey }, sort: [{ field: "name" }] }, now);
    assert.deepEqual(items.map((item) => [item.name, item.value, item.scopeKey === processInstanceKey]), [["a", "3", true], ["b", "2", false], ["c", '{"deep":[1,null]}', true]]);
    const got = await o.getElementInstance({ elementInstanceKey: element.elementInstanceKey }, now);
    assert.equal(got.state, "ACTIVE");
    await c.cancelProcessInstance({ processInstanceKey });
  });

  await part("modify, migrate, and what an instance has been through", async () => {
    const two = line(startEvent(), person("first"), person("second"), endEvent());
    const { processes: [from] } = await c.deployResources([model("move", two)]);
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "move", variables: {} });
    const at = async () => (await c.searchElementInstances({ filter: { processInstanceKey, state: "ACTIVE", type: "USER_TASK" } })).items;
    const [first] = await at();
    await c.modifyProcessInstance({ processInstanceKey, activateInstructions: [{ elementId: "second", variableInstructions: [{ variables: { moved: true } }] }], terminateInstructions: [{ elementInstanceKey: first.elementInstanceKey }] });
    assert.deepEqual((await at()).map((item) => item.elementId), ["second"]);
    const { processes: [to] } = await c.deployResources([model("move", line(startEvent(), person("first"), person("last"), endEvent()))]);
    assert.notEqual(to.processDefinitionKey, from.processDefinitionKey);
    await c.migrateProcessInstance({ processInstanceKey, targetProcessDefinitionKey: to.processDefinitionKey, mappingInstructions: [{ sourceElementId: "second", targetElementId: "last" }] });
    assert.equal((await o.getProcessInstance({ processInstanceKey }, now)).processDefinitionVersion, 2);
    assert.deepEqual((await at()).map((item) => item.elementId), ["last"]);
    const { items: [task] } = await c.searchUserTasks({ filter: { processInstanceKey, state: "CREATED" } });
    await c.completeUserTask({ userTaskKey: task.userTaskKey, variables: {} });
    assert.equal(await stateOf(processInstanceKey), "COMPLETED");
    const flows = await o.getProcessInstanceSequenceFlows({ processInstanceKey }, now);
    assert.ok(flows.items.some((item) => item.elementId === "f_start_first"));
    const sums = await o.getProcessInstanceStatistics({ processInstanceKey }, now);
    const sum = sums.items.find((item) => item.elementId === "first");
    assert.deepEqual([sum.active, sum.incidents, sum.completed, sum.canceled].map(Number), [0, 0, 0, 1]);
    const over = await o.getProcessDefinitionStatistics({ processDefinitionKey: to.processDefinitionKey, filter: {} }, now);
    assert.ok(over.items.some((item) => item.elementId === "end" && Number(item.completed) === 1));
  });

  await part("a call, its hierarchy, and cancelling from the top", async () => {
    const call = `<callActivity id="call">${ext('<zeebe:calledElement processId="late" propagateAllChildVariables="true"/>')}</callActivity>`;
    await c.deployResources([model("caller", line(startEvent(), call, endEvent()))]);
    const { processInstanceKey } = await c.createProcessInstance({ processDefinitionId: "caller", variables: {} });
    const [child] = await instancesOf({ parentProcessInstanceKey: processInstanceKey });
    const calls = await o.getProcessInstanceCallHierarchy({ processInstanceKey: child.processInstanceKey }, now);
    assert.deepEqual(calls.map((entry) => entry.processInstanceKey), [processInstanceKey, child.processInstanceKey]);
    await c.cancelProcessInstance({ processInstanceKey });
    assert.equal(await stateOf(child.processInstanceKey), "TERMINATED");
  });

  await part("documents and their links", async () => {
    const bytes = Buffer.from("a map of the hall");
    const made = await c.uploadDocument({ file: bytes, metadata: { fileName: "map.txt", contentType: "text/plain", customProperties: { room: 4 } } });
    assert.equal(made["camunda.document.type"], "camunda");
    assert.equal(made.metadata.fileName, "map.txt");
    assert.equal(Number(made.metadata.size), bytes.length);
    assert.deepEqual(await c.downloadDocument({ documentId: made.documentId, contentHash: made.contentHash }), bytes);
    for (const link of [await c.createDocumentLink({ documentId: made.documentId, contentHash: made.contentHash, timeToLive: 60_000 }), (await raw.post(`/v2/documents/${made.documentId}/links`, {})).body]) {
      const at = new URL(link.url);
      const got = await service.anonymous().get(`${at.pathname}${at.search}`);
      assert.equal(got.text, "a map of the hall");
      at.searchParams.set("until", String(Number(at.searchParams.get("until")) + 1));
      assert.equal((await service.anonymous().get(`${at.pathname}${at.search}`)).status, 404);
    }
    const lasting = new URL((await c.createDocumentLink({ documentId: made.documentId, contentHash: made.contentHash, timeToLive: 60_000 })).url);
    await service.restart();
    assert.equal((await service.anonymous().get(`${lasting.pathname}${lasting.search}`)).text, "a map of the hall", "a restart ends a link");
    await c.deleteDocument({ documentId: made.documentId });
    assert.equal((await service.anonymous().get(`${lasting.pathname}${lasting.search}`)).status, 404);
    await refused(c.downloadDocument({ documentId: made.documentId }), 404);
  });

  await part("resources are taken out of use", async () => {
    const { processes: [gone] } = await c.deployResources([model("gone", line(startEvent(), endEvent()))]);
    await c.deleteResource({ resourceKey: gone.processDefinitionKey });
    await refused(c.createProcessInstance({ processDefinitionId: "gone", variables: {} }), 404);
    await refused(c.deleteResource({ resourceKey: "1" }), 404);
  });

  await part("what is not offered says so", async () => {
    const absent = run(["routes"]).stdout.trim().split("\n").map((one) => JSON.parse(one)).filter((route) => route.id.startsWith("v2_no_"));
    assert.ok(absent.length > 60);
    for (const route of absent) {
      const got = await raw.ask(route.method, route.path.replace(/\{\w+\}/g, "1"), route.method === "GET" ? {} : { json: {} });
      assert.equal(got.status, 501, route.id);
      assert.deepEqual([got.body.title, got.body.status, got.body.type], ["NOT_IMPLEMENTED", 501, "about:blank"]);
      assert.ok(got.body.detail.includes(route.path), got.body.detail);
    }
    assert.equal((await raw.get("/v2/nothing")).body.title, "NOT_FOUND");
    assert.equal((await raw.ask("PUT", "/v2/topology", { json: {} })).status, 405);
  });

  await part("bodies that cannot be", async () => {
    const post = (address, body, type = "application/json") => raw.ask("POST", address, { body, headers: { "content-type": type } });
    assert.equal((await post("/v2/process-instances", "{}", "text/plain")).status, 415);
    assert.equal((await post("/v2/process-instances", "{")).status, 400);
    assert.equal((await post("/v2/process-instances", "[]")).status, 400);
    assert.equal((await post("/v2/process-instances", '{"processDefinitionId": "order", "colour": 1}')).status, 400);
    assert.equal((await post("/v2/process-instances", '{"processDefinitionId": "order", "tenantId": "other"}')).status, 400);
    assert.equal((await post("/v2/process-instances/search", "x".repeat(300_000))).status, 413);
    assert.equal((await post("/v2/jobs/x/completion", "{}")).status, 400);
  });

  await part("the example of the documentation runs", async () => {
    const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync(page, "utf8"));
    const file = path.join(folder, "example.mjs");
    writeFileSync(file, code);
    try {
      const child = spawn("node", [file], { cwd: folder, env: { ...process.env, MANDATE_URL: service.url, CAMUNDA_LOG_LEVEL: "none" }, stdio: ["ignore", "pipe", "pipe"] });
      let out = "";
      child.stdout.on("data", (chunk) => (out += chunk));
      child.stderr.on("data", (chunk) => (out += chunk));
      const code_of_exit = await new Promise((resolve) => child.once("exit", resolve));
      assert.equal(code_of_exit, 0, out);
      assert.match(out, /deployed version 1[\s\S]*fee 120/);
    } finally {
      rmSync(file);
    }
  });

  await part("the log of all that is sound", async () => {
    await service.stop();
    const done = run(["verify", "--data", service.data], { timeout: 120_000 });
    assert.equal(done.code, 0, done.stdout + done.stderr);
    await service.restart();
  });

  await part("values that are shown are on record, each time", async () => {
    const looks = async () => {
      await service.stop();
      const count = readFileSync(path.join(service.data, "mandate.db"), "latin1").split("values_looked").length - 1;
      await service.restart();
      return count;
    };
    const before = await looks();
    await c.searchVariables({ filter: { processInstanceKey: "16777217" } }, now);
    await refused(o.getVariable({ variableKey: "1" }, now), 404);
    await refused(o.getDecisionInstance({ decisionEvaluationInstanceKey: "16777217-1" }, now), 404);
    await c.searchProcessInstances({}, now); // shows no values
    assert.equal(await looks() - before, 3);
  });
});
