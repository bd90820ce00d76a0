// The five walks of a new user, through the real service: a citizen applies, an officer decides, a
// refusal is reviewed, a supervisor sees what is late, and the applicant follows all of it. In both
// languages with script, and once without.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { start, demoPassword } from "../harness.mjs";
import { applyBody } from "../matters.mjs";
import { haveChromium, launch, Visitor } from "./browser.mjs";

const pdf = (name) => ({
  name,
  mimeType: "application/pdf",
  buffer: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"),
});
const reasons = "演示理由：材料与规定不符。Demonstration: the papers do not meet the rule.";

// ---- the citizen ----

async function browse(v) {
  await v.go("/", "home");
  await v.page.fill("#q", "居住");
  await v.press(".m-search button", "search");
  assert.match(await v.text("main .m-links"), v.lang === "zh" ? /居住证/ : /Residence permit/);
  await v.go("/search?q=zzzzqq", "search-nothing");
  await v.go("/organs", "organs");
  await v.press('main a[href="/organs/wenzhou-lucheng"]', "organ");
  assert.equal(await v.page.locator('main a[href^="/matters/organ-page-correction/apply"]').count(), 1);
  await v.go("/matters/residence-permit-issue", "matter");
  await v.go("/matters/residence-permit-issue?place=330302", "matter-place");
  assert.match(await v.text("main dl"), v.lang === "zh" ? /鹿城/ : /Lucheng/);
  await v.go("/no/such/page", "not-found");
  await v.go("/desk/enter?user=somebody&code=NONE", "enter");
}

// A rule is read and tried: a wrong value is said beside its field, a sound one gives the result, the
// way there, and the rule that matched in the table.
async function tryRule(v) {
  await v.go("/decisions", "rules");
  await v.press('main a[href="/decisions/residence-permit-eligibility"]', "rule");
  assert.equal(await v.page.locator(".m-rules tbody tr").count(), 4);
  await v.fill({ at: "0001-01-01", v2: "work" });
  await v.submit("rule-no-result");
  assert.match(await v.text("[role=status]"), v.lang === "zh" ? /得不出结果/ : /no result/);
  await v.fill({ v1: "2024-01-01", v2: "study", at: "2026-03-02" });
  await v.submit("rule-tried");
  assert.match(await v.text("[role=status] dl"), v.lang === "zh" ? /连续就读/ : /continuous study/);
  assert.equal(await v.page.locator(".m-rules-hit").count(), 1);
  assert.match(await v.text(".m-rules-hit th"), /3/);
  assert.equal(await v.page.inputValue("[name=v1]"), "2024-01-01", "what was given is kept");
  assert.ok(!v.page.url().includes("2024-01-01"), "and stands in no address");
  await v.page.locator("[name=at]").evaluate((field) => { field.type = "text"; field.value = "soon"; });
  await v.submit("rule-fault");
  assert.equal((await v.problems()).length, 1);
  await v.go("/decisions/resident-id-validity", "rule-numbers");
}

async function chooseTown(v) {
  await v.fill({ county: "330302" });
  if ((await v.page.locator("#town").count()) === 0 && !v.script) await v.submit();
  if ((await v.page.locator("#town").count()) > 0) {
    await v.fill({ town: "330302006" });
    await v.submit();
  } else if (/place$/.test(new URL(v.page.url()).pathname)) {
    await v.submit();
  }
}

const you = {
  "f-name": "样例一",
  "f-identity": "330302199001010005",
  "f-phone": "13800000000",
  "f-email": "sample-one@example.invalid",
};

// From the start button to the page with reference and access code.
async function applyForPermit(v) {
  await v.go("/matters/residence-permit-issue");
  await v.press("a.m-button--start", "apply-place");
  await v.submit("apply-place-fault");
  assert.equal((await v.problems()).length, 1);
  await chooseTown(v);
  await v.look("apply-question");
  await v.submit("apply-question-fault");
  assert.ok((await v.problems()).length >= 1);
  await v.fill({ "f-kind": "first", "f-ground": "work" });
  if (!v.script) await v.submit(); // the ground brings up the employer
  assert.equal(await v.page.locator(".govuk-error-summary").count(), 0, "a new question is no fault");
  await v.fill({ "f-employer": "样例单位" });
  await v.submit("apply-address");
  await v.fill({ "f-household": "浙江省杭州市", "f-address": "样例街道1号101室", "f-since": "2999-01-01" });
  await v.submit("apply-address-fault");
  assert.equal((await v.problems()).length, 1);
  assert.equal(await v.page.inputValue('[name="f-address"]'), "样例街道1号101室", "the value is kept");
  await v.fill({ "f-since": "2025-01-05" });
  await v.submit();
  await v.fill({ "f-delivery": "station" });
  await v.submit("apply-you");
}

async function attachAndSend(v) {
  await v.look("apply-papers");
  await v.page.setInputFiles("#file-identity", { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
  await v.page.locator("main form .m-actions button[type=submit]").first().click();
  await v.page.waitForSelector(".govuk-error-summary");
  await v.look("apply-papers-fault");
  assert.ok((await v.problems()).some((text) => text.includes("notes.txt")));
  if (v.lang === "en") { // a scan that is too large: said beside its field, and nothing else is lost
    const folder = mkdtempSync(path.join(tmpdir(), "mandate-scan-"));
    writeFileSync(path.join(folder, "scan.pdf"), Buffer.alloc(21 << 20, "%PDF-1.4\n"));
    await v.page.setInputFiles("#file-photograph", path.join(folder, "scan.pdf"));
    await v.page.locator("main form .m-actions button[type=submit]").first().click();
    await v.page.locator("#file-photograph-error", { hasText: "scan.pdf" }).waitFor();
    assert.ok((await v.problems()).some((text) => text.includes("scan.pdf") && text.includes("20")));
    rmSync(folder, { recursive: true });
  }
  for (const material of ["identity", "photograph", "address"])
    await v.page.setInputFiles(`#file-${material}`, pdf(`${material}.pdf`));
  await v.page.locator("main form .m-actions button[type=submit]").first().click();
  await v.page.waitForURL(/\/check$/);
  await v.look("apply-check");
  await v.submit("apply-check-fault");
  assert.equal((await v.problems()).length, 1);
  await v.page.check("#declare");
}

async function sent(v) {
  await v.page.waitForURL(/\/confirmation$/);
  await v.look("confirmation");
  const [reference, code] = await v.page.locator(".m-ref").allTextContents();
  assert.match(reference, /^\d{6}-\d{2}-\d{6}-\d$/);
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  return { reference, code };
}

async function applied(v) {
  await applyForPermit(v);
  await v.fill(you);
  await v.submit();
  await attachAndSend(v);
  await v.submit();
  return sent(v);
}

async function follow(v, { reference, code }, name) {
  await v.go("/track", "track");
  await v.fill({ reference, code: "0000-0000-0000" });
  await v.submit("track-fault");
  assert.equal((await v.problems()).length, 1);
  await v.fill({ reference: reference.replaceAll("-", ""), code: code.toLowerCase() });
  await v.submit(name);
  assert.match(v.page.url(), /\/case$/);
}

// ---- the officers ----

async function signIn(v, user, password = demoPassword) {
  await v.context.clearCookies({ name: "session" });
  await v.go("/desk", "sign-in");
  await v.fill({ user, password });
  await v.press("main button[type=submit]");
}

async function openTask(v, reference) {
  await v.go("/desk", "work");
  await v.press(v.page.locator("tr", { hasText: reference }).locator("th a").first());
  await v.look("task-open");
  if ((await v.page.locator('form[action$="/claim"]').count()) > 0) await v.press('form[action$="/claim"] button');
}

// One step: claim, choose, look at the letter, do it.
async function decide(v, user, reference, outcome, name) {
  await signIn(v, user);
  await openTask(v, reference);
  await v.look("task");
  await v.press('.m-ask button[type=submit]:not([formaction])', "task-fault");
  assert.ok((await v.problems()).length >= 1);
  await v.page.check(`input[name=outcome][value=${outcome}]`);
  await v.page.fill("#reasons", reasons);
  if (v.script) {
    await v.page.click("[data-preview]");
    await v.page.waitForSelector("#preview :is(.m-letter, p)");
  } else {
    await v.press("[data-preview]");
  }
  await v.look(`task-preview-${name}`);
  await v.page.check(`input[name=outcome][value=${outcome}]`);
  await v.press('.m-ask button[type=submit]:not([formaction])');
  assert.match(v.page.url(), /\/desk\?done=completed$/);
}

async function readLetter(v, name) {
  await v.press("#letters + ul > li:last-child a", name);
  assert.equal(await v.page.locator(".m-letter").count(), 1);
  const file = await v.context.request.get(await v.page.locator(".m-actions a.m-button").getAttribute("href"));
  assert.equal(file.headers()["content-type"], "application/pdf");
  assert.equal((await file.body()).subarray(0, 5).toString(), "%PDF-");
  await v.press('.m-actions a[href^="/verify/"]', "verify");
  assert.equal(await v.page.locator(".m-panel").count(), 1, "the letter is genuine");
  await v.go("/verify?code=ZZZZ-ZZZZ", "verify-unknown");
  assert.equal(await v.page.locator(".m-panel").count(), 0);
}

async function correct(v, own) {
  await follow(v, own, "case-asked");
  await v.press('a[href="/case/correct"]', "correct");
  await v.fill({ "f-address": "" });
  await v.submit("correct-fault");
  assert.ok((await v.problems()).length >= 1);
  await v.fill({ "f-address": "样例街道2号202室" });
  await v.page.setInputFiles("#file-address", pdf("lease.pdf"));
  await v.page.locator("main form .m-actions button[type=submit]").first().click();
  await v.page.waitForURL(/done=corrected$/);
  await v.look("case-corrected");
}

async function askForReview(v, own) {
  await follow(v, own, "case-refused");
  await v.press('form[action="/case/remedy"] button');
  assert.match(v.page.url(), /administrative-reconsideration\/apply/);
  await v.look("review-question");
  await v.fill({ "f-known_on": "2026-01-05", "f-request": "revoke", "f-reasons": reasons, "f-hearing": "no" });
  await v.submit("review-you");
  await v.fill({ "f-kind": "person", ...(v.script ? {} : {}) });
  if (!v.script) await v.submit();
  for (const [name, value] of Object.entries(you))
    if ((await v.page.locator(`main [name="${name}"]`).count()) > 0) await v.fill({ [name]: value });
  await v.submit();
  await v.page.setInputFiles("#file-identity", pdf("identity.pdf"));
  await v.page.locator("main form .m-actions button[type=submit]").first().click();
  await v.page.waitForURL(/\/check$/);
  await v.page.check("#declare");
  await v.submit();
  return sent(v);
}

async function walk(service, browser, options) {
  const v = await new Visitor(browser, service, options).open();
  await browse(v);
  await tryRule(v);
  const own = await applied(v);
  const looked = v.page.locator("#looks ~ p.m-muted");
  await v.go("/case", "case");
  assert.equal(await looked.count(), 1, "nobody has looked yet");
  await decide(v, "clerk", own.reference, "correct", "correct");
  await correct(v, own);
  await readLetterOf(v, own, "letter-correction");
  await decide(v, "clerk", own.reference, "refuse", "refuse");
  const review = await askForReview(v, own);
  assert.notEqual(review.reference, own.reference);
  await follow(v, own);
  assert.ok((await v.page.locator("#looks ~ .m-scroll tbody tr").count()) > 0, "looks are told");
  await decide(v, "reviewer", review.reference, "accept", "accept");
  await v.close();
}

async function readLetterOf(v, own, name) {
  await follow(v, own);
  await readLetter(v, name);
}

for (const options of [{ lang: "zh" }, { lang: "en" }, { lang: "en", script: false }]) {
  const title = `citizen, officer, remedy and tracking: ${options.lang}${options.script === false ? " without script" : ""}`;
  test(title, { skip: haveChromium ? false : "there is no Chromium", timeout: 180_000 }, async (t) => {
    const service = await start(t);
    await walk(service, await launch(t), options);
  });
}

test("a draft survives a closed browser, and is sent once", { skip: haveChromium ? false : "there is no Chromium", timeout: 120_000 }, async (t) => {
  const service = await start(t);
  const browser = await launch(t);
  const v = await new Visitor(browser, service, { lang: "en" }).open();
  await applyForPermit(v);
  const kept = await v.context.storageState();
  const session = kept.cookies.filter((cookie) => cookie.expires === -1);
  assert.deepEqual(session.map((cookie) => cookie.name), [], "nothing hangs on the browser staying open");
  const again = await browser.newContext({ storageState: kept, baseURL: service.url });
  await v.close();
  const page = await again.newPage();
  await page.goto("/");
  await page.click(".m-notice a");
  assert.match(page.url(), /\/apply\/you/);
  for (const [name, value] of Object.entries(you)) await page.fill(`[name="${name}"]`, value);
  await page.click("main form .m-actions button[type=submit]");
  for (const material of ["identity", "photograph", "address"])
    await page.setInputFiles(`#file-${material}`, pdf(`${material}.pdf`));
  await page.click("main form .m-actions button[type=submit]");
  await page.waitForURL(/\/check$/);
  const check = page.url();
  const form = { key: await page.inputValue("[name=key]"), csrf: await page.inputValue("[name=csrf]"), declare: "1" };
  const sends = await Promise.all([1, 2, 3].map(() =>
    again.request.post(check, { form, maxRedirects: 0, headers: { origin: service.url } })));
  for (const send of sends) assert.equal(send.headers().location, "/confirmation");
  await page.goto("/confirmation"); // which gives the draft up
  const late = await again.request.post(check, { form, maxRedirects: 0, headers: { origin: service.url } });
  assert.equal(late.status(), 303, await late.text());
  const clerk = await service.signIn("clerk");
  const { body } = await clerk.get("/api/tasks?state=all");
  assert.equal(body.items.length, 1, "one application");
  await again.close();
});

test("a clock passes its limit and the superior sees it", { skip: haveChromium ? false : "there is no Chromium", timeout: 180_000 }, async (t) => {
  const service = await start(t);
  const browser = await launch(t);
  for (const lang of ["zh", "en"]) {
    const v = await new Visitor(browser, service, { lang }).open();
    if (lang === "zh") {
      const own = await applied(v);
      await decide(v, "clerk", own.reference, "accept", "accept");
      const clerk = await service.signIn("clerk");
      for (let i = 0; i < 5; i++) { // enough for numbers to be told
        const one = await service.apply(applyBody("residence-permit-issue"));
        const task = (await clerk.get("/api/tasks?state=all")).body.items.find((task) => task.reference === one.reference);
        assert.equal((await clerk.post(`/api/tasks/${task.id}/complete`, { outcome: "accept" })).status, 200);
      }
      const { body } = await service.get("/api/organs/wenzhou-lucheng");
      assert.equal(body.id, "wenzhou-lucheng");
      const far = new Date(Date.now() + 60 * 86400e3).toISOString();
      const moved = await service.anonymous().post("/api/demo/clock", { now: far });
      assert.ok(moved.status < 300, moved.text);
      await follow(v, own, "case-late");
      assert.ok((await v.page.locator(".m-tag--over").count()) >= 1, "the applicant is told");
      t.reference = own.reference;
    }
    await signIn(v, "supervisor");
    await v.go("/desk/supervise?state=breached", "supervise");
    const row = v.page.locator("tr", { hasText: t.reference });
    assert.equal(await row.locator(".m-tag--over").count(), 1);
      assert.ok((await row.locator(".m-path li").count()) >= 2, "the path it took");
    await v.press(row.locator("th a"), "desk-case");
    assert.equal(await v.page.locator(".m-viewer").count(), 0, "loaded only when asked for");
    await v.page.click("[data-diagram-open]");
    await v.page.waitForSelector(".m-viewer .is-active .djs-visual");
    await v.page.waitForSelector("[data-diagram-open][aria-pressed=true]:not([disabled])");
    assert.ok((await v.page.locator(".m-viewer .is-done").count()) > 3);
    assert.equal(await v.page.locator(".m-viewer .is-active").count(), 1);
    assert.ok(await v.page.locator(".m-viewer a.bjs-powered-by").isVisible(), "the library's mark stays");
    assert.match(await v.page.locator(".m-viewer svg[data-element-id]").first().textContent(), v.lang === "zh" ? /审核/ : /Examine/);
    assert.ok(!(await v.page.locator(".m-diagram").isVisible()), "over the server's drawing");
    await v.look("desk-case-viewer");
    await v.page.click("[data-diagram-open]");
    assert.ok(await v.page.locator(".m-diagram svg").isVisible(), "which comes back");
    await v.go("/desk/supervise");
    await v.press('main a[href="/desk/supervise/steps"]');
    await v.go("/desk/supervise/steps?matter=residence-permit-issue", "steps");
    assert.ok((await v.page.locator('.m-heat [class*="heat-"]').count()) > 0);
    assert.ok((await v.page.locator(".m-numbers tbody tr").count()) >= 2);
    await v.go("/desk/supervise/steps?matter=petition-review", "steps-none");
    await signIn(v, "admin");
    await v.go("/desk/admin", "admin");
    await v.go("/desk/supervise", "forbidden");
    await v.close();
  }
});
