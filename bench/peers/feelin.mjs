// feelin has no compiler. What comes nearest is a function: `function(a, b) a + b * 2` is parsed once, and the
// FEEL function that it gives is invoked again and again. Parsed and evaluated is evaluate(), which does both.
import { evaluate } from "feelin";
import { aSecond, bytesOf, line } from "./measure.mjs";

const values = {
  a: 1050, b: 12.5, age: 42, residence: "Wenzhou", fee: 20,
  items: [3, 5, 7, 9, 25].map((price) => ({ price })),
};
const expressions = [
  ["a + b * 2", 1075],
  ['if age >= 18 and residence = "Wenzhou" then fee * 0.5 else fee', 10],
  ["sum(for i in 1..100 return i * i)", 338350],
  ['date("2026-01-31") + duration("P1M")', "2026-02-28"],
  ["some x in items satisfies x.price > 10", true],
];
const KEPT = 1000;

for (const [text, want] of expressions) {
  const names = Object.keys(values);
  const made = () => evaluate(`function(${names.join(", ")}) ${text}`, {}).value;
  const args = Object.values(values);
  const compiled = made();
  for (const got of [compiled.invoke(args), evaluate(text, values).value])
    if (String(got) !== String(want)) throw new Error(`${text} gives ${got}`);
  const eval_s = await aSecond(() => void compiled.invoke(args), 100);
  const parse_s = await aSecond(() => void evaluate(text, values), 10);
  const bytes = bytesOf(() => Array.from({ length: KEPT }, made)) / KEPT;
  line(text, eval_s, parse_s, Math.round(bytes));
}
