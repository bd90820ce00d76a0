// One expression evaluated by both, and where they differ the smallest part that still does: parts under a
// `for`, a filter or a function are looked at with the values that their names take.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { textOf } from "./generate.mjs";
import { fromFeelin, inside, readFeel, same } from "./values.mjs";

// `mandate feel --lines`, kept running.
export class Ours {
  constructor(binary, contextFile) {
    this.child = spawn(binary, ["feel", "--lines", "--context", contextFile], { stdio: ["pipe", "pipe", "inherit"] });
    this.waiting = [];
    this.cache = new Map();
    createInterface({ input: this.child.stdout }).on("line", (line) => this.waiting.shift().resolve(JSON.parse(line)));
    this.child.on("exit", (code, signal) => {
      for (const one of this.waiting) one.reject(new Error(`mandate feel ended with ${code ?? signal}; it was asked: ${one.text}`));
    });
  }
  raw(text) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject, text });
      this.child.stdin.write(`${text}\n`);
    });
  }
  async value(text) {
    if (!this.cache.has(text)) {
      const answer = await this.raw(text);
      const value = answer.error ? { kind: "error", text: `${answer.error}: ${answer.text}` } : readFeel(answer.feel);
      this.cache.set(text, { value, text: answer.feel });
    }
    return this.cache.get(text);
  }
  end() {
    this.child.stdin.end();
    return new Promise((resolve) => this.child.on("close", resolve));
  }
}

const STEPS_MAX = 10_000;

// feelin counts from one end of an interval in ones until it meets the other exactly, so [0.5..2] never ends.
function guard(feelin) {
  const map = feelin.FeelRange.prototype.map;
  feelin.FeelRange.prototype.map = function (fn) {
    const count = this.end - this.start;
    if (this.valueType === "number" && !(Number.isInteger(count) && Math.abs(count) < STEPS_MAX)) throw new Error("endless iteration");
    return map.call(this, fn);
  };
}

export function theirsOf(feelin, context) {
  guard(feelin);
  return (text) => {
    try {
      return fromFeelin(feelin, feelin.evaluate(text, context).value);
    } catch (e) {
      return { kind: "error", text: e.message };
    }
  };
}

const BODIES_MAX = 6; // values of a name that are tried

export class Comparison {
  constructor(ours, theirs) {
    this.ours = ours;
    this.theirs = theirs;
  }

  // {text, ours, theirs, feel, differ}
  async both(text) {
    const { value, text: feel } = await this.ours.value(text);
    const theirs = this.theirs(text);
    return { text, ours: value, theirs, feel, differ: !same(value, theirs) };
  }

  // The values of the name that a kid is evaluated with: FEEL texts.
  async values(node, i, env) {
    const domain = textOf(node.kids[0], env);
    const { ours, feel } = await this.both(node.kids[0].op === "steps" ? `for i in ${domain} return i` : domain);
    if (node.op === "invoke") return [feel];
    const items = ours.kind === "list" ? ours.items : ours.kind === "range" ? [] : [ours];
    const texts = [];
    for (let at = 0; at < Math.min(items.length, BODIES_MAX); at++)
      texts.push((await this.ours.value(`(${ours.kind === "list" ? feel : `[${feel}]`})[${at + 1}]`)).text);
    return texts.filter((one) => one !== undefined);
  }

  // The smallest part of the node that differs, or null.
  async smallest(node, env = new Map()) {
    const whole = await this.both(textOf(node, env));
    if (!whole.differ) return null;
    for (const [i, kid] of node.kids.entries()) {
      const names = node.binds(i);
      const envs = names.length === 0 ? [env] : (await this.values(node, i, env)).map((one) => new Map([...env, [names[0], one]]));
      for (const inner of envs) {
        const found = await this.smallest(kid, inner);
        if (found !== null) return found;
      }
    }
    return this.reduced(node, env, whole);
  }

  // The same with the parts' values in their place, when it differs then too.
  async reduced(node, env, whole) {
    const parts = [];
    for (const [i, kid] of node.kids.entries())
      parts.push(node.binds(i).length === 0 && kid.op !== "steps" ? await this.both(textOf(kid, env)) : null);
    const plain = (one) => one !== null && one.ours.kind !== "error" && ![...inside(one.ours)].some((v) => v.kind === "function");
    const texts = node.kids.map((kid, i) => (plain(parts[i]) && kid.op !== "literal" ? parts[i].feel : textOf(kid, env)));
    const again = await this.both(node.write(texts));
    const args = parts.map((one) => one?.ours ?? null);
    // numbers that only look the same: a double is not the decimal that it stands for
    const inexact = parts.some((one) => one !== null && !exactly(one.ours, one.theirs));
    return { node, op: node.op, args, inexact, reduced: again.differ, ...(again.differ ? again : whole) };
  }
}

function exactly(a, b) {
  const left = [...inside(a)].filter((one) => one.kind === "number");
  const right = [...inside(b)].filter((one) => one.kind === "number");
  return left.every((one, i) => right[i] !== undefined && one.value === right[i].value);
}
