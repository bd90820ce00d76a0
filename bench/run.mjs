// All figures of the project, as one Markdown section. `make bench` installs what it needs and runs it.
//
//   node bench/run.mjs [--cases N] [--filled FOLDER] [--seconds N] [--rounds N] [--skip build,store,...]
//
// --filled: a folder that `mandate bench fill --cases N` made, so that it need not be made again.
//
// Each part is a program of its own, which can be run alone: `mandate bench store|process|feel|dmn|fill`,
// bench/page.mjs, bench/camunda.mjs, bench/size.mjs, bench/peers.mjs. What a figure is measured against stands beside it, from this run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { binary, root } from "../test/harness.mjs";

const options = { cases: "100000", filled: "", seconds: "5", rounds: "5", skip: "" };
for (let i = 2; i < process.argv.length; i += 2) {
  const name = process.argv[i].replace(/^--/, "");
  if (!(name in options) || process.argv[i + 1] === undefined) throw new Error(`unknown option '${process.argv[i]}'`);
  options[name] = process.argv[i + 1];
}
const folder = mkdtempSync(path.join(tmpdir(), "mandate-bench-"));

function run(command, args) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.status}\n${done.stdout}${done.stderr}`);
  return done.stdout.trim();
}

const first = (text) => text.split("\n")[0];
const load = () => loadavg().map((n) => n.toFixed(1)).join(" ");

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function timed(rounds, work) {
  return median(
    Array.from({ length: rounds }, () => {
      const from = performance.now();
      work();
      return performance.now() - from;
    }),
  );
}

function machine() {
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const fossil = first(run("fossil", ["version"])).replace(/^This is /, "");
  const wrk = first(spawnSync("wrk", ["-v"], { encoding: "utf8" }).stdout);
  console.log(`## ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC\n`);
  console.log(`- ${first(run(binary, ["version"]))}, commit ${run("git", ["rev-parse", "--short", "HEAD"])}; \`make bench\``);
  console.log(`- ${cpus().length} x ${cpus()[0].model}, ${memory} GiB; ${first(run("gcc", ["--version"]))}`);
  console.log(`- peers: SQLite ${run("pkg-config", ["--modversion", "sqlite3"])}, ${fossil}; ${wrk.replace(/ Copyright.*/, "")}`);
  console.log(`- load before (1, 5, 15 minutes): ${load()}; the load generator runs on the same processors`);
}

// From nothing, without what npm downloads: the UI's packages are there already.
function build() {
  const into = path.join(folder, "build");
  const took_ms = timed(1, () => run("make", ["-s", `-j${cpus().length}`, `B=${into}`, `${into}/mandate`]));
  console.log(`A build from nothing, \`make -j${cpus().length}\`: ${(took_ms / 1000).toFixed(1)} s (goal 60).`);
}

function check() {
  const pack = "packs/public-security";
  const matters = run("sh", ["-c", `ls ${pack}/matters | wc -l`]);
  const took_ms = timed(5, () => run(binary, ["check", pack]));
  console.log(`\`mandate check ${pack}\`: ${took_ms.toFixed(0)} ms for ${matters} matters with all their proofs and ` +
    `scenarios, ${(took_ms / Number(matters)).toFixed(0)} ms each (goal 100).`);
}

// Each procedure of the packs and each model of the interchange group, where its suite is at hand.
function soundness() {
  const models = run("sh", ["-c", "ls packs/*/processes/*.bpmn ../shared/suites/bpmn-miwg/*.bpmn 2>/dev/null || true"]).split("\n");
  console.log("| process | states | ms (goal 100) |\n|---|---|---|");
  for (const model of models.filter(Boolean)) {
    const answer = JSON.parse(spawnSync(binary, ["check", "--json", model], { cwd: root, encoding: "utf8" }).stdout || "[]");
    for (const one of answer[0]?.processes ?? [])
      console.log(`| ${path.basename(model)} ${one.process} | ${one.states} | ${(one.microseconds / 1000).toFixed(1)} |`);
  }
}

const parts = {
  store: ["Durable orders a second, alone and in groups (goal 0.7 of SQLite alone)", () => {
    console.log(run(binary, ["bench", "store", "--data", path.join(folder, "store"), "--seconds", "2", "--rounds", options.rounds]));
  }],
  process: ["Durable process instances a second, without the wire (goal 5,000 on two cores, 5 kB an instance)", () => {
    console.log(run(binary, ["bench", "process", "--data", path.join(folder, "process")]));
  }],
  page: ["Pages over HTTP (goal 20,000/s of a signed-in case page)", () => {
    console.log(run("node", ["bench/page.mjs", options.seconds]));
  }],
  camunda: ["Process instances over the Camunda REST API: start, service task, gateway, user task, end", () => {
    console.log(run("node", ["bench/camunda.mjs", options.seconds]));
  }],
  size: ["Memory, start and disk (goals: 20 MB with 100,000 cases; first page 30 ms after the start)", () => {
    console.log(run("node", ["bench/size.mjs", options.cases, ...(options.filled ? [options.filled] : [])]));
  }],
  peers: ["FEEL, decisions and processes beside peers from npm (goals: 15M/s compiled, 600k/s parsed and evaluated, tables 2M and 1M)", () => {
    console.log(run("node", ["bench/peers.mjs", options.rounds]));
  }],
  feel: ["FEEL, on one core, exact decimals (goals: 15M/s compiled, 600k/s parsed and evaluated)", () => {
    console.log(run(binary, ["bench", "feel"]));
  }],
  check: ["Proofs", check],
  soundness: ["Soundness of each model (goal 100 ms)", soundness],
  build: ["Build", build],
};

try {
  machine();
  const skipped = options.skip.split(",");
  for (const [name, [title, work]] of Object.entries(parts)) {
    if (skipped.includes(name)) continue;
    console.log(`\n### ${title}\n`);
    work();
    console.log(`\n(load after: ${load()})`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
