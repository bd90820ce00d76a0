// A signed-in case page with 64 connections, from the real binary by wrk; beside it, in the same run,
// the ticket page of Fossil (Debian's package). Prints a Markdown table; needs wrk and fossil.
//
//   node bench/page.mjs [SECONDS]
//
// "unchanged": the browser asks again for a page that nothing has changed since; "each made anew": every
// request differs, so every page is made from the store. One look is recorded an hour, as always.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { start } from "../test/harness.mjs";
import { applyBody } from "../test/matters.mjs";

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
  const [, p99, of] = /99%\s+([\d.]+)(us|ms|s)/.exec(done.stdout);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(done.stdout)[1]), p99_ms: Number(p99) * unit[of] };
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function measure(name, bytes, url, options) {
  wrk(url, options); // warm
  const runs = Array.from({ length: rounds }, () => wrk(url, options));
  const row = { name, bytes, rate: median(runs.map((r) => r.rate)), p99_ms: median(runs.map((r) => r.p99_ms)) };
  console.log(`| ${row.name} | ${row.bytes} | ${Math.round(row.rate)} | ${row.p99_ms.toFixed(2)} |`);
  return row;
}

function rss_kb(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

async function mandate() {
  const service = await start(undefined, { args: ["--quiet"] });
  try {
    const idle_kb = rss_kb(service.pid);
    const made = await service.apply(applyBody("residence-permit-issue"));
    const clerk = await service.signIn("clerk");
    const address = `${service.url}/desk/cases/${made.reference}`;
    const page = await fetch(address, { headers: clerk.headers });
    if (page.status !== 200) throw new Error(`the page: ${page.status}`);
    const bytes = (await page.arrayBuffer()).byteLength;
    const header = `Authorization: ${clerk.headers.authorization}`;
    const script = path.join(folder, "anew.lua");
    writeFileSync(script, `local n = 0\nrequest = function()\n  n = n + 1\n  return wrk.format("GET", wrk.path .. "?n=" .. n)\nend\n`);
    measure("Mandate, case page, unchanged", bytes, address, { header });
    measure("Mandate, case page, each made anew", bytes, address, { header, script });
    const first = await fetch(`${service.url}/`);
    measure("Mandate, first page, each made anew", (await first.arrayBuffer()).byteLength, `${service.url}/`, { script });
    return { idle_kb, after_kb: rss_kb(service.pid) };
  } finally {
    await service.end();
  }
}

// From the start of the process to the first page, with a data folder that is there already.
async function firstPage() {
  const service = await start(undefined, { demo: true, args: ["--quiet"] });
  const times = [];
  try {
    for (let i = 0; i < 5; i++) {
      await service.stop();
      const from = performance.now();
      const up = service.up();
      for (;;) {
        try {
          const page = await fetch(`${service.url}/`);
          await page.arrayBuffer();
          if (page.status === 200) break;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      }
      times.push(performance.now() - from);
      await up;
    }
  } finally {
    await service.end();
  }
  return median(times);
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
  console.log("| page | bytes | requests/s | p99 ms |\n|---|---|---|---|");
  const memory = await mandate();
  await fossil();
  console.log(`\nresident memory: ${memory.idle_kb} kB after the start, ${memory.after_kb} kB after the load`);
  console.log(`from the start of the process to the first page: ${(await firstPage()).toFixed(1)} ms`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
