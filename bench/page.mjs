// A signed-in case page with 64 connections, from the real binary by wrk; beside it, in the same run,
// the ticket page of Fossil (Debian's package). Prints a Markdown table; needs wrk and fossil.
//
//   node bench/page.mjs [SECONDS]
//
// "unchanged": the browser asks again for a page that nothing has changed since; "each made anew": every
// request differs, so every page is made from the store; "1000 cases": of a case that the service may not
// have at hand. One look is recorded an hour, as always. us: what a request costs of the server's processor
// time, which does not depend on what else the machine does.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { run as mandateRun, start } from "../test/harness.mjs";

const seconds = Number(process.argv[2] ?? 5);
const rounds = 3;
const folder = mkdtempSync(path.join(tmpdir(), "mandate-bench-"));

function wrk(url, { header, script, connections = 64 } = {}) {
  const args = ["-t1", `-c${connections}`, `-d${seconds}`, "--latency"];
  if (header) args.push("-H", header);
  if (script) args.push("-s", script);
  const done = spawnSync("wrk", [...args, url], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`wrk: ${done.error ?? done.stderr}`);
  if (/Non-2xx/.test(done.stdout)) throw new Error(`${url}: ${done.stdout}`);
  const unit = { us: 0.001, ms: 1, s: 1000 };
  const at = (percent) => {
    const [, n, of] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s)`).exec(done.stdout);
    return Number(n) * unit[of];
  };
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(done.stdout)[1]),
    count: Number(/(\d+) requests in/.exec(done.stdout)[1]),
    p50_ms: at(50),
    p99_ms: at(99),
  };
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

// Of all its threads, in microseconds; Fossil answers each request in a process of its own.
function cpu_us(pid) {
  let sum = 0;
  for (const task of readdirSync(`/proc/${pid}/task`))
    sum += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
  return sum / 1000;
}

function measure(name, bytes, url, options, pid) {
  wrk(url, options); // warm
  const runs = Array.from({ length: rounds }, () => {
    const before = pid === undefined ? 0 : cpu_us(pid);
    const one = wrk(url, options);
    return { ...one, cpu_us: pid === undefined ? NaN : (cpu_us(pid) - before) / one.count };
  });
  const of = (key, digits) => {
    const value = median(runs.map((r) => r[key]));
    return Number.isNaN(value) ? "" : value.toFixed(digits);
  };
  console.log(`| ${name} | ${bytes} | ${of("rate", 0)} | ${of("p50_ms", 2)} | ${of("p99_ms", 2)} | ${of("cpu_us", 0)} |`);
}

function rss_kb(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

async function sizeOf(address, headers) {
  const page = await fetch(address, { headers });
  if (page.status !== 200) throw new Error(`${address}: ${page.status}`);
  return { bytes: (await page.arrayBuffer()).byteLength };
}

async function mandate() {
  const data = path.join(folder, "data");
  const made = mandateRun(["bench", "fill", "--data", data, "--cases", "1000"], { timeout: 600_000 });
  if (made.code !== 0) throw new Error(made.stderr);
  const references = made.stdout.trim().split("\n").map((line) => line.split(" ")[0]);
  const service = await start(undefined, { args: ["--quiet"], data });
  try {
    const idle_kb = rss_kb(service.pid);
    const clerk = await service.signIn("clerk");
    const address = `${service.url}/desk/cases/${references[0]}`;
    const { bytes } = await sizeOf(address, clerk.headers);
    const header = `Authorization: ${clerk.headers.authorization}`;
    const anew = path.join(folder, "anew.lua"), many = path.join(folder, "many.lua");
    writeFileSync(anew, `local n = 0\nrequest = function()\n  n = n + 1\n  return wrk.format("GET", wrk.path .. "?n=" .. n)\nend\n`);
    writeFileSync(
      many,
      `local cases, n = {${references.map((r) => `"${r}"`).join(",")}}, 0\nrequest = function()\n  n = n + 1\n` +
        `  return wrk.format("GET", "/desk/cases/" .. cases[n * 7919 % #cases + 1] .. "?n=" .. n)\nend\n`,
    );
    const home = await (await fetch(`${service.url}/`)).text();
    const asset = service.url + /\/assets\/[^"]+\.css/.exec(home)[0];
    const sheet = await sizeOf(asset); // now: an idle connection is closed while wrk works
    measure("Mandate, case page, unchanged", bytes, address, { header }, service.pid);
    measure("Mandate, case page, each made anew", bytes, address, { header, script: anew }, service.pid);
    measure("Mandate, case page, 1000 cases, each made anew", bytes, address, { header, script: many }, service.pid);
    measure("Mandate, first page, each made anew", Buffer.byteLength(home), `${service.url}/`, { script: anew }, service.pid);
    measure("Mandate, style sheet", sheet.bytes, asset, {}, service.pid);
    return { idle_kb, after_kb: rss_kb(service.pid) };
  } finally {
    await service.end();
  }
}

async function fossil() {
  const repository = path.join(folder, "tickets.fossil");
  const checkout = path.join(folder, "checkout");
  const env = { ...process.env, HOME: folder, USER: "bench" };
  const run = (args, cwd = folder) => {
    const done = spawnSync("fossil", args, { cwd, env, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`fossil ${args[0]}: ${done.stderr}`);
    return done.stdout;
  };
  run(["init", repository]);
  spawnSync("mkdir", [checkout]);
  run(["open", repository], checkout);
  run(["ticket", "add", "title", "A ticket to measure", "type", "Incident", "comment", "text ".repeat(1500)], checkout);
  const id = run(["sql", "SELECT tkt_uuid FROM ticket LIMIT 1"], checkout).trim().replaceAll("'", "");
  const port = 20000 + (process.pid % 20000);
  const server = spawn("fossil", ["server", "--localauth", "--port", String(port), repository], { cwd: folder, env, stdio: "ignore" });
  try {
    const address = `http://127.0.0.1:${port}/tktview/${id}`;
    let bytes;
    for (let i = 0; bytes === undefined && i < 200; i++) {
      try {
        const page = await fetch(address);
        if (page.status !== 200) throw new Error(`the ticket: ${page.status}`);
        bytes = (await page.arrayBuffer()).byteLength;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    measure("Fossil, ticket page", bytes, address);
  } finally {
    server.kill();
  }
}

try {
  console.log(`${cpus().length} cores, load before ${loadavg()[0].toFixed(2)}, ${rounds} rounds of ${seconds} s, 64 connections, wrk on the same machine\n`);
  console.log("| page | bytes | requests/s | p50 ms | p99 ms | us |\n|---|---|---|---|---|---|");
  const memory = await mandate();
  await fossil();
  console.log(`\nresident memory: ${memory.idle_kb} kB after the start, ${memory.after_kb} kB after the load`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
