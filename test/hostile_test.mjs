// Requests that should not be: each gets the right refusal, the service goes on answering, and
// nothing has changed: the log of events has not grown, and a case reads the same.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import net from "node:net";
import { test } from "node:test";
import { start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

const CRLF = "\r\n";
const HOST = `Host: a.example${CRLF}`;
const script = `<script>alert("x")</script>'";--`;

function request(line, headers = [], body = "") {
  return [line, "Host: a.example", ...headers].join(CRLF) + CRLF + CRLF + body;
}
function json(path, body, headers = []) {
  return request(`POST ${path} HTTP/1.1`, ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`, "Connection: close", ...headers], body);
}

// [what, bytes, expected status]
const rows = [
  ["no request at all", `\x16\x03\x01\x02\x00\x01\x00\r\n\r\n`, 400],
  ["no Host", `GET / HTTP/1.1${CRLF}${CRLF}`, 400],
  ["two Hosts", `GET / HTTP/1.1${CRLF}${HOST}${HOST}${CRLF}`, 400],
  ["a Host that is none", `GET / HTTP/1.1${CRLF}Host: a b${CRLF}${CRLF}`, 400],
  ["bare line ends", `GET / HTTP/1.1\nHost: a\n\n`, 400],
  ["a folded header", `GET / HTTP/1.1${CRLF}${HOST}X: a${CRLF} b${CRLF}${CRLF}`, 400],
  ["a NUL in a header", request("GET / HTTP/1.1", ["X: a\0b"]), 400],
  ["a control character in a header", request("GET / HTTP/1.1", ["X: a\x01b"]), 400],
  ["a blank before the colon", request("GET / HTTP/1.1", ["X : a"]), 400],
  ["HTTP/2 without a handshake", `PRI * HTTP/2.0${CRLF}${CRLF}SM${CRLF}${CRLF}`, 505],
  ["an unknown method", request("BREW / HTTP/1.1"), 501],
  ["TRACE", request("TRACE / HTTP/1.1"), 501],
  ["CONNECT", request("CONNECT a.example:80 HTTP/1.1"), 501],
  ["a method the address has not", request("DELETE /api/organs HTTP/1.1", ["Connection: close"]), 405],
  ["a method the address has not", request("PUT /api/cases HTTP/1.1", ["Connection: close"]), 405],
  ["two lengths", json("/api/cases", "{}", ["Content-Length: 2"]), 400],
  ["length and coding", json("/api/cases", "{}", ["Transfer-Encoding: chunked"]), 400],
  ["a length that is none", request("POST /api/cases HTTP/1.1", ["Content-Type: application/json", "Content-Length: 0x2"], "{}"), 400],
  ["a negative length", request("POST /api/cases HTTP/1.1", ["Content-Type: application/json", "Content-Length: -2"], "{}"), 400],
  ["an unknown transfer coding", request("POST /api/cases HTTP/1.1", ["Content-Type: application/json", "Transfer-Encoding: gzip, chunked"]), 501],
  ["broken chunks", request("POST /api/cases HTTP/1.1", ["Content-Type: application/json", "Transfer-Encoding: chunked"], "zz\r\n"), 400],
  ["a chunk extension", request("POST /api/cases HTTP/1.1", ["Content-Type: application/json", "Transfer-Encoding: chunked"], "2;a=b\r\n{}\r\n0\r\n\r\n"), 400],
  ["a compressed body", json("/api/cases", "{}", ["Content-Encoding: gzip"]), 415],
  ["a body on GET", request("GET /api/organs HTTP/1.1", ["Content-Length: 2"], "{}"), 413],
  ["a length beyond the address's limit", request("POST /api/cases HTTP/1.1", ["Content-Type: application/json", "Content-Length: 300000"]), 413],
  ["a length beyond all limits", request("POST /api/cases HTTP/1.1", ["Content-Type: application/json", "Content-Length: 99999999999999999999"]), 413],
  ["more chunks than the limit", request("POST /api/session HTTP/1.1", ["Content-Type: application/json", "Transfer-Encoding: chunked"], `2000\r\n${"x".repeat(0x2000)}\r\n0\r\n\r\n`), 413],
  ["a long header", request("GET / HTTP/1.1", [`X: ${"x".repeat(20000)}`]), 431],
  ["many headers", request("GET / HTTP/1.1", Array.from({ length: 100 }, (_, i) => `X-${i}: y`)), 431],
  ["a long address", request(`GET /${"a".repeat(9000)} HTTP/1.1`), 414],
  ["an unknown expectation", request("POST /api/cases HTTP/1.1", ["Expect: tea", "Content-Length: 2"], "{}"), 417],
  // paths
  ["..", request("GET /../etc/passwd HTTP/1.1"), 400],
  ["encoded ..", request("GET /assets/%2e%2e/%2e%2e/etc/passwd HTTP/1.1"), 400],
  ["an encoded slash", request("GET /assets/..%2f..%2fetc%2fpasswd HTTP/1.1"), 400],
  ["a backslash", request("GET /assets/..\\..\\x HTTP/1.1"), 400],
  ["an encoded backslash", request("GET /assets/..%5c..%5cx HTTP/1.1"), 400],
  ["an encoded NUL", request("GET /assets/app.css%00.png HTTP/1.1"), 400],
  ["an overlong dot", request("GET /%c0%ae%c0%ae/ HTTP/1.1"), 400],
  ["a broken encoding", request("GET /%zz HTTP/1.1"), 400],
  ["a double slash", request("GET //etc/passwd HTTP/1.1"), 400],
  ["another scheme", request("GET file:///etc/passwd HTTP/1.1"), 400],
  ["another host", request("GET http://b.example/ HTTP/1.1"), 400],
  ["a broken query", request("GET /api/organs?q=%zz HTTP/1.1", ["Connection: close"]), 400],
  ["a NUL in the query", request("GET /api/organs?q=%00 HTTP/1.1", ["Connection: close"]), 400],
  // content
  ["a form for JSON", request("POST /api/cases HTTP/1.1", ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 3", "Connection: close"], "a=b"), 415],
  ["no content type", request("POST /api/cases HTTP/1.1", ["Content-Length: 2", "Connection: close"], "{}"), 415],
  ["XML for JSON", request("POST /api/cases HTTP/1.1", ["Content-Type: text/xml", "Content-Length: 4", "Connection: close"], "<a/>"), 415],
  ["no JSON", json("/api/cases", "{"), 400],
  ["JSON with a key twice", json("/api/cases", `{"matter":"a","matter":"b"}`), 400],
  ["JSON that is no UTF-8", request("POST /api/cases HTTP/1.1", ["Content-Type: application/json", "Content-Length: 3", "Connection: close"], `"\xff"`), 400],
  ["JSON too deep", json("/api/cases", "[".repeat(100000)), 413],
  ["JSON that is no object", json("/api/cases", "[]"), 400],
  ["unknown members", json("/api/cases", `{"admin":true}`), 422],
  ["a wrong type", json("/api/cases", `{"matter":{},"place":"330302","applicant":{},"form":{}}`), 400],
  ["a matter that nobody has", json("/api/cases", `{"matter":"${"no-such"}","place":"330302","applicant":{},"form":{}}`), [404, 422]],
  ["from another site", json("/api/cases", "{}", ["Sec-Fetch-Site: cross-site"]), 403],
  ["from another origin", json("/api/cases", "{}", ["Origin: http://evil.example"]), 403],
  ["a token that is none", request("GET /api/tasks HTTP/1.1", [`Authorization: Bearer ${"a".repeat(43)}`, "Connection: close"]), 401],
  ["another scheme of authorization", request("GET /api/tasks HTTP/1.1", ["Authorization: Basic YTpi", "Connection: close"]), 401],
];

test("hostile requests are refused and change nothing", { timeout: 120_000 }, async (t) => {
  const service = await start(t);
  const made = await service.apply(applyBody("residence-permit-issue"));
  const applicant = service.applicant(made.reference, made.access_code);
  const state = async () => {
    const events = await applicant.get(`/api/cases/${made.reference}/events`);
    const clerk = await service.signInOnce("clerk");
    const tasks = await clerk.get("/api/tasks");
    assert.equal(events.status, 200, events.text);
    assert.equal(tasks.status, 200, tasks.text);
    return JSON.stringify([events.body.items, tasks.body.items.map((task) => [task.id, task.state])]);
  };
  const before = await state();

  // What waits is begun first, and looked at when the rest is done.
  const slow = (bytes) => service.raw(bytes, { wait_ms: 60_000 });
  const slowHead = slow(`GET / HTTP/1.1${CRLF}Host: a.example${CRLF}X: `);
  const slowBody = slow(request("POST /api/cases HTTP/1.1", ["Content-Type: application/json", "Content-Length: 100"], "{"));

  for (const [what, bytes, want] of rows) {
    const answer = await service.raw(Buffer.from(bytes, "latin1"));
    const status = Number(/^HTTP\/1\.1 (\d\d\d) /.exec(answer)?.[1]);
    assert.ok([want].flat().includes(status), `${what}: wanted ${want}, got ${status}: ${answer.slice(0, 300)}`);
    assert.match(answer, /\r\nX-Content-Type-Options: nosniff\r\n/, what);
    assert.match(answer, /\r\nContent-Security-Policy: default-src 'none'/, what);
    assert.equal((await service.get("/healthz")).status, 200, `after: ${what}`);
    if (status >= 500) assert.ok([501, 505].includes(status), what);
  }
  assert.equal(await state(), before);

  await t.test("many idle connections leave room for others", async () => {
    const idle = await Promise.all(Array.from({ length: 500 }, () => new Promise((resolve) => {
      const socket = net.connect(service.port, "127.0.0.1", () => resolve(socket));
    })));
    assert.equal((await service.get("/healthz")).status, 200);
    for (const socket of idle) socket.destroy();
  });

  await t.test("a client that leaves in the middle disturbs nobody", async () => {
    for (let i = 0; i < 50; i++) {
      await new Promise((resolve) => {
        const socket = net.connect(service.port, "127.0.0.1", () => {
          socket.write(`GET /api/organs HTTP/1.1${CRLF}${HOST}${CRLF}`.repeat(20));
          socket.resetAndDestroy();
          resolve();
        });
      });
    }
    assert.equal((await service.get("/healthz")).status, 200);
  });

  await t.test("a script in every field comes back as text", async () => {
    const body = applyBody("residence-permit-issue");
    for (const part of ["applicant", "form"])
      for (const [name, value] of Object.entries(body[part]))
        if (typeof value === "string") body[part][name] = script;
    const answer = await service.anonymous().post("/api/cases", body, { key: randomUUID() });
    assert.ok([201, 422].includes(answer.status), answer.text);
    const page = await service.get(`/search?q=${encodeURIComponent(script)}`);
    assert.ok(!page.text.includes("<script>alert"), "the page repeats the script");
    for (const address of [`/api/organs?q=${encodeURIComponent(script)}`, `/no/${encodeURIComponent("<script>")}`]) {
      const got = await service.get(address, { headers: { accept: "text/html" } });
      assert.ok(!got.text.includes("<script>") || !/html/.test(got.headers.get("content-type")), address);
    }
  });

  await t.test("wrong access codes are slowed down", async () => {
    const statuses = [];
    for (let i = 0; i < 12; i++)
      statuses.push((await service.applicant(made.reference, "AAAA-BBBB-CCCC").get(`/api/cases/${made.reference}`)).status);
    assert.equal(statuses[0], 401);
    assert.equal(statuses.at(-1), 429);
  });

  await t.test("wrong passwords are slowed down, and do not tell whether the account exists", async () => {
    const texts = new Set();
    for (const user of ["examiner", "nobody-of-that-name"]) {
      const statuses = [];
      for (let i = 0; i < 12; i++) {
        const answer = await service.anonymous().post("/api/session", { user, password: "wrong-password" });
        statuses.push(answer.status);
        texts.add(`${answer.status} ${answer.text}`);
      }
      assert.equal(statuses[0], 401);
      assert.equal(statuses.at(-1), 429);
    }
    assert.equal(texts.size, 2, [...texts].join("\n"));
  });

  await t.test("a slow head and a slow body end with 408", async () => {
    assert.match(await slowHead, /^HTTP\/1\.1 408 /);
    assert.match(await slowBody, /^HTTP\/1\.1 408 /);
    assert.equal((await service.get("/healthz")).status, 200);
  });
});
