// Random FEEL expressions that know the types of their parts; one part in twelve is of a wrong type.
// A node is {op, kids, write(texts)}; binders add names: kid i sees binds(i), and drop them again.

// splitmix32: small, and the same on every machine
export function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, pick: (list) => list[below(list.length)], chance: (p) => next() < p };
}

// The variables of every expression. JSON, because both sides can read that.
export const context = {
  n: 7,
  "monthly fee": 12.5,
  s: "Wenzhou",
  yes: true,
  nothing: null,
  numbers: [3, 1, 2, 3],
  texts: ["a", "b", "c"],
  person: { age: 42, name: "A", "home city": "Lanzhou" },
  items: [
    { price: 5, label: "a" },
    { price: 15, label: "b" },
    { price: 25, label: "c" },
  ],
};
const variables = {
  number: ["n", "monthly fee", "person.age", "items[2].price"],
  string: ["s", "person.name", "person.home city"],
  boolean: ["yes"],
  null: ["nothing"],
  numbers: ["numbers", "items.price"],
  texts: ["texts", "items.label"],
  context: ["person"],
  contexts: ["items"],
};

const WRONG = 1 / 12;
const kinds = ["number", "string", "boolean", "date", "time", "date and time", "days", "months", "numbers", "texts",
  "booleans", "dates", "context", "contexts", "lists", "range", "null", "temporal range"];

const literals = {
  number: ["0", "1", "2", "3", "10", "-1", "-2", "0.5", "1.5", "-2.5", "100", "2.25", "1000", ".5", "12.125", "7"],
  string: ['""', '"a"', '"b"', '"abc"', '"foobar"', '"Aé"', '"a b"', '"1"', '"\\u4e2d\\u6587"', '"a\\"b"', '"x\\ny"', '"12.5"',
    '"\\U01F600z"', '"2020-01-01"', '"a.b"', '"aXbXc"'],
  boolean: ["true", "false"],
  date: ['@"2020-02-29"', '@"2021-01-31"', 'date("1999-12-31")', 'date(2020, 5, 1)', '@"2024-03-10"', '@"0001-01-01"'],
  time: ['@"10:30:00"', '@"00:00:00"', '@"23:59:59"', '@"10:30:00Z"', '@"12:00:00+08:00"', 'time("08:15:30")', "time(1, 2, 3)"],
  "date and time": ['@"2020-02-29T10:30:00"', '@"2021-01-31T23:59:59"', '@"2020-01-01T00:00:00Z"', '@"2020-06-01T12:00:00+08:00"',
    'date and time("2021-03-04T05:06:07")', '@"2020-07-01T10:00:00@Europe/Paris"'],
  days: ['@"P1D"', '@"PT36H"', '@"-P2DT3H"', 'duration("PT90M")', '@"PT0S"', '@"P10DT1S"', '@"PT0.5S"'],
  months: ['@"P1Y"', '@"P14M"', '@"-P1Y6M"', 'duration("P1M")', '@"P0M"'],
  null: ["null"],
};

// What a function takes, and gives. A star: any number of such; a slash: one of these; names: for calls by name.
const functions = [
  ["number(string, string?, string?)", "number", ["from", "grouping separator", "decimal separator"]],
  ["string(any)", "string", ["from"]],
  ["date(string/date/date and time)", "date", ["from"]],
  ["date(number, number, number)", "date", ["year", "month", "day"]],
  ["time(string/time/date and time)", "time", ["from"]],
  ["time(number, number, number)", "time", ["hour", "minute", "second"]],
  ["time(number, number, number, days)", "time", ["hour", "minute", "second", "offset"]],
  ["date and time(date, time)", "date and time", ["date", "time"]],
  ["date and time(string)", "date and time", ["from"]],
  ["years and months duration(date, date)", "months", ["from", "to"]],
  ["not(boolean)", "boolean", ["negand"]],
  ["substring(string, number)", "string", ["string", "start position"]],
  ["substring(string, number, number)", "string", ["string", "start position", "length"]],
  ["string length(string)", "number", ["string"]],
  ["upper case(string)", "string", ["string"]],
  ["lower case(string)", "string", ["string"]],
  ["substring before(string, string)", "string", ["string", "match"]],
  ["substring after(string, string)", "string", ["string", "match"]],
  ["contains(string, string)", "boolean", ["string", "match"]],
  ["starts with(string, string)", "boolean", ["string", "match"]],
  ["ends with(string, string)", "boolean", ["string", "match"]],
  ["string join(texts)", "string", ["list"]],
  ["string join(texts, string)", "string", ["list", "delimiter"]],
  ["split(string, delimiter)", "texts", ["string", "delimiter"]],
  ["matches(string, pattern)", "boolean", ["input", "pattern"]],
  ["matches(string, pattern, flags)", "boolean", ["input", "pattern", "flags"]],
  ["replace(string, pattern, replacement)", "string", ["input", "pattern", "replacement"]],
  ["list contains(numbers, number)", "boolean", ["list", "element"]],
  ["list contains(texts, string)", "boolean", ["list", "element"]],
  ["count(list)", "number", ["list"]],
  ["min(numbers)", "number", ["list"]],
  ["max(numbers)", "number", ["list"]],
  ["min(dates)", "date", ["list"]],
  ["max(texts)", "string", ["list"]],
  ["max(number, number, number)", "number", null],
  ["sum(numbers)", "number", ["list"]],
  ["sum(number, number)", "number", null],
  ["mean(numbers)", "number", ["list"]],
  ["product(numbers)", "number", ["list"]],
  ["median(numbers)", "number", ["list"]],
  ["stddev(numbers)", "number", ["list"]],
  ["mode(numbers)", "numbers", ["list"]],
  ["all(booleans)", "boolean", ["list"]],
  ["any(booleans)", "boolean", ["list"]],
  ["sublist(numbers, number)", "numbers", ["list", "start position"]],
  ["sublist(numbers, number, number)", "numbers", ["list", "start position", "length"]],
  ["append(numbers, number)", "numbers", null],
  ["concatenate(numbers, numbers)", "numbers", null],
  ["insert before(numbers, number, number)", "numbers", ["list", "position", "newItem"]],
  ["remove(numbers, number)", "numbers", ["list", "position"]],
  ["list replace(numbers, number, number)", "numbers", ["list", "position", "newItem"]],
  ["reverse(numbers)", "numbers", ["list"]],
  ["index of(numbers, number)", "numbers", ["list", "match"]],
  ["union(numbers, numbers)", "numbers", null],
  ["distinct values(numbers)", "numbers", ["list"]],
  ["flatten(lists)", "numbers", ["list"]],
  ["sort(numbers, order)", "numbers", ["list", "precedes"]],
  ["sort(texts, order)", "texts", ["list", "precedes"]],
  ["decimal(number, scale)", "number", ["n", "scale"]],
  ["floor(number)", "number", ["n"]],
  ["ceiling(number)", "number", ["n"]],
  ["floor(number, scale)", "number", ["n", "scale"]],
  ["ceiling(number, scale)", "number", ["n", "scale"]],
  ["round up(number, scale)", "number", ["n", "scale"]],
  ["round down(number, scale)", "number", ["n", "scale"]],
  ["round half up(number, scale)", "number", ["n", "scale"]],
  ["round half down(number, scale)", "number", ["n", "scale"]],
  ["abs(number)", "number", ["n"]],
  ["abs(days)", "days", ["n"]],
  ["abs(months)", "months", ["n"]],
  ["modulo(number, number)", "number", ["dividend", "divisor"]],
  ["sqrt(number)", "number", ["number"]],
  ["log(number)", "number", ["number"]],
  ["exp(number)", "number", ["number"]],
  ["odd(number)", "boolean", ["number"]],
  ["even(number)", "boolean", ["number"]],
  ["is(any, any)", "boolean", ["value1", "value2"]],
  ["before(number/range, number/range)", "boolean", null],
  ["after(number/range, number/range)", "boolean", null],
  ["meets(range, range)", "boolean", ["range1", "range2"]],
  ["met by(range, range)", "boolean", ["range1", "range2"]],
  ["overlaps(range, range)", "boolean", ["range1", "range2"]],
  ["includes(range, number/range)", "boolean", null],
  ["day of year(date)", "number", ["date"]],
  ["day of week(date/date and time)", "string", ["date"]],
  ["month of year(date)", "string", ["date"]],
  ["week of year(date)", "number", ["date"]],
  ["get value(context, string)", "any", ["m", "key"]],
  ["get entries(context)", "contexts", ["m"]],
  ["context put(context, string, any)", "context", ["context", "key", "value"]],
  ["context merge(contexts)", "context", ["contexts"]],
].map(([text, gives, names]) => {
  const [, name, params] = /^(.*?)\((.*)\)$/.exec(text);
  return { name, gives, names, params: params.split(", ").map((one) => one.replace("?", "")), few: params.split(", ").filter((one) => !one.endsWith("?")).length };
});
const special = {
  scale: ["0", "1", "2", "-1", "3"],
  flags: ['"i"', '"s"', '"m"', '""', '"im"'],
  delimiter: ['"b"', '"X"', '","', '"[ab]"', '"\\s"'],
  pattern: ['"a"', '"^a"', '"[a-c]+"', '"b$"', '"(o)(b)?"', '"\\d"', '"."', '"x|y"', '"A"', '"o{2}"'],
  replacement: ['"-"', '"$0$0"', '"<$1>"', '""'],
  order: ["function(x, y) x < y", "function(x, y) x > y"],
};
const properties = {
  number: [["date", "year"], ["date", "month"], ["date", "day"], ["date", "weekday"], ["time", "hour"], ["time", "minute"], ["time", "second"],
    ["date and time", "year"], ["date and time", "hour"], ["days", "days"], ["days", "hours"], ["days", "minutes"], ["days", "seconds"],
    ["months", "years"], ["months", "months"], ["range", "start"], ["range", "end"]],
  days: [["time", "time offset"], ["date and time", "time offset"]],
  string: [["time", "timezone"]],
  boolean: [["range", "start included"], ["range", "end included"]],
};
const lists = { numbers: "number", texts: "string", booleans: "boolean", dates: "date", contexts: "context", lists: "numbers" };
const orderly = ["number", "string", "date", "time", "date and time", "days", "months"];
const types = ["number", "string", "boolean", "date", "time", "date and time", "days and time duration", "years and months duration",
  "list<number>", "list<Any>", "context", "context<age: number>", "Any", "list<string>"];

const leaf = (op, text) => ({ op, kids: [], write: () => text });
const literal = (text) => leaf("literal", text);
const node = (op, kids, write, more) => ({ op, kids, write, binds: () => [], ...more });

export function generator(random) {
  const { below, pick, chance } = random;

  function variable(type, scope) {
    const own = scope.filter((one) => one.type === type);
    if (own.length > 0 && chance(0.7)) return { ...leaf("variable", pick(own).name), name: pick(own).name };
    return variables[type] === undefined ? null : leaf("name", pick(variables[type]));
  }

  function small(type, scope) {
    const named = chance(0.35) ? variable(type, scope) : null;
    if (named !== null) return named.name === undefined ? named : { ...leaf("variable", named.name), name: named.name };
    if (literals[type] !== undefined) return literal(pick(literals[type]));
    if (special[type] !== undefined) return literal(pick(special[type]));
    return null;
  }

  const call = (type, depth, scope) => {
    const f = pick(functions.filter((one) => one.gives === type || one.gives === "any"));
    if (f === undefined) return null;
    const count = f.few + below(f.params.length - f.few + 1);
    const kids = f.params.slice(0, f.name === "number" && count > 1 ? 3 : count).map((one) => any(pick(one.split("/")), depth - 1, scope));
    const named = f.names !== null && chance(0.15);
    return node(`${f.name}()`, kids, (texts) => `${f.name}(${texts.map((one, i) => (named ? `${f.names[i]}: ${one}` : one)).join(", ")})`, { named });
  };

  const binary = (op, left, right) => node(op, [left, right], ([a, b]) => `(${a} ${op} ${b})`);
  const property = (type, depth, scope) => {
    if (properties[type] === undefined) return null;
    const [of, name] = pick(properties[type]);
    return node(`.${name}`, [any(of, depth - 1, scope)], ([a]) => `(${a}).${name}`);
  };
  const fresh = (scope) => `v${scope.length}`;
  const choose = (type, depth, scope) =>
    node("if", [any("boolean", depth - 1, scope), any(type, depth - 1, scope), any(type, depth - 1, scope)],
      ([c, a, b]) => `(if ${c} then ${a} else ${b})`);
  const indexed = (type, depth, scope) => {
    const list = Object.keys(lists).find((one) => lists[one] === type);
    return list === undefined ? null : node("index", [any(list, depth - 1, scope), any("number", depth - 1, scope)], ([a, b]) => `(${a})[${b}]`);
  };
  const inner = (type, name, scope, depth) => any(type, depth - 1, [...scope, ...name]);
  const bind = (name, type) => [{ name, type }];

  function iterate(type, depth, scope) {
    const item = lists[type];
    if (item === undefined) return null;
    const over = pick(["numbers", "texts", "contexts", "steps"]);
    const name = fresh(scope);
    const domain = over === "steps" ? steps() : any(over, depth - 1, scope);
    const body = inner(item, bind(name, over === "steps" ? "number" : lists[over]), scope, depth);
    return node("for", [domain, body], ([d, b]) => `(for ${name} in ${d} return ${b})`, { binds: (i) => (i === 1 ? [name] : []) });
  }
  const steps = () => {
    const [a, b] = [below(5), below(7) - 1];
    return leaf("steps", `${a}..${b}`);
  };
  function quantified(depth, scope) {
    const over = pick(["numbers", "texts", "contexts"]);
    const word = pick(["some", "every"]);
    const name = fresh(scope);
    const body = inner("boolean", bind(name, lists[over]), scope, depth);
    return node(word, [any(over, depth - 1, scope), body], ([d, b]) => `(${word} ${name} in ${d} satisfies ${b})`, { binds: (i) => (i === 1 ? [name] : []) });
  }
  function filter(type, depth, scope) {
    if (lists[type] === undefined) return null;
    const body = inner("boolean", bind("item", lists[type]), scope, depth);
    return node("filter", [any(type, depth - 1, scope), body], ([d, b]) => `(${d})[${b}]`, { binds: (i) => (i === 1 ? ["item"] : []) });
  }
  function invoke(type, depth, scope) {
    const of = pick(orderly);
    const name = fresh(scope);
    const body = inner(type, bind(name, of), scope, depth);
    return node("invoke", [any(of, depth - 1, scope), body], ([a, b]) => `(function(${name}) ${b})(${a})`, { binds: (i) => (i === 1 ? [name] : []) });
  }
  function record(depth, scope) {
    const names = ["age", "name", "x y"].slice(0, 1 + below(3));
    const kids = names.map((one) => any(one === "name" ? "string" : "number", depth - 1, scope));
    return node("context", kids, (texts) => `{${texts.map((one, i) => `${names[i].includes(" ") ? `"${names[i]}"` : names[i]}: ${one}`).join(", ")}}`);
  }
  const chain = (depth, scope) => {
    const count = 3 + below(2);
    const signs = Array.from({ length: count - 1 }, () => pick(["+", "-", "*", "/", "**"]));
    const kids = Array.from({ length: count }, () => any("number", Math.min(depth - 1, 1), scope));
    return node("chain", kids, (texts) => `(${texts.map((one, i) => (i === 0 ? one : `${signs[i - 1]} ${one}`)).join(" ")})`, { signs });
  };
  const logic = (depth, scope) => {
    const signs = Array.from({ length: 2 }, () => pick(["and", "or"]));
    const kids = Array.from({ length: 3 }, () => any("boolean", depth - 1, scope));
    return node("logic", kids, (texts) => `(${texts.map((one, i) => (i === 0 ? one : `${signs[i - 1]} ${one}`)).join(" ")})`);
  };
  const range = (of, depth, scope) => {
    const kids = [any(of, depth - 1, scope), any(of, depth - 1, scope)];
    const [low, high] = [pick(["[", "(", "]"]), pick(["]", ")", "["])];
    return node("range", kids, ([a, b]) => `${low}${a} .. ${b}${high}`, { low, high });
  };
  const test = (of, depth, scope) => {
    const sign = pick(["<", "<=", ">", ">="]);
    return node("test", [any(of, depth - 1, scope)], ([a]) => `(${sign} ${a})`, { sign });
  };

  const made = {
    number: (d, s) => pick([
      () => binary(pick(["+", "-", "*", "/", "**"]), any("number", d - 1, s), any("number", d - 1, s)),
      () => node("negate", [any("number", d - 1, s)], ([a]) => `(-${a})`),
      () => binary("/", any("days", d - 1, s), any("days", d - 1, s)),
      () => chain(d, s),
    ])(),
    string: (d, s) => binary("+", any("string", d - 1, s), any("string", d - 1, s)),
    boolean: (d, s) => pick([
      () => binary(pick(["and", "or"]), any("boolean", d - 1, s), any("boolean", d - 1, s)),
      () => { const of = pick(orderly); return binary(pick(["<", "<=", ">", ">=", "=", "!="]), any(of, d - 1, s), any(of, d - 1, s)); },
      () => { const of = pick(kinds); return binary(pick(["=", "!="]), any(of, d - 1, s), any(of, d - 1, s)); },
      () => { const of = pick(orderly); return node("between", [any(of, d - 1, s), any(of, d - 1, s), any(of, d - 1, s)], ([a, b, c]) => `(${a} between ${b} and ${c})`); },
      () => binary("in", any("number", d - 1, s), any(pick(["range", "test", "numbers"]), d - 1, s)),
      () => binary("in", any("date", d - 1, s), any("temporal range", d - 1, s)),
      () => { const type = pick(types); return node("instance of", [any(pick(kinds), d - 1, s)], ([a]) => `(${a} instance of ${type})`, { type }); },
      () => quantified(d, s),
      () => logic(d, s),
    ])(),
    date: (d, s) => binary(pick(["+", "-"]), any("date", d - 1, s), any(pick(["months", "days"]), d - 1, s)),
    time: (d, s) => binary(pick(["+", "-"]), any("time", d - 1, s), any("days", d - 1, s)),
    "date and time": (d, s) => binary(pick(["+", "-"]), any("date and time", d - 1, s), any(pick(["months", "days"]), d - 1, s)),
    days: (d, s) => pick([
      () => { const of = pick(["date", "time", "date and time"]); return binary("-", any(of, d - 1, s), any(of, d - 1, s)); },
      () => binary(pick(["+", "-"]), any("days", d - 1, s), any("days", d - 1, s)),
      () => binary(pick(["*", "/"]), any("days", d - 1, s), any("number", d - 1, s)),
    ])(),
    months: (d, s) => pick([
      () => binary(pick(["+", "-"]), any("months", d - 1, s), any("months", d - 1, s)),
      () => binary(pick(["*", "/"]), any("months", d - 1, s), any("number", d - 1, s)),
    ])(),
    context: (d, s) => record(d, s),
    range: (d, s) => range("number", d, s),
    "temporal range": (d, s) => range(pick(["date", "time", "date and time", "days", "months"]), d, s),
    test: (d, s) => test("number", d, s),
  };

  function list(type, depth, scope) {
    const kids = Array.from({ length: below(4) }, () => any(lists[type], depth - 1, scope));
    return node("list", kids, (texts) => `[${texts.join(", ")}]`);
  }

  function any(wanted, depth, scope) {
    let type = wanted === "any" ? pick(kinds) : wanted === "list" ? pick(Object.keys(lists)) : wanted;
    if (special[type] === undefined && chance(WRONG)) type = pick(kinds);
    if (depth <= 0 || chance(0.2)) {
      const one = small(type, scope);
      if (one !== null) return one;
    }
    if (lists[type] !== undefined && (depth <= 0 || chance(0.4))) return list(type, depth, scope);
    if (special[type] !== undefined) return literal(pick(special[type]));
    const ways = [call, call, property, choose, indexed, iterate, filter, invoke];
    const one = depth > 0 && chance(0.6) ? pick(ways)(type, depth, scope) : null;
    if (one !== null) return one;
    if (made[type] !== undefined) return made[type](depth, scope);
    return lists[type] !== undefined ? list(type, depth, scope) : small(type, scope) ?? literal("null");
  }

  return (depth) => any("any", depth, []);
}

// The text of a node; env gives the text that stands for a variable.
export function textOf(one, env = new Map()) {
  if (one.op === "variable" && env.has(one.name)) return env.get(one.name);
  return one.write(one.kids.map((kid, i) => textOf(kid, without(env, one, i))));
}

function without(env, one, i) {
  const hidden = one.binds?.(i) ?? [];
  return hidden.some((name) => env.has(name)) ? new Map([...env].filter(([name]) => !hidden.includes(name))) : env;
}
