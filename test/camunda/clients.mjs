// Camunda's own clients as npm delivers them (test/camunda/package.json), for the tests that use them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import buffer from "node:buffer";
import path from "node:path";
import { root } from "../harness.mjs";

globalThis.File ??= buffer.File; // node 18 has it there
export const folder = path.join(root, "test/camunda");
export const now = { consistency: { waitUpToMs: 0 } }; // a search is never behind

export function packages() {
  if (!existsSync(path.join(folder, "node_modules/@camunda8/sdk"))) {
    const done = spawnSync("npm", ["ci", "--ignore-scripts", "--no-progress", "--loglevel=error"], { cwd: folder, encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
  }
  const need = createRequire(path.join(folder, "package.json"));
  return { Camunda8: need("@camunda8/sdk").Camunda8, createCamundaClient: need("@camunda8/orchestration-cluster-api").default ?? need("@camunda8/orchestration-cluster-api").createCamundaClient };
}

// One of @camunda8/sdk's clients.
export function sdk(Camunda8, service, settings) {
  return new Camunda8({ ZEEBE_REST_ADDRESS: service.url, CAMUNDA_LOG_LEVEL: "none", CAMUNDA_SUPPORT_LOG_ENABLED: false, ...settings }).getCamundaRestClient();
}
export const basic = (user) => ({ CAMUNDA_AUTH_STRATEGY: "BASIC", CAMUNDA_BASIC_AUTH_USERNAME: user, CAMUNDA_BASIC_AUTH_PASSWORD: "mandate-demo" });
export const strict = { CAMUNDA_SDK_VALIDATION: "req:none,res:strict", CAMUNDA_SDK_LOG_LEVEL: "silent" };

// The problem of a refused request, whichever client it went through.
export async function refused(promise, status, pattern) {
  let error;
  try {
    await promise;
  } catch (caught) {
    error = caught;
  }
  assert.ok(error, `it was not refused with ${status}`);
  const got = error.statusCode ?? error.status ?? error.response?.statusCode;
  const text = [error.detail, error.message, error.response?.body, error.body && JSON.stringify(error.body)].join(" ");
  assert.equal(got, status, text);
  if (pattern) assert.match(text, pattern);
}
