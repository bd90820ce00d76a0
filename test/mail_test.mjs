// Messages to applicants over SMTP, against a real server on loopback (Debian's aiosmtpd): a server
// that is away delays a message and loses none, also when the service itself stops in between.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

const python = "/usr/bin/python3";
const present = spawnSync(python, ["-c", "import aiosmtpd"]).status === 0;

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// A mail server with a Maildir of its own; ends with the test.
function mailServer(t, port, folder) {
  const server = spawn(python, ["-m", "aiosmtpd", "-n", "-l", `127.0.0.1:${port}`, "-c", "aiosmtpd.handlers.Mailbox", path.join(folder, "box")], { stdio: "ignore" });
  t.after(() => server.kill("SIGKILL"));
}

function mails(folder) {
  try {
    const fresh = path.join(folder, "box", "new");
    return readdirSync(fresh).map((name) => readFileSync(path.join(fresh, name), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

async function until(what, done, ms = 60_000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(200)) if (done()) return;
  assert.fail(`${what} did not happen in ${ms} ms`);
}

const apply = async (service, key) => {
  const answer = await service.post("/api/cases", applyBody("residence-permit-issue"), { key });
  assert.equal(answer.status, 201, answer.text);
  return answer.body.reference;
};

test("messages wait for a mail server that is away", { skip: present ? false : "python3-aiosmtpd is not installed", timeout: 150_000 }, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "mandate-mail-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const service = await start(t, { args: ["--smtp", `smtp://127.0.0.1:${port}`, "--mail-from", "service@example.invalid"] });
  const first = await apply(service, "mail-1");
  await until("a first try that fails", () => /event=message-delayed/.test(service.log));
  assert.ok(!service.log.includes("sample-one@"), "the log names no address");
  await service.restart();
  const second = await apply(service, "mail-2");
  mailServer(t, port, folder);
  await until("both receipts", () => mails(folder).length >= 2);
  await sleep(3000); // time for a second copy, if there were one
  const got = mails(folder);
  assert.equal(got.length, 2, "each message once");
  for (const reference of [first, second]) {
    const mail = got.find((text) => {
      const body = text.split(/\r?\n\r?\n/).slice(1).join("\n");
      return /^content-transfer-encoding: *base64/im.test(text)
        ? Buffer.from(body, "base64").toString("utf8").includes(reference)
        : body.includes(reference);
    });
    assert.ok(mail, `the receipt of ${reference} arrived`);
    assert.match(mail, /^To: .*sample-one@example\.invalid/m);
    assert.match(mail, /^From: .*service@example\.invalid/m);
    assert.match(mail, /^Subject: /m);
  }
});
