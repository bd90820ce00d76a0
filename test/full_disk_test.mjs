// A disk that is full: the service answers 503 and says so in its log; pages are still served; what
// it acknowledged stays; once there is room again it goes on by itself.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { run, start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

const DISK_MB = 48;

// A file system of its own in memory; needs the right to mount.
function disk(t) {
  const folder = mkdtempSync(path.join(tmpdir(), "mandate-disk-"));
  const done = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MB}m`, "tmpfs", folder]);
  if (done.status !== 0) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  t.after(() => {
    spawnSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

function fill(file) {
  const fd = openSync(file, "a");
  for (let size = 1 << 20; size > 0; size = size > 512 ? size >> 1 : 0) {
    const block = Buffer.alloc(size, "x");
    try {
      while (writeSync(fd, block) === size);
    } catch (error) {
      assert.equal(error.code, "ENOSPC");
    }
  }
  closeSync(fd);
}

test("a full disk", { timeout: 120_000 }, async (t) => {
  const folder = disk(t);
  if (folder === undefined) return t.skip("mounting is not allowed here");
  const service = await start(t, { data: path.join(folder, "data") });
  const known = [];
  for (let i = 0; i < 5; i++) known.push(await service.apply(applyBody("residence-permit-issue")));

  const filler = path.join(folder, "filler");
  let refused = 0;
  for (let round = 0; round < 200 && refused < 3; round++) {
    fill(filler); // the write-ahead log may still have room that it reuses
    const answer = await service.anonymous().post("/api/cases", applyBody("residence-permit-issue"));
    if (answer.status === 201) known.push(answer.body);
    else {
      assert.equal(answer.status, 503, answer.text);
      assert.match(answer.headers.get("content-type"), /^application\/problem\+json/);
      refused++;
    }
  }
  assert.equal(refused, 3);
  assert.match(service.log, /event=commit-failed .*code=full/);
  const { reference, access_code: code } = known[0];
  assert.equal((await service.applicant(reference, code).get(`/api/cases/${reference}`)).status, 200, "reading goes on");

  rmSync(filler);
  known.push(await service.apply(applyBody("residence-permit-issue")));
  for (const { reference, access_code: code } of known)
    assert.equal((await service.applicant(reference, code).get(`/api/cases/${reference}`)).status, 200, reference);
  assert.equal((await service.stop()).code, 0);
  const verified = run(["verify", "--data", service.data]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  assert.match(verified.stdout, new RegExp(`, ${known.length} cases,`));
});
