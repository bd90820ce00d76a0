// `mandate check FILE.dmn`: what a drafter is told of the tables of one file, with file, line and column, the
// input that shows it, a line for each table, and the exit codes.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { run } from "./harness.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "mandate-tables-"));
after(() => rmSync(folder, { recursive: true, force: true }));

// One UNIQUE table over the number `age`; the rules begin on line 5.
function model(name, rules, more = "") {
  const file = path.join(folder, `${name}.dmn`);
  const body = rules.map(([when, then]) => `<rule><inputEntry><text>${when.replaceAll("<", "&lt;")}</text></inputEntry><outputEntry><text>${then}</text></outputEntry></rule>`);
  writeFileSync(file, `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:${name}" name="${name}">${more}
<inputData id="age" name="age"><variable name="age" typeRef="number"/></inputData>
<decision id="fee" name="Fee"><variable name="Fee"/><informationRequirement><requiredInput href="#age"/></informationRequirement>
<decisionTable><input><inputExpression typeRef="number"><text>age</text></inputExpression></input><output/>
${body.join("\n")}
</decisionTable></decision></definitions>
`);
  return file;
}
const whole = () => model("whole", [["<18", 1], [">=18", 2]]);
const faulty = () => model("faulty", [["<18", 1], ["[10..18)", 3], [">18", 2]]);
const out = (done) => (done.stdout + done.stderr).replaceAll(`${folder}/`, "");

test("a complete table, a gap and an overlap", () => {
  const good = run(["check", whole()]);
  assert.equal(good.code, 0);
  assert.equal(out(good), "whole.dmn: table 'Fee', UNIQUE, 2 rules: complete, no overlap\n");
  const bad = run(["check", faulty()]);
  assert.equal(bad.code, 1);
  assert.equal(out(bad), "faulty.dmn:4:1: gap: no rule covers this input\n    age = 18\n" +
    "faulty.dmn:6:1: overlap: rules 1 and 2 match both\n    age = 10\n" +
    "faulty.dmn: table 'Fee', UNIQUE, 3 rules: 1 gap, 1 overlap\n");
});

test("as JSON", () => {
  const done = run(["check", "--json", faulty(), whole()]);
  assert.equal(done.code, 1);
  const [bad, good] = JSON.parse(done.stdout);
  assert.deepEqual([bad.passed, good.passed], [false, true]);
  assert.deepEqual(good.tables, [{ table: "Fee", line: 4, hit_policy: "UNIQUE", rules: 2, findings: [] }]);
  assert.deepEqual(bad.tables[0].findings[1],
    { kind: "overlap", line: 6, column: 1, rules: [1, 2], input: "age = 10", text: "rules 1 and 2 match both" });
});

test("models that are imported are found beside the file; a file that is refused is told with its place", () => {
  writeFileSync(path.join(folder, "lib.dmn"), `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:lib" name="lib"/>`);
  const imports = (ns) => `<import name="lib" namespace="${ns}" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>`;
  assert.equal(run(["check", model("user", [["-", 1]], imports("urn:lib"))]).code, 0);
  const missing = run(["check", model("user", [["-", 1]], imports("urn:none"))]);
  assert.equal(missing.code, 1);
  assert.match(out(missing), /no model beside it has the namespace 'urn:none'/);
  const broken = run(["check", model("broken", [["< (", 1]])]);
  assert.equal(broken.code, 1);
  assert.match(out(broken), /^broken\.dmn:5:\d+: /);
});

test("what is neither a pack nor a model", () => {
  const text = path.join(folder, "notes.txt");
  writeFileSync(text, "no model");
  for (const [args, said] of [
    [[path.join(folder, "none.dmn")], /could not open .*No such file/],
    [[path.join(folder, "none")], /could not open .*No such file/],
    [[text], /neither a pack, a \.bpmn nor a \.dmn file/],
    [[folder], /is no pack: it holds no pack\.yaml/],
  ]) {
    const done = run(["check", ...args]);
    assert.equal(done.code, 2);
    assert.match(done.stderr, said);
  }
  assert.match(run(["check", "--help"]).stdout, /FILE\.dmn/);
});
