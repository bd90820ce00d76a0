// `mandate check FILE.bpmn`: what a drafter is told of one model before the pack around it is written. One
// file for each verdict, what is printed with its file and line, the drawings, and the exit codes.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { run } from "./harness.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "mandate-check-"));
after(() => rmSync(folder, { recursive: true, force: true }));

// Elements {id: [tag, name, attributes]} and flows [from, to, condition]: each on a line of its own, the
// first element on line 4. The flows are f1, f2, ...
function model(id, elements, flows) {
  const file = path.join(folder, `${id}.bpmn`);
  const body = [
    ...Object.entries(elements).map(([key, [tag, name, more = ""]]) => `<bpmn:${tag} id="${key}" name="${name}"${more}/>`),
    ...flows.map(([from, to, when], i) => `<bpmn:sequenceFlow id="f${i + 1}" sourceRef="${from}" targetRef="${to}">${when ? `<bpmn:conditionExpression>=${when.replaceAll('"', "&quot;")}</bpmn:conditionExpression>` : ""}</bpmn:sequenceFlow>`),
  ];
  writeFileSync(file, `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:check">
<bpmn:process id="${id}" isExecutable="true">
${body.join("\n")}
</bpmn:process>
</bpmn:definitions>
`);
  return file;
}
const ends = { start: ["startEvent", "Received"], end: ["endEvent", "Closed"] };
const task = (name) => ["userTask", name];
const choice = (flow) => ["exclusiveGateway", "Complete?", ` default="${flow}"`];
const both = { a: task("Decide"), b: task("Ask") };
const stuck = () => model("stuck", { ...ends, pick: choice("f3"), ...both, meet: ["parallelGateway", "Both done"] },
  [["start", "pick"], ["pick", "a", "ok = true"], ["pick", "b"], ["a", "meet"], ["b", "meet"], ["meet", "end"]]);
const sound = () => model("sound", { ...ends, pick: choice("f3"), ...both, meet: ["exclusiveGateway", ""] },
  [["start", "pick"], ["pick", "a", "ok = true"], ["pick", "b"], ["a", "meet"], ["b", "meet"], ["meet", "end"]]);

// {code, out (without the folder), svg: {name: text}}
let drawings = 0;
function check(file, ...args) {
  const svg = path.join(folder, `new/${++drawings}`);
  const done = run(["check", file, "--svg", svg, "--lang", "en", ...args]);
  const drawn = {};
  try {
    for (const name of readdirSync(svg)) drawn[name] = readFileSync(path.join(svg, name), "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error; // nothing was drawn, so no folder was made
  }
  return { code: done.code, out: (done.stdout + done.stderr).replaceAll(svg, "SVG").replaceAll(`${folder}/`, ""), svg: drawn };
}
const count = (text, what) => text.split(what).length - 1;

test("a sound model", () => {
  const { code, out, svg } = check(sound());
  assert.equal(code, 0);
  assert.match(out, /^sound\.bpmn: process 'sound' is sound; \d+ states?, [\d.]+ ms\n$/);
  assert.deepEqual(svg, {});
});

test("stuck: the way there, the token that waits and the one that is waited for", () => {
  const { code, out, svg } = check(stuck());
  assert.equal(code, 1);
  assert.match(out, /^stuck\.bpmn:9: stuck: .*tokens stay at: Both done\n    1\. Received \(stuck\.bpmn:4\)\n    2\. Complete\? \(stuck\.bpmn:6\): ok = true\n    3\. Decide \(stuck\.bpmn:7\)\n    drawn in SVG\/stuck-1\.svg\n/);
  assert.match(out, /process 'stuck' is not sound/);
  assert.deepEqual(Object.keys(svg), ["stuck-1.svg", "stuck-dead.svg"]);
  const picture = svg["stuck-1.svg"];
  assert.equal(count(picture, 'class="bpmn-token"'), 1);
  assert.equal(count(picture, 'class="bpmn-missing"'), 1);
  assert.equal(count(picture, "is-failed"), 1);
  assert.equal(count(picture, 'class="bpmn-flow is-done"'), 3, "the way is drawn thicker");
  assert.match(picture, />2: ok = true</, "the steps are numbered, with what was chosen");
  assert.match(picture, /class="bpmn-caption"[^]*the process can get stuck/);
});

test("left over: a token that stays when the other path has ended", () => {
  const { code, out, svg } = check(model("left", { ...ends, split: ["parallelGateway", ""], ...both, pick: choice("f7"), no: ["endEvent", "Refused"], meet: ["parallelGateway", "Both done"] },
    [["start", "split"], ["split", "a"], ["split", "b"], ["a", "meet"], ["b", "pick"], ["pick", "meet", "ok = true"], ["pick", "no"], ["meet", "end"]]));
  assert.equal(code, 1);
  assert.match(out, /left\.bpmn:11: stuck: .*tokens stay at: Both done/);
  assert.match(out, /Refused \(left\.bpmn:10\)/);
  assert.equal(count(svg["left-1.svg"], 'class="bpmn-token"'), 1);
  assert.equal(count(svg["left-1.svg"], 'class="bpmn-missing"'), 1);
});

test("dead: all that can never happen in one drawing", () => {
  const { code, out, svg } = check(model("dead", { ...ends, pick: choice("f5"), ...both, c: task("Again"), d: task("Other"), meet: ["exclusiveGateway", ""] },
    [["start", "pick"], ["pick", "a", 'kind = "x"'], ["pick", "b", 'kind = "x"'], ["pick", "c", 'kind = "x"'], ["pick", "d"], ["a", "meet"], ["b", "meet"], ["c", "meet"], ["d", "meet"], ["meet", "end"]]));
  assert.equal(code, 1);
  assert.match(out, /dead\.bpmn:8: dead: 'Ask' can never happen\n    drawn in SVG\/dead-dead\.svg\n/);
  assert.match(out, /dead\.bpmn:9: dead: 'Again' can never happen/);
  assert.deepEqual(Object.keys(svg), ["dead-dead.svg"]);
  assert.equal(count(svg["dead-dead.svg"], "is-failed"), 2);
  assert.match(svg["dead-dead.svg"], /can never happen/);
});

test("unbounded: a loop is told once, tokens are counted", () => {
  const { code, out, svg } = check(model("unbounded", { ...ends, again: ["exclusiveGateway", ""], split: ["parallelGateway", "Copy"], ...both },
    [["start", "again"], ["again", "split"], ["split", "a"], ["split", "b"], ["a", "again"], ["b", "end"]]));
  assert.equal(code, 1);
  assert.match(out, /unbounded: tokens pile up without end; tokens stay at: Ask ×9, Decide\n/);
  assert.match(out, /    5\. Ask \(unbounded\.bpmn:9\)\n    \.\.\. 2 to 5 again, 8 more times\n/);
  assert.match(svg["unbounded-1.svg"], /class="bpmn-token-count"[^>]*>9</);
});

test("twice: a warning, for the standard allows it", () => {
  const { code, out, svg } = check(model("twice", { ...ends, split: ["parallelGateway", ""], ...both, meet: ["exclusiveGateway", ""], c: task("Send") },
    [["start", "split"], ["split", "a"], ["split", "b"], ["a", "meet"], ["b", "meet"], ["meet", "c"], ["c", "end"]]));
  assert.equal(code, 0);
  assert.match(out, /^warning: twice\.bpmn:10: twice: 'Send' can run twice at once/);
  assert.match(svg["twice-1.svg"], /class="bpmn-token-count"[^>]*>2</);
});

test("undecided: a bound on the states, and nothing to draw", () => {
  const { code, out, svg } = check(sound(), "--states", "1");
  assert.equal(code, 1);
  assert.match(out, /sound\.bpmn:3: undecided: could not decide within 1 states\n/);
  assert.deepEqual(svg, {});
});

test("what is not executed, by element, file and line; its soundness is told all the same", () => {
  const file = model("refused", { ...ends, call: ["callActivity", "Archive"] }, [["start", "call"], ["call", "end"]]);
  const { code, out } = check(file);
  assert.equal(code, 1);
  assert.match(out, /^refused\.bpmn:6: element 'callActivity' 'call': a call activity needs zeebe:calledElement\n/);
  assert.match(out, /process 'refused' is sound, and is not executed as it is;/);
  const [answer] = JSON.parse(run(["check", "--json", file]).stdout);
  assert.deepEqual([answer.passed, answer.processes[0].sound, answer.processes[0].executable], [false, true, false]);
  assert.equal(answer.processes[0].problems[0].line, 6);
});

test("what is no model", () => {
  const broken = path.join(folder, "broken.bpmn");
  writeFileSync(broken, readFileSync(sound(), "utf8").replace("</bpmn:process>", "</bpmn:proces>"));
  const { code, out } = check(broken);
  assert.equal(code, 1);
  assert.match(out, /^broken\.bpmn:16:\d+: this is not well-formed XML/);
  writeFileSync(broken, "<html/>");
  assert.match(check(broken).out, /^broken\.bpmn:1:1: the root element is 'html'/);
  writeFileSync(broken, '<!DOCTYPE x [<!ENTITY a "b">]><x/>');
  assert.equal(check(broken).code, 1);
  const [answer] = JSON.parse(run(["check", "--json", broken]).stdout);
  assert.deepEqual([answer.passed, answer.refused.line], [false, 1]);
});

test("as JSON: steps with what was chosen, tokens, flows, the drawing", () => {
  const svg = path.join(folder, "json");
  const done = run(["check", "--json", "--svg", svg, stuck(), sound()]);
  assert.equal(done.code, 1);
  const answers = JSON.parse(done.stdout);
  assert.deepEqual(answers.map((one) => one.passed), [false, true]);
  const [finding] = answers[0].processes[0].findings;
  assert.deepEqual([finding.fault, finding.unsound, finding.element, finding.line], ["stuck", true, "meet", 9]);
  assert.deepEqual(finding.steps.map((step) => [step.id, step.line, step.value]), [["start", 4, undefined], ["pick", 6, "ok = true"], ["a", 7, undefined]]);
  assert.deepEqual([finding.tokens.map((one) => one.id), finding.token_flows], [["meet"], ["f4"]]);
  assert.match(finding.text.zh, /流程会停住/);
  assert.match(readFileSync(finding.drawing, "utf8"), /流程会停住/, "drawn in Chinese unless asked otherwise");
});

test("exit codes: 0 sound, 1 not, 2 could not be checked; the worst of several files", () => {
  const help = run(["check", "--help"]);
  assert.equal(help.code, 0);
  for (const word of ["FILE.bpmn", "--svg FOLDER", "--lang", "--states N", "--json"]) assert.ok(help.stdout.includes(word), word);
  for (const [args, code, said] of [
    [["check", sound(), sound()], 0, /is sound/],
    [["check", sound(), stuck()], 1, /not sound/],
    [["check", path.join(folder, "none.bpmn")], 2, /could not open/],
    [["check"], 2, /usage|needs|argument/i],
    [["check", sound(), "--states", "many"], 2, /wants a number/],
    [["check", sound(), "--states", "99999999999"], 2, /at most/],
    [["check", stuck(), "--svg", path.join(folder, "sound.bpmn/x")], 2, /could not/],
    [["check", sound(), "--lang", "xx"], 2, /no language 'xx'/],
    [["check", sound(), "--colour"], 2, /colour/],
  ]) {
    const done = run(args);
    assert.equal(done.code, code, `${args.join(" ")}: ${done.stdout}${done.stderr}`);
    assert.match(done.stdout + done.stderr, said);
  }
});
