// What modellers load (modeler/), with the libraries that Camunda Modeler itself reads procedures with:
// the files are what the reader's table gives, the packs' procedures go through them unharmed, the
// templates are valid, and what they write is read as the elements it stands for.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { root, run } from "./harness.mjs";
import { Drafter } from "./modeler/editor.mjs";
import { haveChromium } from "./ui/browser.mjs";

const require = createRequire(path.join(root, "ui/package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const json = (file) => JSON.parse(readFileSync(path.join(root, file), "utf8"));
const { BpmnModdle } = await load("bpmn-moddle");
// its CommonJS file requires a module, which node learnt after version 18
const validator = await load("@bpmn-io/element-templates-validator/dist/index.js");
const zeebe = require("zeebe-bpmn-moddle/resources/zeebe.json");
const mandate = json("modeler/mandate.moddle.json");
const schema = json("modeler/mandate.schema.json");
const templates = json("modeler/element-templates/mandate.json");
const procedures = readdirSync(path.join(root, "packs/base/processes")).filter((name) => name.endsWith(".bpmn"));
const moddle = () => new BpmnModdle(structuredClone({ zeebe, mandate })); // which names their properties anew
const read = (name) => readFileSync(path.join(root, "packs/base/processes", name), "utf8");

// Every element of the tree, the diagram's too.
function* walk(node, seen = new Set()) {
  if (node === null || typeof node !== "object" || seen.has(node)) return;
  seen.add(node);
  if (node.$type) yield node;
  for (const [key, value] of Object.entries(node)) {
    if (key.startsWith("$")) continue;
    for (const one of Array.isArray(value) ? value : [value]) yield* walk(one, seen);
  }
}
// The tree without identities: references by id, defaults left out.
function plain(node, depth = 0) {
  if (node === null || typeof node !== "object") return node;
  if (Array.isArray(node)) return node.map((one) => plain(one, depth + 1));
  const out = { $type: node.$type };
  for (const [key, value] of Object.entries(node)) {
    if (key.startsWith("$")) continue;
    if (value === node.$descriptor?.propertiesByName?.[key]?.default) continue; // said or not, the same
    const refs = node.$descriptor?.propertiesByName?.[key]?.isReference;
    out[key] = refs ? (Array.isArray(value) ? value.map((one) => one.id) : value?.id) : plain(value, depth + 1);
  }
  return out;
}
// The part of JSON Schema that the file uses.
function fits(def, value) {
  const faults = def.required.filter((name) => value[name] === undefined).map((name) => `${name} is missing`);
  for (const [name, one] of Object.entries(value)) {
    const rule = def.properties[name];
    if (!rule) faults.push(`${name} is not known`);
    else if (rule.const !== undefined ? one !== rule.const : typeof one !== "string") faults.push(`${name} is ${one}`);
    else if (rule.enum && !rule.enum.includes(one)) faults.push(`${name} is ${one}`);
  }
  return faults;
}
// The packs with other procedures: what `mandate check` says of them, with its scenarios.
function checked(t, change) {
  const folder = mkdtempSync(path.join(tmpdir(), "mandate-modeler-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(path.join(root, "packs"), folder, { recursive: true });
  for (const name of procedures) writeFileSync(path.join(folder, "base/processes", name), change(name));
  const done = run(["check", path.join(folder, "public-security")]);
  return { code: done.code, said: (done.stdout + done.stderr).replaceAll(folder, "").replace(/\d+(\.\d+)? ms/g, "ms") };
}

test("the modeller's files are what the reader's table gives", () => {
  const done = spawnSync("node", ["tool/modeler", "--check"], { cwd: root, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  const registered = [];
  new Function("window", readFileSync(path.join(root, "modeler/client.js"), "utf8"))({ plugins: registered });
  assert.deepEqual(registered[0], { type: "bpmn.cloud.modeler.moddleExtension", plugin: mandate });
  assert.deepEqual(registered.slice(1).map((one) => one.type), ["bpmn.cloud.modeler.additionalModules"]);
});

test("every procedure is read, fits the schema, and is written back the same", async (t) => {
  const written = {};
  for (const name of procedures) {
    const before = await moddle().fromXML(read(name));
    assert.deepEqual(before.warnings.map((w) => w.message), [], name);
    let count = 0;
    for (const node of walk(before.rootElement)) {
      if (!node.$type.startsWith("mandate:")) continue;
      const local = node.$type.slice(8);
      const def = schema.$defs[local[0].toLowerCase() + local.slice(1)];
      const value = Object.fromEntries(Object.entries(node).filter(([key]) => key !== "$attrs"));
      assert.deepEqual(fits(def, { ...value, $type: node.$type }), [], `${name}: ${JSON.stringify(value)}`);
      count++;
    }
    assert.ok(count > 50, `${name}: ${count} elements of ours`);
    written[name] = (await moddle().toXML(before.rootElement, { format: true })).xml;
    const after = await moddle().fromXML(written[name]);
    assert.deepEqual(after.warnings, []);
    assert.deepEqual(plain(after.rootElement), plain(before.rootElement), name);
  }
  const ours = checked(t, read);
  assert.equal(ours.code, 0, ours.said);
  assert.deepEqual(checked(t, (name) => written[name]), ours, "the same proofs and scenarios hold");
});

// What a template writes: every mandate: element as zeebe:property.
async function asProperties(name) {
  const one = moddle();
  const { rootElement } = await one.fromXML(read(name));
  for (const node of [...walk(rootElement)]) {
    const values = node.extensionElements?.values;
    if (!values) continue;
    const properties = [];
    const seen = {};
    const add = (key, value) => value !== undefined && properties.push(one.create("zeebe:Property", { name: key, value }));
    for (const value of values.filter((v) => v.$type.startsWith("mandate:"))) {
      const element = value.$type[8].toLowerCase() + value.$type.slice(9);
      if (element === "name") {
        add(`mandate:name.${value.lang}`, value.text);
        continue;
      }
      seen[element] = (seen[element] ?? 0) + 1;
      const key = seen[element] === 1 ? `mandate:${element}` : `mandate:${element}#${seen[element]}`;
      const attributes = Object.keys(schema.$defs[element].properties).filter((key) => key !== "$type");
      if (attributes.length === 0) add(key, "true");
      for (const attribute of attributes) add(`${key}.${attribute}`, value.get(attribute));
    }
    if (properties.length === 0) continue;
    node.extensionElements.values = [...values.filter((v) => !v.$type.startsWith("mandate:")), one.create("zeebe:Properties", { properties })];
  }
  return (await one.toXML(rootElement, { format: true })).xml;
}

test("what templates write is read as the elements it stands for", async (t) => {
  const written = {};
  const used = new Set();
  for (const name of procedures) {
    written[name] = await asProperties(name);
    assert.doesNotMatch(written[name], /<mandate:/);
    for (const [, property] of written[name].matchAll(/name="(mandate:[^"]+)"/g)) used.add(property);
  }
  const ours = checked(t, read);
  assert.deepEqual(checked(t, (name) => written[name]), ours, "the same proofs and scenarios hold");
  const offered = new Set(templates.flatMap((one) => one.properties.map((p) => p.binding.name)).filter(Boolean));
  const missing = [...used].filter((name) => !offered.has(name) && !/#[5-9]/.test(name) && !/\.zh$/.test(name));
  assert.deepEqual(missing, [], "the panel offers all that the packs use");
  for (const [from, to, what] of [
    ["mandate:clock.id", "mandate:klock.id", /klock/],
    ["mandate:clock.action", "mandate:clock.aktion", /aktion/],
    ['name="mandate:clock.action" value="start"', 'name="mandate:clock.action" value="begin"', /begin/],
    ['name="mandate:applicant" value="true"', 'name="mandate:applicant" value="perhaps"', /true or false/],
  ]) {
    const wrong = checked(t, (name) => written[name].replace(from, to));
    assert.equal(wrong.code, 1, from);
    assert.match(wrong.said, what);
    assert.match(wrong.said, /\.bpmn:\d+/, "with its place");
  }
});

test("the templates are valid, and offer only what may stand there", () => {
  const result = validator.validateAllZeebe(templates);
  assert.ok(result.valid, JSON.stringify(result.results.filter((one) => !one.valid).map((one) => one.errors)).slice(0, 2000));
  assert.equal(new Set(templates.map((one) => one.id)).size, templates.length);
  for (const template of templates) {
    const [type] = template.appliesTo;
    for (const { binding } of template.properties) {
      if (!binding.name) continue;
      const [, element, attribute] = /^mandate:(\w+)(?:#\d+)?(?:\.(.+))?$/.exec(binding.name);
      const described = mandate.types.find((one) => one.name.toLowerCase() === element.toLowerCase());
      const flow = ["bpmn:Process", "bpmn:Lane"].includes(type) ? [] : ["bpmn:FlowNode"];
      assert.ok(described.meta.allowedIn.some((one) => one === type || flow.includes(one)), `${element} on ${type}`);
      if (element !== "name" && attribute) assert.ok(described.properties.some((p) => p.name === attribute), binding.name);
    }
  }
});

test("the pictures of doc/bpmn.md are what the renderer draws", () => {
  const done = spawnSync("node", ["tool/pictures", "--check"], { cwd: root, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
});

const skip = haveChromium ? false : "no Chromium: set CHROMIUM or install Debian's chromium";

test("in the editor itself: a drafter sets a post, a clock and a remedy in the panel", { skip, timeout: 180_000 }, async (t) => {
  const name = "application-decision.bpmn";
  // without what the drafter is going to say
  const bare = (xml) => {
    const drop = (text, id, what) => text.replace(new RegExp(`<bpmn:\\w+ id="${id}"[^]*?</bpmn:extensionElements>`), (element) => {
      assert.match(element, what, id);
      return element.replace(new RegExp(`\\s*${what.source}`, "g"), "");
    });
    const office = drop(xml, "office", /<mandate:post [^>]*\/>/);
    const submitted = drop(office, "submitted", /<mandate:(?!name)[^>]*\/>/);
    return drop(submitted, "refused", /<mandate:(?!name)[^>]*\/>/);
  };
  const pack = (text) => checked(t, (file) => (file === name ? text : read(file)));
  const before = bare(read(name));
  const refused = pack(before);
  assert.equal(refused.code, 1);
  assert.match(refused.said, /nobody does the task 'examine'/);

  const drafter = await Drafter.sit(t);
  assert.deepEqual(await drafter.open(before), [], "the descriptor knows every element of ours");
  await drafter.select("office");
  await drafter.template("Mandate: Lane of a post");
  await drafter.fill("Post", { "Post of the pack": "examiner", "Organ, seen from the case": "competent" });
  await drafter.select("submitted");
  await drafter.template("Mandate: Application received");
  await drafter.fill("Statutory clocks", { "Time limit of the matter 1": "examine", "What happens to it 1": "start", "When 1": "leave" });
  await drafter.fill("Letter", { "Letter of the pack": "receipt", "To whom (applicant)": "applicant" });
  await drafter.fill("Public status", { "Public status from here on": "submitted" });
  await drafter.select("refused");
  await drafter.template("Mandate: End: adverse decision");
  await drafter.fill("Statutory clocks", { "Time limit of the matter 1": "decide", "What happens to it 1": "stop" });
  await drafter.fill("Letter", { "Letter of the pack": "refusal", "To whom (applicant)": "applicant" });
  await drafter.fill("Public status", { "Public status from here on": "refused" });
  await drafter.fill("Remedies", { "Remedy of the pack (* for those of the matter) 1": "NONE" });
  const wrong = pack(await drafter.save());
  assert.equal(wrong.code, 1);
  assert.match(wrong.said, /remedy 'NONE'/, "the program reads what was typed");
  await drafter.type("Remedies", "Remedy of the pack (* for those of the matter) 1", "*");
  const drafted = await drafter.save();
  assert.deepEqual(drafter.faults, []);
  for (const [property, value] of [["post.name", "examiner"], ["clock.id", "examine"], ["clock.at", "leave"], ["remedy.code", "*"], ["adverse", "true"]])
    assert.ok(drafted.includes(`<zeebe:property name="mandate:${property}" value="${value}" />`), property);
  assert.deepEqual(pack(drafted), checked(t, read), "and all proofs and scenarios hold again");
});

test("in the editor itself: every template can be chosen, and its groups stand in the panel", { skip, timeout: 180_000 }, async (t) => {
  const element = (type, id, x) => [`<bpmn:${type[5].toLowerCase()}${type.slice(6)} id="${id}"${type === "bpmn:BoundaryEvent" ? ' attachedToRef="host"' : ""}>${/Boundary|Catch/.test(type) ? "<bpmn:timerEventDefinition/>" : ""}</bpmn:${type[5].toLowerCase()}${type.slice(6)}>`, `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${x}" y="80" width="60" height="60"/></bpmndi:BPMNShape>`];
  const kinds = templates.filter((one) => !["bpmn:Lane", "bpmn:Process"].includes(one.appliesTo[0])); // the lane: above
  const all = [["<bpmn:task id=\"host\"/>", '<bpmndi:BPMNShape id="host_di" bpmnElement="host"><dc:Bounds x="2000" y="80" width="60" height="60"/></bpmndi:BPMNShape>'],
    ...kinds.map((one, i) => element(one.appliesTo[0], `e${i}`, 100 + i * 400))]; // so far that no context pad lies over the next
  const drafter = await Drafter.sit(t);
  assert.deepEqual(await drafter.open(`<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="d" targetNamespace="urn:t" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0"><bpmn:process id="p" isExecutable="true">${all.map(([xml]) => xml).join("")}</bpmn:process><bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="pl" bpmnElement="p">${all.map(([, shape]) => shape).join("")}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>`), []);
  for (const [i, template] of kinds.entries()) {
    await drafter.select(`e${i}`);
    await drafter.template(template.name);
    const groups = await drafter.groups();
    const shown = template.groups.filter(({ id }) => template.properties.some((one) => one.group === id && one.type !== "Hidden"));
    for (const { label } of shown) assert.ok(groups.includes(label), `${template.name}: ${label} among ${groups}`);
  }
  assert.deepEqual(drafter.faults, []);
  const { processes } = JSON.parse(spawnCheck(t, await drafter.save()));
  assert.deepEqual(processes[0].problems.filter((one) => /mandate/.test(one.text)), [], "a template with nothing filled in says nothing");
});

// `mandate check --json` of one model alone.
function spawnCheck(t, xml) {
  const folder = mkdtempSync(path.join(tmpdir(), "mandate-modeler-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "model.bpmn"), xml);
  return JSON.stringify(JSON.parse(run(["check", "--json", path.join(folder, "model.bpmn")]).stdout)[0]);
}
