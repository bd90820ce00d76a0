// Memory and disk of a service with many cases, and how long it takes from the start of the process to
// the first page. Prints Markdown.
//
//   node bench/size.mjs [CASES] [DATA-FOLDER]    (a folder that `mandate bench fill` made; else a new one)
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { binary, root, run, start } from "../test/harness.mjs";

const cases = Number(process.argv[2] ?? 100000);
const folder = mkdtempSync(path.join(tmpdir(), "mandate-bench-"));
const rounds = 9;

function status_kb(pid, name) {
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

const mb = (kb) => (kb / 1024).toFixed(1);

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

// What serves the pages: not the program's own pages, which the system shares and can drop.
async function memory(what, options) {
  const service = await start(undefined, { args: ["--quiet"], ...options });
  try {
    await service.anonymous().get("/");
    await service.anonymous().get("/matters");
    const all = status_kb(service.pid, "VmRSS"), own = status_kb(service.pid, "RssAnon");
    console.log(`| ${what} | ${mb(all)} | ${mb(own)} |`);
  } finally {
    await service.end();
  }
}

function ask(port) {
  return new Promise((resolve) => {
    const request = http.get({ host: "127.0.0.1", port, path: "/", agent: false }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode === 200));
    });
    request.on("error", () => resolve(false));
  });
}

// Of its threads; none has ended yet.
function cpu_ms(pid) {
  let sum_ns = 0;
  for (const task of readdirSync(`/proc/${pid}/task`))
    sum_ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
  return sum_ns / 1e6;
}

// The port is known before, so that nothing is read from the service's output meanwhile.
async function firstPage(data) {
  const port = 20000 + (process.pid % 20000);
  const from = performance.now();
  const args = ["serve", "--quiet", "--data", data, "--pack", "packs/public-security", "--listen", `127.0.0.1:${port}`];
  const service = spawn(binary, args, { cwd: root, stdio: "ignore" });
  const gone = new Promise((resolve) => service.once("exit", resolve));
  while (!(await ask(port))) {
    if (service.exitCode !== null) throw new Error("the service ended at its start");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const took_ms = performance.now() - from, used_ms = cpu_ms(service.pid);
  service.kill("SIGTERM");
  await gone;
  return { took_ms, used_ms };
}

async function startTimes(data) {
  await firstPage(data);
  const times = [];
  for (let i = 0; i < rounds; i++) times.push(await firstPage(data));
  const of = (key) => median(times.map((one) => one[key])).toFixed(1);
  return { took_ms: of("took_ms"), used_ms: of("used_ms") };
}

try {
  const big = process.argv[3] ?? path.join(folder, "big"), empty = path.join(folder, "empty");
  if (process.argv[3] === undefined) {
    const made = run(["bench", "fill", "--data", big, "--cases", String(cases)], { timeout: 3600_000 });
    if (made.code !== 0) throw new Error(made.stderr);
  }
  console.log("| resident memory | all, MB | its own (not files), MB |\n|---|---|---|");
  await memory("idle, no case", { data: empty });
  await memory(`idle, ${cases} cases`, { data: big });
  const bytes = statSync(path.join(big, "mandate.db")).size;
  console.log(`\nDatabase: ${(bytes / cases).toFixed(0)} bytes a case, each with its first task done.`);
  const cold = await startTimes(empty), full = await startTimes(big);
  console.log(`From the start of the process to the end of the first page, median of ${rounds}: ` +
    `${cold.took_ms} ms without cases, ${full.took_ms} ms with ${cases}; processor time ${cold.used_ms} and ${full.used_ms} ms.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
