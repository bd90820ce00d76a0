// Ours beside peers from npm (bench/peers), in one run: rounds in which each takes its turn, so that what else the
// machine does weighs on all alike. Figures are medians over the rounds, by processor time of the process.
//
//   node bench/peers.mjs [ROUNDS]     5 when not given
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { binary, root } from "../test/harness.mjs";

const rounds = Number(process.argv[2] ?? 5);
const folder = path.join(root, "bench/peers");

function run(command, args, cwd = root) {
  const done = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.status}\n${done.stdout}${done.stderr}`);
  return done.stdout.trim();
}

// not `npm ci`: that refuses a lock file without the packages of platforms that this registry does not hold
if (!existsSync(path.join(folder, "node_modules")))
  run("npm", ["install", "--no-save", "--no-audit", "--no-progress", "--loglevel=error"], folder);

// name -> list of rows, one a round; a row: its cells as numbers
const runs = {
  feel: () => run(binary, ["bench", "feel", "--lines"]),
  feelin: () => run("node", ["--expose-gc", "feelin.mjs"], folder),
  zen: () => run("node", ["--expose-gc", "zen.mjs"], folder),
  dmn: () => run(binary, ["bench", "dmn", "--lines"]),
  engine: () => run(binary, ["bench", "engine", "--lines"]),
  bpmn: () => run("node", ["--expose-gc", "bpmn-engine.mjs"], folder),
};
const seen = Object.fromEntries(Object.keys(runs).map((name) => [name, new Map()]));
for (let round = 0; round < rounds; round++)
  for (const [name, work] of Object.entries(runs))
    for (const line of work().split("\n")) {
      const [what, ...cells] = line.split("\t");
      if (!seen[name].has(what)) seen[name].set(what, []);
      seen[name].get(what).push(cells.map(Number));
    }

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const cells = (name, what, column) => (seen[name].get(what) ?? []).map((row) => row[column]);
const of = (name, what, column) => median(cells(name, what, column));
// paired by round: the median ratio, and the least and the greatest
function ratio(ours, theirs) {
  const all = ours.map((one, i) => one / theirs[i]).sort((a, b) => a - b);
  const show = (n) => (n >= 10 ? n.toFixed(0) : n.toFixed(1));
  return `${show(median(all))} (${show(all[0])}-${show(all[all.length - 1])})`;
}
const whole = (n) => Math.round(n).toLocaleString("en").replaceAll(",", " ");
const row = (...parts) => console.log(`| ${parts.join(" | ")} |`);
const head = (...parts) => (row(...parts), console.log(`|${parts.map(() => "---|").join("")}`));
const version = (name) => JSON.parse(readFileSync(path.join(folder, "node_modules", name, "package.json"), "utf8")).version;

console.log(`feelin ${version("feelin")}, @gorules/zen-engine ${version("@gorules/zen-engine")}, bpmn-engine ${version("bpmn-engine")}, ` +
  `node ${process.versions.node}; ${rounds} rounds in turn; medians, ratios paired by round (least-greatest)\n`);

console.log("Compiled once, evaluations a second. feelin has no compiler: a FEEL function that it parsed once is invoked.\n");
head("expression", "ours", "feelin", "ratio", "bytes, ours", "feelin");
for (const what of seen.feel.keys())
  row(`\`${what}\``, whole(of("feel", what, 0)), whole(of("feelin", what, 0)), ratio(cells("feel", what, 0), cells("feelin", what, 0)),
    whole(of("feel", what, 2)), whole(of("feelin", what, 2)));

console.log("\nParsed and evaluated, a second; zen in its own language.\n");
head("expression", "ours", "feelin", "ratio", "zen", "ratio");
for (const what of seen.feel.keys())
  row(`\`${what}\``, whole(of("feel", what, 1)), whole(of("feelin", what, 1)), ratio(cells("feel", what, 1), cells("feelin", what, 1)),
    whole(of("zen", what, 0)), ratio(cells("feel", what, 1), cells("zen", what, 0)));

console.log("\nDecision tables (an interval, a text, an output; one rule fits), decided a second. zen: 64 in flight, and from the\n" +
  "time that it reports for one alone. Loaded: with zen the text is taken and evaluated once, which compiles it; its memory\n" +
  "is what the process grew by.\n");
head("model", "ours", "zen", "ratio", "zen's own time", "ratio", "loaded ms, ours", "zen", "kB, ours", "zen");
for (const what of seen.dmn.keys()) {
  const decided = of("dmn", what, 0) > 0;
  row(what, ...(decided
    ? [whole(of("dmn", what, 0)), whole(of("zen", what, 0)), ratio(cells("dmn", what, 0), cells("zen", what, 0)), whole(of("zen", what, 1)), ratio(cells("dmn", what, 0), cells("zen", what, 1))]
    : ["", "", "", "", ""]),
    of("dmn", what, 1).toFixed(1), of("zen", what, 2).toFixed(1), whole(of("dmn", what, 2) / 1024), whole(of("zen", what, 3) / 1024));
}

console.log("\nProcess instances in memory, a second: start, service task, gateway with a condition, user task, end; the model read once.\n");
head("", "ours", "bpmn-engine", "ratio", "bytes, ours", "bpmn-engine");
row("instance", whole(of("engine", "instance", 0)), whole(of("bpmn", "instance", 0)), ratio(cells("engine", "instance", 0), cells("bpmn", "instance", 0)),
  whole(of("engine", "instance", 1)), whole(of("bpmn", "instance", 1)));
