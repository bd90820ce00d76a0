#!/usr/bin/env node
// The tables of doc/camunda.md, from the route table of the program (build/mandate routes).
//   node tool/camunda-routes.mjs           writes them into the page
//   import { tables, page } from ...       for the test that compares
import { readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const page = path.join(root, "doc/camunda.md");
const marks = /(<!-- routes: [^\n]*-->\n)[\s\S]*(<!-- end -->)/;

function routes() {
  const binary = process.env.MANDATE ?? path.join(root, "build/mandate");
  const done = spawnSync(binary, ["routes"], { encoding: "utf8", maxBuffer: 1 << 24 });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim().split("\n").map((line) => JSON.parse(line));
}

// Member names of paths as the specification has them are not told: {key} is the key of what the path names.
export function tables() {
  const all = routes().filter((route) => /^\/(v2|oauth)\//.test(route.path) || route.id === "login");
  const absent = all.filter((route) => route.id.startsWith("v2_no_"));
  const right = { public: "everybody", signed_in: "any account", part: "operates, or to whom it is open", work: "works", operate: "operates", deploy: "administers", demo: "`--demo`" };
  const rows = all.filter((route) => !absent.includes(route)).map((route) => `| \`${route.method} ${route.path}\` | ${route.summary} | ${right[route.permission]} |`);
  const missing = absent.map((route) => `| \`${route.method} ${route.path}\` | ${route.summary} |`);
  return `\n| address | what | who |\n|---|---|---|\n${rows.join("\n")}\n\n## What is not offered\n\nThese answer 501 with a problem that names them.\n\n` +
    `| address | why |\n|---|---|\n${missing.join("\n")}\n\n`;
}

// The page with the tables as the program has them.
export function written() {
  return readFileSync(page, "utf8").replace(marks, (_, from, to) => from + tables() + to);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, written());
