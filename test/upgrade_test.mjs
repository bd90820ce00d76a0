// A data folder that an earlier program made (test/kept: five cases, eight process instances at every kind of wait,
// a failed job, a message that waits) opens, verifies, and what it holds goes on to its end.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { root, run, start } from "./harness.mjs";

const kept = path.join(root, "test", "kept");

function unpack(t, archive) {
  const folder = mkdtempSync(path.join(tmpdir(), "mandate-kept-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const done = spawnSync("tar", ["xzf", path.join(kept, archive), "-C", folder]);
  assert.equal(done.status, 0, String(done.stderr));
  return path.join(folder, "data");
}

function verified(data) {
  const done = run(["verify", "--data", data]);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  return done.stdout;
}

for (const archive of readdirSync(kept).filter((name) => name.endsWith(".tar.gz"))) {
  test(`a data folder of ${archive.slice(0, 10)} goes on`, { timeout: 120_000 }, async (t) => {
    const data = unpack(t, archive);
    const service = await start(t, { data });
    const admin = await service.signIn("admin");
    const v2 = async (address, body, status) => {
      const answer = await admin.post(`/v2${address}`, body);
      assert.equal(answer.status, status, `${address}: ${answer.text}`);
      return answer.body;
    };
    const found = async (what, filter) => (await v2(`/${what}/search`, { filter }, 200)).items;

    // what an officer of a case and a worker had before them is there still
    const clerk = await service.signIn("clerk");
    const tasks = (await clerk.get("/api/tasks?state=all")).body.items;
    assert.equal(tasks.length, 2, "the two cases that nobody accepted yet");
    const instances = await found("process-instances", { processDefinitionId: "kept" });
    assert.equal(instances.length, 3);
    assert.equal((await found("incidents", { errorType: "JOB_NO_RETRIES" })).length, 1);

    // the first instance: its task with a form, then every other wait, to its end
    const key = instances.map((one) => one.processInstanceKey).sort((a, b) => Number(a) - Number(b))[0];
    const [look] = await found("user-tasks", { processInstanceKey: key, elementId: "look" });
    assert.equal(look.assignee, "operator");
    const form = await admin.get(`/v2/user-tasks/${look.userTaskKey}/form`);
    assert.equal(form.status, 200, form.text);
    assert.equal(form.body.formId, "look");
    const [elsewhere] = await found("user-tasks", { processInstanceKey: key, elementId: "elsewhere" });
    assert.equal(elsewhere.externalFormReference, "https://example.org/form");
    for (const one of [look, elsewhere]) await v2(`/user-tasks/${one.userTaskKey}/completion`, { variables: {} }, 204);
    await v2("/messages/correlation", { name: "papers", correlationKey: "A-1", variables: {} }, 200);
    const set = await admin.ask("PUT", `/v2/element-instances/${key}/variables`, { json: { variables: { rooms: 6 } } });
    assert.equal(set.status, 204, set.text);
    const [called] = await found("process-instances", { parentProcessInstanceKey: key });
    const [ask] = await found("jobs", { processInstanceKey: called.processInstanceKey });
    await v2(`/jobs/${ask.jobKey}/completion`, {}, 204);
    await service.clockTo(new Date(Date.now() + 3 * 86_400_000).toISOString());
    let end;
    for (let i = 0; i < 100 && end?.state !== "COMPLETED"; i++) {
      [end] = await found("process-instances", { processInstanceKey: key });
      if (end.state !== "COMPLETED") await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(end.state, "COMPLETED", JSON.stringify(await found("element-instances", { processInstanceKey: key, state: "ACTIVE" })));

    // the message that waited for an instance that did not exist yet, and the daily start
    const made = await v2("/process-instances", { processDefinitionId: "kept", variables: { rooms: 9, file: "A-9" } }, 200);
    const [wait] = await found("element-instances", { processInstanceKey: made.processInstanceKey, elementId: "wait" });
    assert.equal(wait.state, "COMPLETED");
    assert.ok((await found("process-instances", { processDefinitionId: "opened" })).length > 5, "it started while the clock went");

    await service.stop();
    verified(data);
    const again = run(["rebuild", "--data", data]);
    assert.equal(again.code, 0, again.stdout + again.stderr);
    verified(data);
  });
}
