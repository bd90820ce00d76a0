// The editor that Camunda Modeler is made of, in a browser, with what stands in modeler/ brought into it as
// Camunda Modeler does it: the plugin's script registers the descriptor, the templates are given to the
// templates' loader. A drafter is somebody who clicks and types there.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../harness.mjs";
import { launch } from "../ui/browser.mjs";

const folder = path.join(root, "test/modeler");
const dist = path.join(folder, "node_modules/camunda-bpmn-js/dist");

function install() {
  if (existsSync(path.join(dist, "camunda-cloud-modeler.production.min.js"))) return;
  const done = spawnSync("npm", ["ci", "--no-progress", "--loglevel=error"], { cwd: folder, encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
}

const html = (url) => `<!doctype html><meta charset="utf-8"><title>editor</title>
<link rel="stylesheet" href="${url(path.join(dist, "assets/camunda-cloud-modeler.css"))}">
<style>html,body{margin:0;height:100%}#canvas{position:absolute;inset:0 380px 0 0}
#panel{position:absolute;inset:0 0 0 auto;width:380px;overflow:auto;border-left:1px solid #ccc}</style>
<div id="canvas"></div><div id="panel"></div>
<script src="${url(path.join(root, "modeler/client.js"))}"></script>
<script src="${url(path.join(dist, "camunda-cloud-modeler.production.min.js"))}"></script>`;

export class Drafter {
  static async sit(t) {
    install();
    const own = mkdtempSync(path.join(tmpdir(), "mandate-editor-"));
    t.after(() => rmSync(own, { recursive: true, force: true }));
    const browser = await launch(t);
    const drafter = new Drafter();
    drafter.faults = [];
    drafter.page = await (await browser.newContext({ viewport: { width: 1500, height: 900 }, locale: "en-GB" })).newPage();
    drafter.page.setDefaultTimeout(10_000);
    drafter.page.on("console", (message) => message.type() === "error" && drafter.faults.push(message.text()));
    drafter.page.on("pageerror", (error) => drafter.faults.push(error.message));
    const file = path.join(own, "editor.html");
    writeFileSync(file, html((one) => pathToFileURL(one).href));
    await drafter.page.goto(pathToFileURL(file).href);
    return drafter;
  }
  // The warnings of the import.
  async open(xml) {
    const templates = JSON.parse(readFileSync(path.join(root, "modeler/element-templates/mandate.json"), "utf8"));
    return this.page.evaluate(async ({ text, all }) => {
      const moddleExtensions = {};
      const of = (wanted) => window.plugins.filter(({ type }) => type === `bpmn.cloud.modeler.${wanted}`).map(({ plugin }) => plugin);
      for (const one of of("moddleExtension")) moddleExtensions[one.prefix] = one;
      const modeler = new window.BpmnModeler({ container: "#canvas", propertiesPanel: { parent: "#panel" }, moddleExtensions, additionalModules: of("additionalModules") });
      window.modeler = modeler;
      modeler.on("elementTemplates.errors", ({ errors }) => errors.forEach((one) => console.error(one.message)));
      modeler.get("elementTemplatesLoader").setTemplates(all);
      return (await modeler.importXML(text)).warnings.map((one) => one.message);
    }, { text: xml, all: templates });
  }
  // Scrolls there and clicks: a lane at the strip with its name, anything else in its middle.
  async select(id) {
    const at = await this.page.evaluate((element) => {
      const shape = window.modeler.get("elementRegistry").get(element);
      window.modeler.get("canvas").scrollToElement(shape, 200);
      const box = window.modeler.get("elementRegistry").getGraphics(element).querySelector(".djs-hit").getBoundingClientRect();
      return { x: box.x + (shape.type === "bpmn:Lane" ? 12 : box.width / 2), y: box.y + box.height / 2 };
    }, id);
    await this.page.mouse.click(at.x, at.y);
    const chosen = () => this.page.evaluate(() => window.modeler.get("selection").get().map((one) => one.id));
    assert.deepEqual(await chosen(), [id], `a click on ${id}`);
  }
  async template(name) {
    await this.page.locator("#panel").getByText("Select", { exact: true }).click();
    await this.page.getByText(name, { exact: true }).click();
    await this.page.locator("#panel .bio-properties-panel-header-type", { hasText: name }).waitFor();
  }
  #group(title) {
    return this.page.locator("#panel .bio-properties-panel-group", { has: this.page.locator(".bio-properties-panel-group-header-title", { hasText: title }) });
  }
  // Another text instead of the one that stands there.
  async type(title, label, text) {
    await this.#group(title).getByLabel(label, { exact: true }).click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Tab");
  }
  // Opens a group of the panel and fills its fields: {label: text, or the choice of a list}.
  async fill(title, fields) {
    const group = this.#group(title);
    if (!(await group.locator(".bio-properties-panel-group-header.open").count())) await group.locator(".bio-properties-panel-group-header-title").click();
    for (const [label, value] of Object.entries(fields)) {
      const field = group.getByLabel(label, { exact: true });
      if ((await field.evaluate((one) => one.tagName)) === "SELECT") {
        await field.selectOption(value);
      } else {
        await field.click();
        await this.page.keyboard.type(value);
        await this.page.keyboard.press("Tab");
      }
    }
  }
  async groups() {
    return this.page.locator("#panel .bio-properties-panel-group-header-title").allInnerTexts();
  }
  async save() {
    await this.page.waitForTimeout(400); // the panel waits a moment for more letters before it writes
    return this.page.evaluate(async () => (await window.modeler.saveXML({ format: true })).xml);
  }
}
