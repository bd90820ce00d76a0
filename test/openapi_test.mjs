// The API describes itself truly: every row of the route table under /api/ is in /api/openapi.json and
// nothing else is; the description passes a linter of others; and answers have the shapes it gives.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { root, run, start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

const lint = path.join(root, "test/lint");

function routes() {
  const done = run(["routes"]);
  assert.equal(done.code, 0, done.stderr);
  return done.stdout.trim().split("\n").map((line) => JSON.parse(line));
}

function linter() {
  const command = path.join(lint, "node_modules/.bin/spectral");
  if (!existsSync(command)) {
    const done = spawnSync("npm", ["ci", "--no-progress", "--loglevel=error"], { cwd: lint, encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
  }
  return command;
}

// Does value fit schema? Says where not. Only what the description uses.
function misfit(doc, schema, value, at = "") {
  if (schema.$ref) return misfit(doc, doc.components.schemas[schema.$ref.split("/").pop()], value, at);
  if (schema.anyOf) return schema.anyOf.every((one) => misfit(doc, one, value, at)) ? `${at}: fits none` : undefined;
  if (!schema.type) return undefined;
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;
  if (![schema.type].flat().includes(kind)) return `${at}: ${JSON.stringify(value)} is ${kind}, not ${schema.type}`;
  if (kind === "string" && schema.format === "date-time" && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value))
    return `${at}: ${value} is no date-time`;
  if (kind === "array")
    for (const [i, item] of value.entries()) {
      const found = misfit(doc, schema.items ?? {}, item, `${at}/${i}`);
      if (found) return found;
    }
  if (kind === "object") {
    for (const name of schema.required ?? []) if (!(name in value)) return `${at}: ${name} is missing`;
    for (const [name, one] of Object.entries(schema.properties ?? {}))
      if (name in value) {
        const found = misfit(doc, one, value[name], `${at}/${name}`);
        if (found) return found;
      }
  }
  return undefined;
}

test("the description", { timeout: 180_000 }, async (t) => {
  const service = await start(t);
  const answer = await service.get("/api/openapi.json");
  assert.equal(answer.status, 200);
  const doc = answer.body;

  await t.test("holds every route of the API and no other", () => {
    const described = Object.entries(doc.paths).flatMap(([address, item]) => Object.keys(item).map((m) => `${m.toUpperCase()} ${address}`));
    const wanted = routes().filter((r) => r.path.startsWith("/api/")).map((r) => `${r.method} ${r.path}`);
    assert.deepEqual(described.sort(), wanted.sort());
    for (const r of routes().filter((r) => r.path.startsWith("/api/")))
      assert.equal(doc.paths[r.path][r.method.toLowerCase()]["x-permission"], r.permission, r.id);
  });

  await t.test("passes the linter without a warning", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "mandate-lint-"));
    try {
      writeFileSync(path.join(folder, "openapi.json"), answer.text);
      writeFileSync(path.join(folder, ".spectral.yaml"), 'extends: ["spectral:oas"]\n');
      const done = spawnSync(linter(), ["lint", "openapi.json", "--ruleset", ".spectral.yaml", "--fail-severity", "hint"], { cwd: folder, encoding: "utf8" });
      assert.equal(done.status, 0, done.stdout + done.stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  await t.test("is what the answers look like", async () => {
    const made = await service.apply(applyBody("residence-permit-issue"));
    const applicant = service.applicant(made.reference, made.access_code);
    const clerk = await service.signInOnce("clerk");
    const supervisor = await service.signInOnce("supervisor");
    const at = (method, address) => doc.paths[address][method].responses;
    const check = (responses, got, what) => {
      const response = responses[got.status] ?? responses.default;
      const type = got.headers.get("content-type").split(";")[0];
      assert.ok(response.content[type], `${what}: ${got.status} has no ${type} in the description`);
      if (got.body !== undefined) assert.equal(misfit(doc, response.content[type].schema, got.body), undefined, `${what}: ${got.text}`);
    };
    const some = async (client, address, pattern, want = 200) => {
      const got = await client.get(address);
      assert.equal(got.status, want, `${address}: ${got.text}`);
      check(at("get", pattern), got, address);
      return got.body;
    };
    const organs = await some(service, "/api/organs", "/api/organs");
    await some(service, `/api/organs/${organs.items[0].id}`, "/api/organs/{id}");
    await some(service, "/api/organs/none", "/api/organs/{id}", 404);
    const matters = await some(service, "/api/matters", "/api/matters");
    for (const matter of matters.items) await some(service, `/api/matters/${matter.id}`, "/api/matters/{id}");
    await some(service, "/api/places", "/api/places");
    assert.equal(misfit(doc, doc.components.schemas.CaseMade, made), undefined);
    const one = `/api/cases/${made.reference}`;
    await some(applicant, one, "/api/cases/{reference}");
    await some(service, one, "/api/cases/{reference}", 401);
    for (const part of ["events", "letters", "accesses", "diagram", "diagram.svg"]) await some(applicant, `${one}/${part}`, `/api/cases/{reference}/${part}`);
    await some(clerk, "/api/tasks", "/api/tasks");
    await some(clerk, "/api/session", "/api/session");
    await some(supervisor, "/api/clocks", "/api/clocks");
    await some(clerk, "/api/clocks", "/api/clocks", 403);
    const wrong = await service.post("/api/cases", { ...applyBody("residence-permit-issue"), form: { kind: "none" } });
    assert.equal(wrong.status, 422, wrong.text);
    check(at("post", "/api/cases"), wrong, "a wrong form");
    assert.match(wrong.body.field, /^\/form\//);
    const missing = await service.post("/api/cases", { matter: "residence-permit-issue" });
    assert.equal(missing.status, 422, missing.text);
    assert.equal(missing.body.field, "/place");
  });
});
