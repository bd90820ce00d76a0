// Starts the real binary on a free loopback port with a data folder of its own, and talks to it.
//
//   import { start } from "./harness.mjs";
//   const service = await start(t);                     // --demo, the public-security pack; ends with the test
//   const clerk = await service.signIn("clerk");
//   const { status, body } = await clerk.get("/api/tasks");
//   await service.clockTo("2026-03-02T09:00:00+08:00");
//   await service.restart();                            // the same data folder
//
// MANDATE=path picks another binary (an ASan build), MANDATE_TEST_PACK another pack;
// MANDATE_TEST_KEEP=1 keeps the data folder.

import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const binary = process.env.MANDATE ?? path.join(root, "build", "mandate");
export const demoPassword = "mandate-demo";
const READY_MS = 30_000;
const STOP_MS = 20_000;

// The environment without settings of ours that the caller's shell may hold.
function cleanEnvironment(extra) {
  const env = {};
  for (const [name, value] of Object.entries(process.env))
    if (!name.startsWith("MANDATE")) env[name] = value;
  return { ...env, ...extra };
}

// One command to its end: {code, stdout, stderr}.
export function run(args, { input, env, cwd = root, timeout = 60_000 } = {}) {
  const done = spawnSync(binary, args, { input, cwd, timeout, encoding: "utf8", env: cleanEnvironment(env) });
  if (done.error) throw done.error;
  return { code: done.status, signal: done.signal, stdout: done.stdout, stderr: done.stderr };
}

// Somebody who asks: anonymous, signed in (bearer), or an applicant with an access code.
export class Client {
  constructor(service, headers = {}) {
    this.service = service;
    this.headers = headers;
  }
  // Answers {status, headers, body, text}; body is parsed when it is JSON.
  async ask(method, address, { json, form, body, headers, key } = {}) {
    const all = { ...this.headers, ...headers };
    if (json !== undefined) {
      all["content-type"] ??= "application/json";
      body = JSON.stringify(json);
    }
    if (form !== undefined) body = form instanceof FormData ? form : new URLSearchParams(form);
    if (key !== undefined) all["idempotency-key"] = key;
    const response = await fetch(new URL(address, this.service.url), { method, headers: all, body, redirect: "manual" });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString("utf8");
    const type = response.headers.get("content-type") ?? "";
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      text,
      body: /^application\/(problem\+)?json/.test(type) ? JSON.parse(text) : undefined,
    };
  }
  get(address, options) {
    return this.ask("GET", address, options);
  }
  post(address, json, options) {
    return this.ask("POST", address, { json, ...options });
  }
}

export class Service extends Client {
  #process;
  #log = "";
  constructor(options) {
    super(null);
    this.service = this;
    this.options = options;
    this.data = options.data ?? mkdtempSync(path.join(tmpdir(), "mandate-test-"));
    this.ownData = options.data === undefined;
    this.sessions = {};
  }
  get log() {
    return this.#log;
  }
  get pid() {
    return this.#process?.pid;
  }
  async up() {
    const { args = [], packs = [process.env.MANDATE_TEST_PACK ?? "packs/public-security"], demo = true, env } = this.options;
    const all = ["serve", "--data", this.data, "--listen", `127.0.0.1:${this.port ?? 0}`];
    for (const pack of packs) all.push("--pack", pack);
    if (demo) all.push("--demo");
    this.#process = spawn(binary, [...all, ...args], { cwd: root, env: cleanEnvironment(env), stdio: ["ignore", "pipe", "pipe"] });
    this.exited = new Promise((resolve) => this.#process.once("exit", (code, signal) => resolve({ code, signal })));
    const listening = new Promise((resolve, reject) => {
      const seen = (chunk) => {
        this.#log += chunk;
        // "event=service-started ... listen=127.0.0.1:40123"
        const found = /event=service-started\b.*\blisten=\S+:(\d+)/.exec(this.#log);
        if (found) resolve(Number(found[1]));
      };
      this.#process.stdout.setEncoding("utf8").on("data", seen);
      this.#process.stderr.setEncoding("utf8").on("data", seen);
      this.exited.then((end) => reject(new Error(`the service ended at its start: ${JSON.stringify(end)}\n${this.#log}`)));
      setTimeout(() => reject(new Error(`the service did not start in ${READY_MS} ms\n${this.#log}`)), READY_MS).unref();
    });
    this.port = await listening;
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }
  // SIGTERM, and how it ended: {code, signal}.
  async stop() {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return this.exited;
    this.#process.kill("SIGTERM");
    const late = new Promise((_, reject) =>
      setTimeout(() => reject(new Error(`the service did not stop in ${STOP_MS} ms\n${this.#log}`)), STOP_MS).unref());
    return Promise.race([this.exited, late]);
  }
  async kill(signal = "SIGKILL") {
    this.#process.kill(signal);
    return this.exited;
  }
  signal(name) {
    this.#process.kill(name);
  }
  // The same data folder and port again; stopped before unless it was killed. The log starts anew.
  async restart() {
    await this.stop();
    this.#log = "";
    return this.up();
  }
  // Stopped, and cleanly: exit code 0 unless it was killed, and no word of a sanitizer.
  async end() {
    try {
      const ended = this.#process ? await this.stop() : { code: 0 };
      if (ended.code !== 0 && ended.signal !== "SIGKILL") throw new Error(`the service ended with ${JSON.stringify(ended)}\n${this.#log.slice(-4000)}`);
      if (/Sanitizer|runtime error/.test(this.#log)) throw new Error(this.#log.slice(-4000));
    } catch (error) {
      await this.kill();
      throw error;
    } finally {
      if (this.ownData && !process.env.MANDATE_TEST_KEEP) rmSync(this.data, { recursive: true, force: true });
    }
  }
  // Who has not signed in.
  anonymous() {
    return new Client(this);
  }
  // An account, by bearer token. client.session is what POST /api/session answered.
  async signIn(user, password = demoPassword) {
    const answer = await this.anonymous().post("/api/session", { user, password });
    if (answer.status !== 201) throw new Error(`${user} could not sign in: ${answer.status} ${answer.text}`);
    const client = new Client(this, { authorization: `Bearer ${answer.body.token}` });
    client.session = answer.body;
    return client;
  }
  // The same, but one session for all who ask.
  async signInOnce(user) {
    return (this.sessions[user] ??= this.signIn(user));
  }
  // An applicant, by the access code of one case.
  applicant(reference, code) {
    const client = new Client(this, { authorization: `Bearer ${code}` });
    client.reference = reference;
    return client;
  }
  // POST /api/cases, each with a fresh idempotency key; answers the created case.
  async apply(body, key = randomUUID()) {
    const answer = await this.anonymous().post("/api/cases", body, { key });
    if (answer.status !== 201) throw new Error(`could not apply: ${answer.status} ${answer.text}`);
    return answer.body;
  }
  // Moves the demonstration's clock forward.
  async clockTo(now) {
    const answer = await this.anonymous().post("/api/demo/clock", { now });
    if (answer.status >= 300) throw new Error(`could not move the clock: ${answer.status} ${answer.text}`);
    return answer.body;
  }
  // Bytes on a socket, and all that came back before the server closed or wait_ms passed.
  raw(bytes, { wait_ms = 3000, end = false } = {}) {
    return new Promise((resolve, reject) => {
      const chunks = [];
      const socket = net.connect(this.port, "127.0.0.1", () => {
        socket.write(bytes);
        if (end) socket.end();
      });
      const timer = setTimeout(() => socket.destroy(), wait_ms);
      socket.on("data", (chunk) => chunks.push(chunk));
      socket.on("error", (error) => (["ECONNRESET", "EPIPE"].includes(error.code) ? undefined : reject(error)));
      socket.on("close", () => {
        clearTimeout(timer);
        resolve(Buffer.concat(chunks).toString("latin1"));
      });
    });
  }
}

// A service that is up. t: the test (its end ends the service), or undefined: call end() yourself.
// options: {args, packs, demo, data, env}.
export async function start(t, options = {}) {
  if (!existsSync(binary)) throw new Error(`${binary} is not built: run make`);
  const service = new Service(options);
  t?.after(() => service.end());
  await service.up();
  return service;
}

export function readJson(file) {
  return JSON.parse(readFileSync(path.join(root, file), "utf8"));
}
