// A browser for the walks: Debian's Chromium, driven by playwright-core. look() is what makes a page
// count as seen: no violation that axe-core can find, in the light and the night theme, wide and on a
// phone of 320 px, and no sideways scroll there. Anything on the console is a failure of the page.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "../harness.mjs";

const require = createRequire(path.join(root, "ui/package.json"));
export const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const haveChromium = existsSync(chromiumPath);

const axeSource = () => readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const screens = path.join(root, "build/screens");

export async function launch(t) {
  const { chromium } = require("playwright-core");
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  t.after(() => browser.close());
  mkdirSync(screens, { recursive: true });
  return browser;
}

// Both themes and both widths; MANDATE_UI_ALL=1 crosses them.
const views = [
  { name: "wide-light", width: 1280, colorScheme: "light" },
  { name: "phone-night", width: 320, colorScheme: "dark" },
  ...(process.env.MANDATE_UI_ALL ? [
    { name: "wide-night", width: 1280, colorScheme: "dark" },
    { name: "phone-light", width: 320, colorScheme: "light" },
  ] : []),
];

export class Visitor {
  constructor(browser, service, { lang, script = true }) {
    Object.assign(this, { browser, service, lang, script, faults: [], seen: new Set() });
  }
  async open() {
    this.context = await this.browser.newContext({
      viewport: { width: 1280, height: 900 },
      javaScriptEnabled: this.script,
      locale: this.lang === "zh" ? "zh-CN" : "en-GB",
      baseURL: this.service.url,
    });
    this.context.setDefaultTimeout(10_000);
    this.page = await this.context.newPage();
    if (process.env.MANDATE_TRACE) this.page.on("load", async () => console.log(this.page.url(), await this.page.title()));
    // A 4xx page is what some steps ask for; the console's note of it is no fault of the page.
    this.page.on("console", (message) => {
      if (message.type() === "error" && !/status of 4\d\d/.test(message.text()))
        this.faults.push(`${this.page.url()}: console: ${message.text()}`);
    });
    this.page.on("pageerror", (error) => this.faults.push(`${this.page.url()}: ${error.message}`));
    await this.page.goto(`/?lang=${this.lang}`);
    return this;
  }
  async close() {
    await this.context.close();
    assert.deepEqual(this.faults, []);
  }
  // Axe is put into the page by the debugger's protocol, not by a script element: the page's own
  // content security policy stays in force.
  async #axe(name) {
    const cdp = await this.context.newCDPSession(this.page);
    await cdp.send("Runtime.evaluate", { expression: axeSource() });
    for (const view of views) {
      await this.page.setViewportSize({ width: view.width, height: 900 });
      await this.page.emulateMedia({ colorScheme: view.colorScheme });
      const { result, exceptionDetails } = await cdp.send("Runtime.evaluate", {
        expression: `axe.run({resultTypes: ["violations"]}).then((r) => JSON.stringify({
          wide: document.documentElement.scrollWidth,
          found: r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html.slice(0, 160)).slice(0, 3).join(" | "))}))`,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) throw new Error(`axe on ${name}: ${exceptionDetails.text}`);
      const { wide, found } = JSON.parse(result.value);
      for (const violation of found) this.faults.push(`${name} ${this.lang} ${view.name}: ${violation}`);
      if (wide > view.width) this.faults.push(`${name} ${this.lang} ${view.name}: ${wide} px wide`);
      if (process.env.MANDATE_SCREENS)
        await this.page.screenshot({ path: path.join(screens, `${name}-${this.lang}-${view.name}.png`), fullPage: true });
    }
    await this.page.setViewportSize({ width: 1280, height: 900 });
    await this.page.emulateMedia({ colorScheme: "light" });
    await cdp.detach();
  }
  // The page is there, in this language, and sound. name: once a walk is enough for the same page.
  async look(name) {
    const tag = await this.page.getAttribute("html", "lang");
    assert.equal(tag, this.lang === "zh" ? "zh-CN" : "en", `${name} is in another language`);
    assert.equal(await this.page.locator("h1:not(.m-letter h1)").count(), 1, `${name} has one h1`);
    if (this.seen.has(name)) return;
    this.seen.add(name);
    if (this.script) await this.#axe(name);
  }
  async go(address, name) {
    await this.page.goto(address);
    if (name) await this.look(name);
  }
  // Press a button or a link, and wait for the page that it leads to.
  async press(selector, name) {
    const target = typeof selector === "string" ? this.page.locator(selector).first() : selector;
    await Promise.all([this.page.waitForEvent("load"), target.click()]);
    if (name) await this.look(name);
  }
  submit(name) {
    return this.press("main form .m-actions button[type=submit]", name);
  }
  // The faults of the summary, and that each leads to a field that is there.
  async problems() {
    const links = await this.page.locator(".govuk-error-summary a").all();
    const texts = [];
    for (const link of links) {
      const href = await link.getAttribute("href");
      assert.equal(await this.page.locator(`[id="${href.slice(1)}"]`).count(), 1, `${href} is on the page`);
      texts.push((await link.textContent()).trim());
    }
    return texts;
  }
  text(selector) {
    return this.page.locator(selector).first().textContent();
  }
  // A choice that may bring up other questions: the server is asked, and the page is swapped.
  async #choose(field, choose) {
    const asks = this.script && (await field.getAttribute("data-refresh")) !== null &&
      (await this.page.locator("form[data-refreshes]").count()) > 0;
    if (!asks) return choose();
    await Promise.all([this.page.waitForResponse((answer) => answer.request().method() === "POST"), choose()]);
    await this.page.waitForTimeout(100);
  }
  async fill(values) {
    for (const [name, value] of Object.entries(values)) {
      const field = this.page.locator(`main [name="${name}"]`).first();
      const tag = await field.evaluate((node) => node.tagName);
      if ((await field.getAttribute("type")) === "radio")
        await this.#choose(field, () => this.page.locator(`main [name="${name}"][value="${value}"]`).check());
      else if (tag === "SELECT") await this.#choose(field, () => field.selectOption(value));
      else if (value === true) await this.#choose(field, () => field.check());
      else await field.fill(value);
    }
  }
}
