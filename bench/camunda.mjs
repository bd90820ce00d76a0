// Process instances over the Camunda REST API, from the real binary, by a client in node on the same
// processors. Prints a Markdown table.
//
//   node bench/camunda.mjs [SECONDS]
//
// Creators start instances as fast as they are answered; workers ask for jobs with long polling, at most
// ten at a time, and complete each. Activation: from the request that gave a job to its answer, when there
// were jobs or one came; wait: from the answer that the instance was started to the answer that gave its job.
// Searches: over the instances that this made, a page of 50, each time another.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import http from "node:http";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { start } from "../test/harness.mjs";
import { endEvent, flow, job, person, process as model, startEvent } from "../test/camunda/models.mjs";

const seconds = Number(process.argv[2] ?? 5);
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
const folder = mkdtempSync(path.join(tmpdir(), "mandate-bench-"));

function asker(service, authorization) {
  return (method, address, json) =>
    new Promise((resolve, reject) => {
      const body = json === undefined ? undefined : JSON.stringify(json);
      const headers = { authorization, ...(body && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }) };
      const request = http.request({ agent, host: "127.0.0.1", port: service.port, method, path: address, headers }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode >= 300) reject(new Error(`${address}: ${response.statusCode} ${text.slice(0, 300)}`));
          else resolve(text === "" ? undefined : JSON.parse(text));
        });
      });
      request.on("error", reject);
      request.end(body);
    });
}

const at = (values, part) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? NaN;
const row = (name, rate, values) => console.log(`| ${name} | ${rate.toFixed(0)} | ${at(values, 0.5).toFixed(2)} | ${at(values, 0.99).toFixed(2)} |`);

// Start, service task, exclusive gateway, user task, end.
const bench = model("bench", [startEvent(), job("work", "work"), '<exclusiveGateway id="choice" default="f3"/>', person("look"), endEvent(), endEvent("skipped"),
  flow("f1", "start", "work"), flow("f2", "work", "choice"), flow("f3", "choice", "look"), flow("f4", "choice", "skipped", "=skip = true"), flow("f5", "look", "end")].join(""));

async function load(ask, creators, workers) {
  const started = new Map(), activations = [], waits = [], creations = [], completions = [];
  let over = false, made = 0, done = 0;
  const create = async () => {
    while (!over) {
      const from = performance.now();
      const { processInstanceKey } = await ask("POST", "/v2/process-instances", { processDefinitionId: "bench", variables: { n: made++ } });
      const now = performance.now();
      creations.push(now - from);
      if (started.has(processInstanceKey)) waits.push(0);
      else started.set(processInstanceKey, now);
    }
  };
  const work = async () => {
    while (!over) {
      const from = performance.now();
      const { jobs } = await ask("POST", "/v2/jobs/activation", { type: "work", worker: "bench", timeout: 60_000, maxJobsToActivate: 10, requestTimeout: 500 });
      const now = performance.now();
      if (jobs.length > 0) activations.push(now - from);
      for (const one of jobs) {
        const since = started.get(one.processInstanceKey);
        if (since === undefined) started.set(one.processInstanceKey, now); // the job was here before the answer
        else waits.push(now - since);
      }
      await Promise.all(jobs.map(async (one) => {
        const begun = performance.now();
        await ask("POST", `/v2/jobs/${one.jobKey}/completion`, { variables: { seen: true } });
        completions.push(performance.now() - begun);
        done++;
      }));
    }
  };
  const from = performance.now();
  const all = [...Array.from({ length: creators }, create), ...Array.from({ length: workers }, work)];
  setTimeout(() => (over = true), seconds * 1000);
  await Promise.all(all);
  const took_s = (performance.now() - from) / 1000;
  const what = `${creators} creators, ${workers} workers`;
  row(`${what}: instances started`, made / took_s, creations);
  row(`${what}: activations`, activations.length / took_s, activations);
  row(`${what}: from start to worker`, done / took_s, waits);
  row(`${what}: completions`, done / took_s, completions);
}

async function searches(ask, name, address, bodies) {
  const times = [];
  let over = false, n = 0;
  setTimeout(() => (over = true), seconds * 1000);
  const from = performance.now();
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (!over) {
      const begun = performance.now();
      await ask("POST", address, bodies(n++));
      times.push(performance.now() - begun);
    }
  }));
  row(name, (times.length * 1000) / (performance.now() - from), times);
}

const service = await start(undefined, { data: path.join(folder, "data"), args: ["--quiet"] });
try {
  const session = (await service.signIn("admin")).session;
  const ask = asker(service, `Bearer ${session.token}`);
  const form = new FormData();
  form.append("resources", new Blob([bench.content]), bench.name);
  const deployed = await service.ask("POST", "/v2/deployments", { body: form, headers: { authorization: `Bearer ${session.token}` } });
  if (deployed.status !== 200) throw new Error(deployed.text);
  console.log("| what | a second | p50 ms | p99 ms |\n|---|---|---|---|");
  await load(ask, 1, 1);
  await load(ask, 16, 4);
  await load(ask, 64, 8);
  const { page } = await ask("POST", "/v2/process-instances/search", { page: { limit: 1 } });
  const many = page.hasMoreTotalItems ? `more than ${page.totalItems}` : page.totalItems;
  const limit = 50;
  await searches(ask, `search instances by key, 16 at once`, "/v2/process-instances/search", (n) => ({ filter: { state: "ACTIVE" }, page: { from: n % 1000, limit } }));
  await searches(ask, `search instances, newest first`, "/v2/process-instances/search", (n) => ({ sort: [{ field: "startDate", order: "DESC" }], page: { from: n % 1000, limit } }));
  await searches(ask, `search user tasks of a process, sorted`, "/v2/user-tasks/search", (n) => ({ filter: { processDefinitionId: "bench", state: "CREATED" }, sort: [{ field: "creationDate", order: "ASC" }], page: { from: n % 1000, limit } }));
  const { items } = await ask("POST", "/v2/process-instances/search", { page: { limit: 1000 } });
  await searches(ask, `search variables of one instance`, "/v2/variables/search", (n) => ({ filter: { processInstanceKey: items[n % items.length].processInstanceKey } }));
  const bytes = ["mandate.db", "mandate.db-wal"].reduce((sum, name) => sum + (statSync(path.join(folder, "data", name), { throwIfNoEntry: false })?.size ?? 0), 0);
  console.log(`\nSearched in ${many} instances; ${(bytes / 1e6).toFixed(0)} MB of database. Load: ${loadavg().map((n) => n.toFixed(1)).join(" ")}.`);
} finally {
  await service.end();
  rmSync(folder, { recursive: true, force: true });
}
