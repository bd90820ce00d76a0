// FEEL beside another implementation (npm's feelin): random expressions, and what differs must be of a class
// in feelin/classes.mjs, which names the clause of the standard that decides it.
//
// MANDATE_FEELIN_COUNT expressions (3000), the first of seed MANDATE_FEELIN_SEED (1). A failing one is run again
// alone with its seed and MANDATE_FEELIN_COUNT=1.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { binary, root } from "./harness.mjs";
import { classes, classOf } from "./feelin/classes.mjs";
import { Comparison, Ours, theirsOf } from "./feelin/compare.mjs";
import { context, generator, randomOf, textOf } from "./feelin/generate.mjs";
import { show } from "./feelin/values.mjs";

const folder = path.join(root, "test/feelin");
const count = Number(process.env.MANDATE_FEELIN_COUNT ?? 3000);
const first = Number(process.env.MANDATE_FEELIN_SEED ?? 1);
const BOUND_MS = 120_000; // the default number takes some seconds on a quiet machine

async function feelinModule() {
  if (!existsSync(path.join(folder, "node_modules/feelin"))) {
    const done = spawnSync("npm", ["ci", "--no-progress", "--loglevel=error"], { cwd: folder, encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
  }
  return import(pathToFileURL(path.join(folder, "node_modules/feelin/dist/index.js")));
}

// The same seed gives the same expression.
function expression(seed) {
  const random = randomOf(seed);
  return generator(random)(1 + random.below(4));
}

test("FEEL beside feelin", { timeout: count <= 3000 ? BOUND_MS : undefined }, async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), "mandate-feelin-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  writeFileSync(path.join(home, "context.json"), JSON.stringify(context));
  const ours = new Ours(binary, path.join(home, "context.json"));
  const comparison = new Comparison(ours, theirsOf(await feelinModule(), context));
  const found = new Map();
  const unexplained = [];
  for (let seed = first; seed < first + count; seed++) {
    const node = expression(seed);
    const difference = await comparison.smallest(node);
    if (difference === null) continue;
    const known = classOf(difference);
    if (known === null) unexplained.push({ seed, whole: textOf(node), ...difference });
    else found.set(known.name, (found.get(known.name) ?? 0) + 1);
  }
  assert.equal(await ours.end(), 0, "mandate feel --lines ends well");

  const explained = [...found.values()].reduce((sum, one) => sum + one, 0);
  t.diagnostic(`${count} expressions: ${count - explained - unexplained.length} alike, ${explained} differ as explained`);
  for (const one of classes) if (found.has(one.name)) t.diagnostic(`${found.get(one.name)} ${one.name} (${one.clause})`);
  assert.equal(
    unexplained.length,
    0,
    unexplained
      .slice(0, 10)
      .map((one) => `seed ${one.seed}: ${one.text}\n  ours ${show(one.ours)}, feelin ${show(one.theirs)}\n  in ${one.whole}\n  again: MANDATE_FEELIN_SEED=${one.seed} MANDATE_FEELIN_COUNT=1 node --test test/feelin_test.mjs`)
      .join("\n"),
  );
  // were the two the same program, or one of them broken, nothing would be compared
  assert.ok(count < 1000 || (found.size > 10 && explained < count / 2), "both answer");
});

// A class that nothing belongs to explains nothing: each has a name and a clause of its own.
test("the classes", () => {
  assert.equal(new Set(classes.map((one) => one.name)).size, classes.length);
  for (const one of classes) for (const part of ["name", "clause", "asks", "feelin"]) assert.ok(one[part], `${one.name}: ${part}`);
});
