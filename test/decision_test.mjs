// The rules of the packs: read and tried by anybody, within bounds; and the trace of those that a
// case asked, for an officer who has a part in it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { root, start } from "./harness.mjs";
import { applyBody } from "./matters.mjs";

const permit = "/api/decisions/residence-permit-eligibility";
const cell = (text) => `<text>${text}</text>`;

// A pack of its own: typed inputs, a rule that needs another, and one that would never end.
function packWithRules(t) {
  const folder = mkdtempSync(path.join(tmpdir(), "mandate-rules-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(path.join(root, "packs"), folder, { recursive: true });
  const rule = (number, when, then, note) =>
    `<rule id="r${number}"><description>${note}</description><inputEntry>${cell(when)}</inputEntry><outputEntry>${cell(then)}</outputEntry></rule>`;
  writeFileSync(path.join(folder, "public-security/decisions/test-rules.dmn"), `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" xmlns:mandate="https://mandate.example/bpmn/1"
    id="test-rules" name="test rules" namespace="https://mandate.example/test-rules">
  <itemDefinition name="tPerson">
    <itemComponent name="age"><typeRef>number</typeRef></itemComponent>
    <itemComponent name="born"><typeRef>date</typeRef></itemComponent>
    <itemComponent name="place"><typeRef>string</typeRef><allowedValues>${cell('"here", "there"')}</allowedValues></itemComponent>
  </itemDefinition>
  <inputData id="person-data" name="person"><variable name="person" typeRef="tPerson"/></inputData>
  <inputData id="n-data" name="n"><variable name="n" typeRef="number"/></inputData>
  <decision id="age-class" name="年龄段"><extensionElements><mandate:name lang="en">Age class</mandate:name></extensionElements>
    <variable name="年龄段"/>
    <informationRequirement><requiredInput href="#person-data"/></informationRequirement>
    <decisionTable hitPolicy="UNIQUE">
      <input label="周岁"><extensionElements><mandate:name lang="en">Age</mandate:name></extensionElements><inputExpression typeRef="number">${cell("person.age")}</inputExpression><inputValues>${cell("[0..150]")}</inputValues></input>
      <output name="class" typeRef="string"/>
      ${rule(1, "&lt; 18", '"minor"', "A 1")}${rule(2, "&gt;= 18", '"adult"', "A 2")}
    </decisionTable></decision>
  <decision id="test-fee" name="费用"><variable name="费用" typeRef="number"/>
    <informationRequirement><requiredDecision href="#age-class"/></informationRequirement>
    <informationRequirement><requiredInput href="#person-data"/></informationRequirement>
    <literalExpression>${cell('if 年龄段 = "minor" then 0 else if person.place = "here" then 20.50 else 41')}</literalExpression></decision>
  <decision id="test-endless" name="无尽"><variable name="无尽"/>
    <informationRequirement><requiredInput href="#n-data"/></informationRequirement>
    <literalExpression>${cell("sum(for i in 1..n return sum(for j in 1..n return i * j))")}</literalExpression></decision>
</definitions>
`);
  return path.join(folder, "public-security");
}

test("rules", { timeout: 120_000 }, async (t) => {
  const service = await start(t, { packs: [packWithRules(t)] });
  const evaluate = (id, body) => service.post(`/api/decisions/${id}/evaluate`, body);

  await t.test("are listed with their matters", async () => {
    const all = (await service.get("/api/decisions")).body.items;
    assert.ok(all.length >= 6);
    const one = all.find((rule) => rule.id === "residence-permit-eligibility");
    assert.deepEqual(one.matters.map((m) => m.id), ["residence-permit-issue"]);
    assert.notEqual(one.title.zh, one.title.en);
    const of = (await service.get("/api/decisions?matter=seal-engraving-filing")).body.items;
    assert.deepEqual(of.map((rule) => rule.id), ["seal-filing-papers"]);
    assert.match(await (await fetch(`${service.url}/`)).text(), /href="\/decisions"/, "every page leads to them");
  });

  await t.test("say what they ask for and how their table reads", async () => {
    const { body } = await service.get(permit);
    const asks = body.inputs.flatMap((input) => input.asks);
    assert.deepEqual(asks.map((ask) => [ask.pointer, ask.kind]), [["/inputs/form/since", "date"], ["/inputs/form/ground", "choice"]]);
    assert.deepEqual(asks[1].options.map((option) => option.value), ["work", "dwelling", "study"]);
    assert.equal(body.table.rules.length, 4);
    assert.equal(body.table.rules[0].inputs[1], '"work"');
    const fee = (await service.get("/api/decisions/test-fee")).body;
    assert.deepEqual(fee.inputs[0].asks.map((ask) => [ask.pointer, ask.kind, ask.options.length]),
      [["/inputs/person/age", "number", 0], ["/inputs/person/born", "date", 0], ["/inputs/person/place", "choice", 2]]);
    assert.ok(fee.needs.some((need) => need.id === "age-class"));
    assert.match(fee.expression, /20\.50/);
    assert.equal((await service.get("/api/decisions/no-such")).status, 404);
    assert.equal((await service.get("/api/decisions/form-data")).status, 404, "an input is no decision");
  });

  await t.test("are tried, with every rule on the way", async () => {
    const got = await evaluate("test-fee", { inputs: { person: { age: 30, born: "1996-01-31", place: "here" } } });
    assert.equal(got.status, 200, got.text);
    assert.match(got.text, /"output":20\.50,"trace"/, "the number as it is, not through a double");
    assert.deepEqual(got.body.trace.map((step) => step.decision), ["age-class", "test-fee"]);
    const [table, literal] = got.body.trace;
    assert.deepEqual(table.rules.map((rule) => [rule.number, rule.id, rule.note.zh]), [[2, "r2", "A 2"]]);
    assert.deepEqual(table.inputs, [{ expression: "person.age", label: { zh: "周岁", en: "Age" }, value: 30 }]);
    assert.equal(table.output, "adult");
    assert.deepEqual(literal.inputs.map((input) => [input.expression, input.value]), [["年龄段", "adult"], ["person.place", "here"]]);
  });

  await t.test("on another day give another answer", async () => {
    const inputs = { form: { since: "2026-01-01", ground: "work" } };
    const at = async (when) => (await evaluate("residence-permit-eligibility", { inputs, at: when })).body;
    assert.equal((await at("2026-03-01")).output.eligible, false);
    assert.equal((await at("2026-09-01T09:00:00+08:00")).output.eligible, true);
    assert.equal((await at("2026-03-01")).at, "2026-03-01T00:00:00+08:00");
    assert.equal((await at("2026-03-01")).trace[0].inputs[1].choice.en, "Lawful stable work");
  });

  await t.test("say which value is wrong", async () => {
    const rows = [
      ["residence-permit-eligibility", { inputs: { form: { since: "soon", ground: "work" } } }, "/inputs/form/since"],
      ["residence-permit-eligibility", { inputs: { form: { since: "2026-01-01", ground: "fun" } } }, "/inputs/form/ground"],
      ["residence-permit-eligibility", { inputs: { form: 3 } }, "/inputs/form"],
      ["residence-permit-eligibility", { inputs: {} }, "/inputs/form"],
      ["residence-permit-eligibility", { inputs: { form: {}, other: 1 } }, "/inputs/other"],
      ["residence-permit-eligibility", { inputs: { form: {} }, at: "soon" }, "/at"],
      ["residence-permit-eligibility", { inputs: [] }, "/inputs"],
      ["residence-permit-eligibility", {}, "/inputs"],
      ["residence-permit-eligibility", { inputs: { form: {} }, more: 1 }, "/more"],
      ["test-fee", { inputs: { person: { age: "30" } } }, "/inputs/person/age"],
      ["test-fee", { inputs: { person: { age: 30, born: "x" } } }, "/inputs/person/born"],
      ["test-fee", { inputs: { person: { age: 30, place: "mars" } } }, "/inputs/person/place"],
      ["test-fee", { inputs: { person: { "a/b~c": 1 } } }, "/inputs/person/a~1b~0c"],
    ];
    for (const [id, body, field] of rows) {
      const got = await evaluate(id, body);
      assert.ok([400, 422].includes(got.status), `${JSON.stringify(body)}: ${got.text}`);
      assert.match(got.headers.get("content-type"), /^application\/problem\+json/);
      assert.equal(got.body.field, field, got.text);
    }
    assert.equal((await evaluate("no-such", { inputs: {} })).status, 404);
  });

  await t.test("without a result say why", async () => {
    const got = await evaluate("residence-permit-eligibility", { inputs: { form: null } });
    assert.equal(got.status, 200);
    assert.equal(got.body.output, null);
    assert.ok(got.body.diagnoses.some((d) => /no rule/.test(d.text)), got.text);
    assert.deepEqual(got.body.trace[0].rules, []);
  });

  await t.test("end within their bounds, however much is asked", async () => {
    const began = Date.now();
    const got = await evaluate("test-endless", { inputs: { n: 1e9 } });
    assert.equal(got.status, 413, got.text.slice(0, 300));
    assert.ok(Date.now() - began < 2000);
    const large = await evaluate("test-fee", { inputs: { person: { place: "x".repeat(20000) } } });
    assert.equal(large.status, 413);
    const deep = await service.ask("POST", "/api/decisions/test-fee/evaluate", {
      body: `{"inputs":{"person":${"[".repeat(5000)}${"]".repeat(5000)}}}`, headers: { "content-type": "application/json" } });
    assert.ok(deep.status >= 400 && deep.status < 500);
    assert.equal((await service.get("/healthz")).status, 200);
  });

  await t.test("are shown to the officer for every decision of a case", async () => {
    const [clerk, examiner] = [await service.signIn("clerk"), await service.signIn("examiner")];
    const made = await service.apply(applyBody("residence-permit-issue"));
    const task = (await clerk.get("/api/tasks?state=all")).body.items.find((one) => one.reference === made.reference);
    const done = await clerk.post(`/api/tasks/${task.id}/complete`, { outcome: "accept" }, { key: randomUUID() });
    assert.equal(done.status, 200, done.text);
    const file = await examiner.get(`/api/cases/${made.reference}`);
    assert.equal(file.status, 200, file.text);
    assert.equal(file.body.decisions.length, 1);
    const [taken] = file.body.decisions;
    assert.equal(taken.decision, "residence-permit-eligibility");
    const [step] = taken.trace;
    assert.deepEqual(step.rules.map((rule) => rule.number), [2]);
    assert.equal(step.inputs[0].label.en, "Half a year in the city");
    assert.equal(step.inputs[1].choice.en, "Lawful stable dwelling");
    assert.equal(step.output.eligible, true);
    assert.equal(step.outputs.length, 4);
    const own = await service.applicant(made.reference, made.access_code).get(`/api/cases/${made.reference}`);
    assert.deepEqual(own.body.decisions, [], "the applicant reads the letter, not the inner steps");
    const page = await examiner.get(`/desk/cases/${made.reference}`, { headers: { "accept-language": "en" } });
    for (const words of ["Half a year in the city", "Lawful stable dwelling", "Rule 2 matched", "/decisions/residence-permit-eligibility"])
      assert.ok(page.text.includes(words), words);
  });
});
