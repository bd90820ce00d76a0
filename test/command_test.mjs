// `mandate feel` and `mandate decide`: what goes in, what comes out on which stream, and the exit codes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { binary, run } from "./harness.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "mandate-command-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name, text) {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
}
const model = file("stay.dmn", `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="urn:stay">
<inputData id="a" name="Since"><variable name="Since" typeRef="date"/></inputData>
<inputData id="b" name="Days"><variable name="Days" typeRef="number"/></inputData>
<inputData id="c" name="Place"><variable name="Place" typeRef="string"/></inputData>
<decision id="d" name="Until"><variable name="Until" typeRef="date"/>
<informationRequirement><requiredInput href="#a"/></informationRequirement>
<informationRequirement><requiredInput href="#b"/></informationRequirement>
<literalExpression><text>Since + duration("P1D") * Days</text></literalExpression></decision>
<decision id="e" name="Never"><variable name="Never"/>
<literalExpression><text>some i in 1..1000000000 satisfies i &lt; 0</text></literalExpression></decision>
</definitions>
`);
const inputs = (text) => ["--input", file("input.json", text)];
const good = '{"Since": "2026-01-31", "Days": 2}';

// {code, out, err}: the folder is left out of what is said
function mandate(args, input) {
  const done = run(args, { input });
  return { code: done.code, out: done.stdout.replaceAll(`${folder}/`, ""), err: done.stderr.replaceAll(`${folder}/`, "") };
}
function is(got, code, out, err) {
  assert.deepEqual(got, { code, out, err });
}

test("feel: errors stand under their place, limits have none", () => {
  is(mandate(["feel", "1 + 1"]), 0, "2\n", "");
  is(mandate(["feel", '"é" + ']), 1, "", 'expression:1:7: expected an expression, found \'the end\'\n"é" + \n      ^\n');
  is(mandate(["feel", "1 / 0"]), 0, "null\n", "expression:1:1: a division by zero\n1 / 0\n^^^^^\n");
  is(mandate(["feel", "some i in 1..1000000000 satisfies i < 0"]), 1, "", "mandate feel: the work takes too many steps\n");
});

test("feel: the context from a file, a pipe and standard input", () => {
  const context = file("context.json", '\ufeff{"age": 3}');
  is(mandate(["feel", "age", "--context", context]), 0, "3\n", "");
  is(mandate(["feel", "age", "--context", "-"], '{"age": 4}'), 0, "4\n", "");
  is(mandate(["feel", "age", "--context", "/dev/stdin"], '{"age": 5}'), 0, "5\n", "");
  is(mandate(["feel", "age", "--context", "-"], '{\n"age": }'), 2, "", "standard input:2:8: '}' stands where a value should\n");
  is(mandate(["feel", "age", "--context", file("broken.json", '{\n "age": 1,\n}')]), 2, "", "broken.json:3:1: '}' stands where a text in double quotes should\n");
  is(mandate(["feel", "age", "--context", file("list.json", "[1]")]), 2, "", "list.json:1:1: the file holds no JSON object\n");
  is(mandate(["feel", "age", "--context", file("large.json", '{"a":\n 1e9999}')]), 2, "", "large.json:2:2: a number is beyond the range of FEEL\n");
  is(mandate(["feel", "--lines", "--context", "-"], "1"), 2, "", "mandate feel: standard input gives the expressions, not the context\n");
  assert.match(mandate(["feel", "age", "--context", path.join(folder, "none.json")]).err, /^mandate feel: could not open 'none\.json': /);
});

test("output that cannot be written is said", () => {
  for (const args of [["feel", "1 + 1"], ["feel", "--lines"], ["decide", model, "Until", ...inputs(good)]]) {
    const full = spawnSync("sh", ["-c", 'exec "$0" "$@" >/dev/full', binary, ...args], { input: "1\n", encoding: "utf8" });
    assert.equal(full.status, 2);
    assert.match(full.stderr, /could not write to standard output: /);
  }
});

test("decide: dates by JSON", () => {
  is(mandate(["decide", model, "Until", ...inputs(good)]), 0, '@"2026-02-02"\n', "");
  is(mandate(["decide", model, "Until", "--json", "--input", "-"], good), 0, '"2026-02-02"\n', "");
  const wrong = mandate(["decide", model, "Until", ...inputs('{"Since": "2026-02-30", "Days": 2}')]);
  assert.equal(wrong.out, "null\n");
  assert.match(wrong.err, /^stay\.dmn:3:1: a string is not date\nSince\n\^\^\^\^\^\n/, "it names the input");
});

test("decide: names of inputs", () => {
  is(mandate(["decide", model, "Until", ...inputs('{"Since": "2026-01-31", "days": 2}')]), 2, "",
    "mandate decide: there is no input 'days'; 'Until' asks for Since, Days\nmandate decide: 'Days' is not given: it is null\n");
  // what only another decision asks for is no slip of the pen
  is(mandate(["decide", model, "d", ...inputs('{"Since": "2026-01-31", "Days": 0, "Place": "here"}')]), 0, '@"2026-01-31"\n', "");
  const missing = mandate(["decide", model, "Until", ...inputs('{"Days": 2}')]);
  assert.equal(missing.code, 0);
  assert.match(missing.err, /^mandate decide: 'Since' is not given: it is null\n/);
  is(mandate(["decide", model, "Nothing", ...inputs("{}")]), 1, "", "mandate decide: the model has no element 'Nothing'\n");
  is(mandate(["decide", model, "Never", ...inputs('{"x": 1}')]), 2, "", "mandate decide: there is no input 'x'; 'Never' asks for nothing\n");
  is(mandate(["decide", model, "Never"]), 1, "", "mandate decide: the work takes too many steps\n");
  is(mandate(["decide", model, "Until", ...inputs('{"Days": 2,}')]), 2, "", "input.json:1:12: '}' stands where a text in double quotes should\n");
});

test("calendars are called as their files are", () => {
  const text = (rest) => `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\nX-MANDATE-COVERS:20260101/20261231\n${rest}END:VCALENDAR\n`;
  const rest = text("BEGIN:VEVENT\nUID:a@test\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20260103\nRRULE:FREQ=WEEKLY;BYDAY=SA,SU\nCATEGORIES:REST-DAY\nSUMMARY:Weekend\nEND:VEVENT\n");
  const weeks = file("weeks.ics", rest);
  const days = 'add working days(date("2026-11-20"), 1, "weeks")';
  is(mandate(["feel", days, "--calendar", weeks]), 0, '@"2026-11-23"\n', "");
  is(mandate(["feel", "--lines", "--calendar", weeks], `${days}\n`), 0, '{"kind":"date","feel":"@\\"2026-11-23\\"","value":"2026-11-23"}\n', "");
  const due = file("due.dmn", `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="urn:due">
<decision id="d" name="Due"><variable name="Due"/><literalExpression><text>${days}</text></literalExpression></decision></definitions>`);
  is(mandate(["decide", due, "Due", "--calendar", weeks]), 0, '@"2026-11-23"\n', "");
  assert.match(mandate(["decide", due, "Due"]).err, /there is no calendar 'weeks'/);
  is(mandate(["feel", "1", "--calendar", weeks, "--calendar", weeks]), 2, "", "mandate feel: two calendars are called 'weeks'\n");
  is(mandate(["feel", "1", "--calendar", file("broken.ics", "BEGIN:NOTHING\n")]), 2, "", "broken.ics:1: not an iCalendar file\n");
  assert.match(mandate(["decide", due, "Due", "--calendar", path.join(folder, "none.ics")]).err, /^mandate decide: could not open 'none\.ics': /);
});

test("decide: tables drawn for Camunda declare no inputs", () => {
  const drawn = file("drawn.dmn", `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:drawn">
<decision id="base" name="Base fee"><literalExpression><text>if age &gt;= 60 then 10 else 20</text></literalExpression></decision>
<decision id="total" name="Total"><informationRequirement><requiredDecision href="#base"/></informationRequirement>
<literalExpression><text>base + 1</text></literalExpression></decision></definitions>`);
  is(mandate(["decide", drawn, "total", ...inputs('{"age": 61}')]), 1, "",
    "drawn.dmn:2:65: nothing is named 'age'\n    as an input that no element declares it is read with --free-names\n");
  is(mandate(["decide", drawn, "total", "--free-names", ...inputs('{"age": 61}')]), 0, "11\n", "");
  is(mandate(["decide", drawn, "total", "--free-names", ...inputs('{"agee": 61}')]), 2, "",
    "mandate decide: there is no input 'agee'; 'total' asks for age\nmandate decide: 'age' is not given: it is null\n");
  is(mandate(["check", drawn]), 1, "drawn.dmn:2:65: nothing is named 'age'\n    as an input that no element declares it is read with --free-names\n", "");
  is(mandate(["check", drawn, "--free-names"]), 0, "drawn.dmn: no decision table\n", "");
});
