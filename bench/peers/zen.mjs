// zen: the same expressions in its language, parsed and evaluated (it offers nothing else); the same tables,
// 64 evaluations in flight, beside the time that zen itself reports for one; the same 1,000 decisions.
import { ZenEngine, evaluateExpressionSync } from "@gorules/zen-engine";
import { aSecond, line } from "./measure.mjs";

const values = {
  a: 1050, b: 12.5, age: 42, residence: "Wenzhou", fee: 20,
  items: [3, 5, 7, 9, 25].map((price) => ({ price })),
};
const expressions = [
  ["a + b * 2", "a + b * 2", 1075],
  ['if age >= 18 and residence = "Wenzhou" then fee * 0.5 else fee', 'age >= 18 and residence == "Wenzhou" ? fee * 0.5 : fee', 10],
  ["sum(for i in 1..100 return i * i)", "sum(map([1..100], # * #))", 338350],
  ['date("2026-01-31") + duration("P1M")', 'd("2026-01-31").add("1M").format("%Y-%m-%d")', "2026-02-28"],
  ["some x in items satisfies x.price > 10", "some(items, #.price > 10)", true],
];
const IN_FLIGHT = 64;
const REPORTED = 200; // evaluations whose reported time is looked at
const engine = new ZenEngine();

const node = (id, type, content) => ({ id, type, name: id, position: { x: 0, y: 0 }, content });
const edge = (from, to) => ({ id: `${from}-${to}`, sourceId: from, targetId: to, type: "edge" });
const decision = (nodes, edges) => Buffer.from(JSON.stringify({ contentType: "application/vnd.gorules.decision", nodes, edges }));

function table(count) {
  const rules = Array.from({ length: count }, (_, i) => ({ _id: `r${i}`, amount: `[${i * 10}..${i * 10 + 10})`, place: `"p${i % 7}"`, out: `${i}` }));
  const inputs = ["amount", "place"].map((field) => ({ id: field, name: field, field }));
  const content = { hitPolicy: "first", inputs, outputs: [{ id: "out", name: "out", field: "out" }], rules };
  return decision([node("in", "inputNode"), node("table", "decisionTableNode", content), node("end", "outputNode")], [edge("in", "table"), edge("table", "end")]);
}

function chain(count) {
  const nodes = [node("in", "inputNode")];
  const edges = [];
  for (let i = 0; i < count; i++) {
    const value = i === 0 ? "amount" : `amount > ${i} ? d${i - 1} + ${i} : d${i - 1} * 0.5`;
    nodes.push(node(`n${i}`, "expressionNode", { expressions: [{ id: `e${i}`, key: `d${i}`, value }], passThrough: true }));
    edges.push(edge(i === 0 ? "in" : `n${i - 1}`, `n${i}`));
  }
  return decision(nodes, edges);
}

const micros = (text) => parseFloat(text) * { "ns": 1e-3, "µs": 1, "μs": 1, "ms": 1e3, "s": 1e6 }[/[^\d.]+$/.exec(text)[0]];
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

for (const [name, text, want] of expressions) {
  const got = evaluateExpressionSync(text, values);
  if (String(got) !== String(want)) throw new Error(`${text} gives ${got}`);
  line(name, await aSecond(() => void evaluateExpressionSync(text, values), 100));
}

// {ms, bytes}: createDecision() only takes the text; the first evaluation, which compiles, belongs to the load
async function load(content, input) {
  gc();
  const before = process.memoryUsage().rss;
  const from = performance.now();
  const made = engine.createDecision(content);
  await made.evaluate(input);
  return { made, ms: performance.now() - from, bytes: Math.max(0, process.memoryUsage().rss - before) };
}

for (const count of [10, 100, 10000]) {
  const { made, ms, bytes } = await load(table(count), { amount: 5, place: "p0" });
  let rule = 0;
  const one = async () => {
    rule = (rule + 7919) % count;
    const want = rule;
    const got = await made.evaluate({ amount: rule * 10 + 5, place: `p${rule % 7}` });
    if (got.result.out !== want) throw new Error(`rule ${want}: ${JSON.stringify(got.result)}`);
    return got.performance;
  };
  const flight = () => Promise.all(Array.from({ length: IN_FLIGHT }, one));
  const each = (await aSecond(flight, 1)) * IN_FLIGHT;
  const reported = [];
  for (let i = 0; i < REPORTED; i++) reported.push(micros(await one()));
  line(`${count} rules`, each, Math.round(1e6 / median(reported)), ms.toFixed(3), bytes);
}
const { ms, bytes } = await load(chain(1000), { amount: 5 });
line("1000 decisions", 0, 0, ms.toFixed(3), bytes);
