// Messages to applicants against a real SMTP server (npm's smtp-server) on loopback: a server that is
// down, or that asks to come back later, delays them and loses none.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { root, start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

const folder = path.join(root, "test/smtp");
const WAIT_MS = 40_000; // 5 s and 10 s of back-off, on a slow machine
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function smtpServer() {
  if (!existsSync(path.join(folder, "node_modules/smtp-server"))) {
    const done = spawnSync("npm", ["ci", "--no-progress", "--loglevel=error"], { cwd: folder, encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
  }
  return createRequire(path.join(folder, "package.json"))("smtp-server").SMTPServer;
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// A server that keeps what it takes; refuse(n): how many recipients it asks to come back later.
async function listen(t, port, { refuse = 0 } = {}) {
  const SMTPServer = smtpServer();
  const taken = [];
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    logger: false,
    onRcptTo(address, session, done) {
      if (refuse-- > 0) return done(Object.assign(new Error("come back later"), { responseCode: 451 }));
      done();
    },
    onData(stream, session, done) {
      const chunks = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        taken.push({ from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map((r) => r.address), text: Buffer.concat(chunks).toString("latin1") });
        done();
      });
    },
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return taken;
}

async function until(what, condition) {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(100)) if (condition()) return;
  assert.fail(`not within ${WAIT_MS} ms: ${what}`);
}

function bodyOf(message) {
  const [head, body] = message.text.split(/\r\n\r\n(.*)/s);
  assert.match(head, /^Content-Transfer-Encoding: base64$/m);
  return Buffer.from(body, "base64").toString("utf8");
}

test("messages leave over SMTP", { timeout: 120_000 }, async (t) => {
  const port = await freePort();
  const service = await start(t, { args: ["--smtp", `smtp://127.0.0.1:${port}`, "--mail-from", "office@example.invalid"] });

  // a server that is down, and then asks to come back later, delays them
  const { reference } = await service.apply(applyBody("residence-permit-issue"));
  await until("the delay is logged", () => /event=message-delayed .*attempts=1/.test(service.log));
  assert.ok(!service.log.includes("sample-one@"), "no address in the log");
  const taken = await listen(t, port, { refuse: 1 });
  await until("the message", () => taken.length > 0);
  assert.equal(taken.length, 1);
  assert.equal(taken[0].from, "office@example.invalid");
  assert.deepEqual(taken[0].to, ["sample-one@example.invalid"]);
  assert.match(bodyOf(taken[0]), new RegExp(reference));
  assert.match(service.log, /event=message-delayed .*attempts=2/, "'come back later' was heeded");

  // the next ones leave at once, each once
  await Promise.all(Array.from({ length: 5 }, () => service.apply(applyBody("residence-permit-issue"))));
  await until("five more", () => taken.length >= 6);
  await sleep(2500);
  assert.equal(taken.length, 6);
  const ids = taken.map((message) => /^Message-ID: (\S+)/m.exec(message.text)[1]);
  assert.equal(new Set(ids).size, 6);
});
