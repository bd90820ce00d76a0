// The command line and the service's life: help, settings from every source, signals, and what
// monitoring reads.
import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { root, run, start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

function temporary(t) {
  const folder = mkdtempSync(path.join(tmpdir(), "mandate-serve-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("the command line", async (t) => {
  await t.test("every command has help and refuses what it does not know", () => {
    const help = run(["--help"]);
    assert.equal(help.code, 0);
    const commands = [...help.stdout.matchAll(/^ {2}(\w+) {2,}/gm)].map((m) => m[1]);
    for (const name of ["serve", "check", "feel", "verify", "account"]) assert.ok(commands.includes(name), name);
    for (const name of commands) {
      const own = run([name, "--help"]);
      assert.equal(own.code, 0, `${name}: ${own.stderr}`);
      assert.match(own.stdout, /^usage: mandate /, name);
      const wrong = run([name, "--no-such-option"]);
      assert.equal(wrong.code, 2, name);
      assert.ok(wrong.stderr.trim().length > 0, `${name} does not say what is wrong`);
    }
    assert.equal(run([]).code, 2);
    assert.equal(run(["no-such-command"]).code, 2);
    assert.match(run(["--version"]).stdout, /^mandate \d+\.\d+\.\d+\n$/);
  });

  await t.test("the settings are documented as they are", () => {
    const table = run(["settings"]).stdout.trim();
    const doc = readFileSync(path.join(root, "doc/operating.md"), "utf8");
    assert.ok(doc.includes(table), "doc/operating.md has another table than `mandate settings`");
  });

  await t.test("wrong settings are one line and exit code 2", (t) => {
    const folder = temporary(t);
    const file = path.join(folder, "settings.yaml");
    const rows = [
      [["--no-such"], {}, "", /unknown option '--no-such'/],
      [["--threads", "many"], {}, "", /'--threads' wants a number/],
      [[], { MANDATE_NONSENSE: "1" }, "", /unknown variable 'MANDATE_NONSENSE'/],
      [[], { MANDATE_THREADS: "x" }, "", /'MANDATE_THREADS'/],
      [[], {}, "nonsense: 1\n", /settings\.yaml:1:1: unknown setting 'nonsense'/],
      [[], {}, "threads: [1]\n", /settings\.yaml:1:/],
      [[], {}, "a: b: c\n", /settings\.yaml:1:/],
      [["--listen", "nowhere"], {}, "", /not HOST:PORT/],
      [["--listen", "127.0.0.1:99999"], {}, "", /not HOST:PORT/],
      [["--trusted-proxies", "1.2.3"], {}, "", /trusted proxies/],
      [["--listen", "0.0.0.0:0", "--demo"], {}, "", /loopback/],
    ];
    for (const [args, env, yaml, want] of rows) {
      writeFileSync(file, yaml);
      const done = run(["serve", "--config", file, "--data", path.join(folder, "data"), ...args], { env });
      assert.equal(done.code, 2, `${args} ${JSON.stringify(env)} ${yaml}: ${done.stderr}`);
      assert.match(done.stderr, want);
    }
    assert.equal(run(["serve", "--config", path.join(folder, "none.yaml")]).code, 2);
  });
});

test("the service", { timeout: 120_000 }, async (t) => {
  const folder = temporary(t);
  const pack = path.join(folder, "packs/public-security");
  cpSync(path.join(root, "packs"), path.join(folder, "packs"), { recursive: true });
  const service = await start(t, { packs: [pack] });

  await t.test("two do not share a port or a folder", () => {
    const port = run(["serve", "--listen", `127.0.0.1:${service.port}`, "--data", path.join(folder, "other")]);
    assert.equal(port.code, 2);
    assert.match(port.stderr, /could not listen on/);
    const data = run(["serve", "--listen", "127.0.0.1:0", "--data", service.data]);
    assert.equal(data.code, 2, data.stderr);
    assert.equal(data.stderr.trim().split("\n").length, 1, data.stderr);
  });

  await t.test("monitoring finds it alive, ready and counted", async () => {
    assert.equal((await service.get("/healthz")).text, "ok\n");
    assert.equal((await service.get("/readyz")).status, 200);
    await service.get("/no-such-page");
    // another loop's request is counted a moment after its answer has left
    let metrics = await service.get("/metrics");
    for (let i = 0; i < 40 && !/route="none",status="4xx"/.test(metrics.text); i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      metrics = await service.get("/metrics");
    }
    assert.match(metrics.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
    for (const line of metrics.text.trim().split("\n"))
      assert.match(line, /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[\d.]+)$/);
    assert.match(metrics.text, /mandate_http_requests_total\{route="healthz",status="2xx"\} 1\n/);
    assert.match(metrics.text, /mandate_http_requests_total\{route="none",status="4xx"\} 1\n/);
  });

  await t.test("the log has no person in it", async () => {
    const made = await service.apply(applyBody("residence-permit-issue"));
    const applicant = service.applicant(made.reference, made.access_code);
    await applicant.get(`/api/cases/${made.reference}?name=样例一`);
    await service.signIn("clerk");
    await sleep(100);
    assert.match(service.log, /event=request route=case_get method=GET status=200 bytes=\d+ us=\d+/);
    for (const secret of ["样例", "13800000000", "330302199001010005", made.access_code, "mandate-demo?", "sample-one", "name="])
      assert.ok(!service.log.replace(/password of all is 'mandate-demo'/, "").includes(secret), secret);
  });

  await t.test("compiled-in files are cached for ever, and sent as gzip", async () => {
    const page = await service.get("/", { headers: { accept: "text/html" } });
    const address = /href="(\/assets\/[^"]+\.css)"/.exec(page.text)[1];
    const plain = await service.get(address, { headers: { "accept-encoding": "identity" } });
    assert.equal(plain.status, 200);
    assert.equal(plain.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.match(plain.headers.get("content-type"), /^text\/css/);
    const packed = await service.get(address, { headers: { "accept-encoding": "br, gzip;q=0.8" } });
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    assert.equal(packed.text, plain.text);
    const again = await service.get(address, { headers: { "if-none-match": plain.headers.get("etag"), "accept-encoding": "identity" } });
    assert.equal(again.status, 304);
    assert.equal((await service.get("/assets/none.css")).status, 404);
  });

  await t.test("the same key gives the first answer again", async () => {
    const body = applyBody("residence-permit-issue");
    const first = await service.post("/api/cases", body, { key: "one-key" });
    const second = await service.post("/api/cases", body, { key: "one-key" });
    assert.equal(first.status, 201, first.text);
    assert.equal(second.status, 201, second.text);
    assert.equal(second.body.reference, first.body.reference);
    assert.equal(second.headers.get("idempotency-replayed"), "true");
    const other = await service.post("/api/cases", { ...body, place: "330302024" }, { key: "one-key" });
    assert.ok([409, 422].includes(other.status), other.text);
  });

  await t.test("a broken pack is refused at SIGHUP, and the old one goes on", async () => {
    const before = await service.get("/api/matters");
    const file = path.join(pack, "matters/residence-permit-issue.yaml");
    const text = readFileSync(file, "utf8");
    appendFileSync(file, "\nno-such-key: 1\n");
    service.signal("SIGHUP");
    for (let i = 0; i < 100 && !/event=packs?-refused/.test(service.log); i++) await sleep(50);
    for (let i = 0; i < 100 && !/event=packs-refused/.test(service.log); i++) await sleep(50);
    assert.match(service.log, /event=packs-refused kept=1/);
    assert.doesNotMatch(service.log, /event=packs-reloaded/, "a refused pack was not reloaded");
    assert.match(service.log, /residence-permit-issue\.yaml/);
    assert.deepEqual((await service.get("/api/matters")).body, before.body);
    writeFileSync(file, text.replace("居住证申领、换领、补领", "居住证申领（新）"));
    service.signal("SIGHUP");
    let after;
    for (let i = 0; i < 100 && !after?.text.includes("居住证申领（新）"); i++) {
      await sleep(50);
      after = await service.get("/api/matters");
    }
    assert.ok(after.text.includes("居住证申领（新）"), service.log.slice(-2000));
  });

  await t.test("SIGTERM: what runs is finished, nothing new begins, exit code 0", async () => {
    const running = Array.from({ length: 20 }, () => service.anonymous().post("/api/cases", applyBody("residence-permit-issue")).catch(() => undefined));
    await sleep(5);
    const ended = await service.stop();
    assert.deepEqual(ended, { code: 0, signal: null });
    const answers = (await Promise.all(running)).filter(Boolean);
    for (const answer of answers) assert.ok([201, 503].includes(answer.status), answer.text);
    assert.match(service.log, /event=service-stopped/);
    await assert.rejects(fetch(`${service.url}/healthz`));
    await service.restart();
    for (const answer of answers.filter((one) => one.status === 201)) {
      const got = await service.applicant(answer.body.reference, answer.body.access_code).get(`/api/cases/${answer.body.reference}`);
      assert.equal(got.status, 200, "an acknowledged case is gone");
    }
  });
});
