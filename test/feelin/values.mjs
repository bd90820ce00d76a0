// Values of both implementations in one form, so that they can be compared and shown:
//   {kind: "number", value: 1.5, text: "1.50"}, {kind: "string"|"boolean", value}, {kind: "null"},
//   {kind: "date"|"time"|"date and time", value: ISO text}, {kind: "days and time duration", value: ns},
//   {kind: "years and months duration", value: months}, {kind: "list", items}, {kind: "context", entries: Map},
//   {kind: "range", low, high, lowClosed, highClosed}, {kind: "function"}, {kind: "error", text}.

export const NULL = { kind: "null" };

// ---- what `mandate feel --lines` prints as FEEL text -------------------------------------------
class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }
  fail(what) {
    throw new Error(`cannot read '${this.text}' at ${this.at}: ${what}`);
  }
  take(token) {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }
  need(token) {
    if (!this.take(token)) this.fail(`'${token}' expected`);
  }
  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at += found[0].length;
    return found[0];
  }
  string() {
    let out = "";
    this.need('"');
    while (!this.take('"')) {
      if (this.take("\\")) {
        const c = this.text[this.at++];
        if (c === "u") out += String.fromCharCode(parseInt(this.text.slice(this.at, (this.at += 4)), 16));
        else if (c === "U") out += String.fromCodePoint(parseInt(this.text.slice(this.at, (this.at += 6)), 16));
        else out += { n: "\n", r: "\r", t: "\t" }[c] ?? c;
      } else if (this.at >= this.text.length) this.fail("a string without end");
      else out += this.text[this.at++];
    }
    return out;
  }
  items(end, one) {
    const out = [];
    if (this.take(end)) return out;
    do out.push(one()); while (this.take(", "));
    this.need(end);
    return out;
  }
  bracketed() {
    const from = this.at;
    if (this.take("[")) {
      const items = this.items.bind(this);
      if (this.take("]")) return { kind: "list", items: [] };
      const first = this.value();
      if (!this.take("..")) {
        const rest = this.take(", ") ? items("]", () => this.value()) : (this.need("]"), []);
        return { kind: "list", items: [first, ...rest] };
      }
    }
    this.at = from;
    const lowClosed = this.take("[") || (this.need("("), false);
    for (const [sign, make] of signs)
      if (this.take(sign)) {
        this.take(" ");
        const end = this.value();
        this.need(")");
        return { kind: "range", ...make(end) };
      }
    const low = this.value();
    this.need("..");
    const high = this.value();
    const highClosed = this.take("]") || (this.need(")"), false);
    return { kind: "range", low, high, lowClosed, highClosed };
  }
  value() {
    const c = this.text[this.at];
    if (c === '"') return { kind: "string", value: this.string() };
    if (c === "@") return this.at++, temporal(this.string());
    if (c === "[" || c === "(") return this.bracketed();
    if (this.take("{")) {
      const entries = this.items("}", () => {
        const name = this.text[this.at] === '"' ? this.string() : this.match(/[^:]*/y);
        this.need(": ");
        return [name, this.value()];
      });
      return { kind: "context", entries: new Map(entries) };
    }
    if (this.take("function(...)")) return { kind: "function" };
    const word = this.match(/null|true|false/y);
    if (word !== null) return word === "null" ? NULL : { kind: "boolean", value: word === "true" };
    const digits = this.match(/-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y);
    if (digits === null) this.fail("a value expected");
    return { kind: "number", value: Number(digits), text: digits };
  }
}
const signs = [
  ["<=", (end) => ({ low: NULL, high: end, lowClosed: false, highClosed: true })],
  [">=", (end) => ({ low: end, high: NULL, lowClosed: true, highClosed: false })],
  ["!=", (end) => ({ low: end, high: end, lowClosed: false, highClosed: false, only: "!=" })],
  ["<", (end) => ({ low: NULL, high: end, lowClosed: false, highClosed: false })],
  [">", (end) => ({ low: end, high: NULL, lowClosed: false, highClosed: false })],
  ["=", (end) => ({ low: end, high: end, lowClosed: true, highClosed: true, only: "=" })],
];

export function readFeel(text) {
  const reader = new Reader(text);
  const value = reader.value();
  if (reader.at !== text.length) reader.fail("more than one value");
  return value;
}

// ---- dates, times, durations from their ISO text -----------------------------------------------
function duration(text) {
  const found = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/.exec(text);
  if (found === null) throw new Error(`no duration: ${text}`);
  const [, sign, years, months, ...rest] = found;
  const minus = sign === "-" ? -1n : 1n;
  const [days, hours, minutes, seconds] = rest.map((one) => BigInt(one ?? 0));
  if (years !== undefined || months !== undefined)
    return { kind: "years and months duration", value: minus * (12n * BigInt(years ?? 0) + BigInt(months ?? 0)) };
  const fraction = BigInt((rest[4] ?? "").padEnd(9, "0"));
  const ns = (((days * 24n + hours) * 60n + minutes) * 60n + seconds) * 1_000_000_000n + fraction;
  return { kind: "days and time duration", value: minus * ns };
}

function temporal(text) {
  if (/^-?P/.test(text)) return duration(text);
  const zone = text.replace(/(?:\+|-)00:00$|@UTC$/, "Z");
  if (/^\d\d:/.test(text)) return { kind: "time", value: zone };
  return { kind: text.includes("T") ? "date and time" : "date", value: zone };
}

// ---- what feelin gives -------------------------------------------------------------------------
export function fromFeelin(feelin, v) {
  if (v === null || v === undefined) return NULL;
  if (typeof v === "boolean" || typeof v === "string") return { kind: typeof v, value: v };
  if (typeof v === "number") return { kind: "number", value: v, text: String(v) };
  if (Array.isArray(v)) return { kind: "list", items: Array.from(v, (one) => fromFeelin(feelin, one)) };
  if (v instanceof feelin.FeelRange)
    return {
      kind: "range",
      low: fromFeelin(feelin, v.start),
      high: fromFeelin(feelin, v.end),
      lowClosed: v["start included"],
      highClosed: v["end included"],
    };
  if (v instanceof feelin.FeelDuration) return duration(v.toString());
  for (const one of [feelin.FeelDate, feelin.FeelTime, feelin.FeelDateTime])
    if (v instanceof one) return temporal(v.toString());
  if (typeof v === "function" || v instanceof feelin.FeelFunction) return { kind: "function" };
  if (typeof v !== "object") throw new Error(`unknown value of feelin: ${typeof v}`);
  return { kind: "context", entries: new Map(Object.entries(v).map(([name, one]) => [name, fromFeelin(feelin, one)])) };
}

// ---- comparing ---------------------------------------------------------------------------------
// Doubles lose digits: two numbers are the same up to twelve digits.
const close = (a, b) => a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b), 1e-3);

export function same(a, b) {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "null": case "function": case "error": return true;
    case "number": return close(a.value, b.value);
    case "list": return a.items.length === b.items.length && a.items.every((one, i) => same(one, b.items[i]));
    case "context":
      return a.entries.size === b.entries.size && [...a.entries].every(([name, one]) => b.entries.has(name) && same(one, b.entries.get(name)));
    case "range":
      return same(a.low, b.low) && same(a.high, b.high) && a.lowClosed === b.lowClosed && a.highClosed === b.highClosed && a.only === b.only;
    default: return a.value === b.value;
  }
}

// Every value inside, itself first.
export function* inside(v) {
  yield v;
  if (v.kind === "list") for (const one of v.items) yield* inside(one);
  if (v.kind === "context") for (const one of v.entries.values()) yield* inside(one);
  if (v.kind === "range") yield* inside(v.low), yield* inside(v.high);
}

export const has = (v, kind) => [...inside(v)].some((one) => one.kind === kind);

export function show(v) {
  switch (v.kind) {
    case "null": case "function": return v.kind;
    case "error": return `error: ${v.text}`;
    case "number": return v.text;
    case "string": return JSON.stringify(v.value);
    case "list": return `[${v.items.map(show).join(", ")}]`;
    case "context": return `{${[...v.entries].map(([name, one]) => `${name}: ${show(one)}`).join(", ")}}`;
    case "range": return `${v.lowClosed ? "[" : "("}${show(v.low)}..${show(v.high)}${v.highClosed ? "]" : ")"}${v.only ?? ""}`;
    default: return `${v.kind} ${v.value}`;
  }
}
