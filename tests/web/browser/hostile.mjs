// Without script, without a mouse, with a screen reader, and against what is odd or hostile.
import assert from "node:assert/strict";
import { PERSON, fill, focused, gated, good, marks, watch } from "./rig.mjs";
import { elsewhere } from "./state.mjs";

const value = (page, name) => page.locator(`#${name}`).inputValue();
const emptied = async (page) => {
  for (const name of ["current", "new", "confirm"]) assert.equal(await value(page, name), "", name);
};

async function withoutScript(rig) {
  const page = await rig.page({ javaScriptEnabled: false });
  await page.goto(`${rig.origin}/`);
  assert.ok(!await page.locator("#show").isVisible());
  assert.ok(await page.locator("#submit").isEnabled());
  assert.equal(await page.locator("#rules li:visible").count(), 5);
  await rig.shoot(page, "form-no-script");
  await fill(page, { ...good, confirm: "Thirty green kettles 8" });
  await page.locator("#submit").click();
  assert.match(await page.locator("#summary").innerText(), /The two passwords do not match\./);
  assert.equal(await page.locator(":focus").getAttribute("id"), "summary");
  assert.equal(await value(page, "user"), PERSON.user);
  await emptied(page);
  assert.equal((await rig.requests()).length, 0);
  await rig.reply("UNMET", { criteria: 1 });
  await fill(page, good);
  await page.locator("#confirm").press("Enter");
  await page.locator("#summary li", { hasText: "have at least 8 characters" }).waitFor();
  assert.match(await page.locator("#rules .unmet").innerText(), /have at least 8 characters\s+- not met yet/);
  await page.locator("#summary a").click();
  assert.equal(await page.locator(":focus").getAttribute("id"), "new");
  await rig.reply("CHANGED");
  await fill(page, good);
  await page.locator("#submit").click();
  assert.equal(await page.locator("h1").innerText(), "Your password has been reset");
}

async function byKeyboard(rig) {
  const page = await rig.page();
  await page.goto(`${rig.origin}/`);
  const order = [];
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press("Tab");
    order.push(await page.evaluate(() => document.activeElement.id || document.activeElement.href));
  }
  assert.deepEqual(order, ["user", "current", "new", "confirm", "show", "submit",
    "https://help.test/", "language"]);
  await page.locator("#user").focus();
  for (const text of [PERSON.user, PERSON.current, PERSON.fresh]) {
    await page.keyboard.type(text);
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "confirm", "nothing typed there yet");
  await page.keyboard.type(PERSON.fresh);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.equal(await page.locator("#new").getAttribute("type"), "text");
  await page.keyboard.press("Tab");
  const ring = await page.locator("#submit").evaluate((button) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(button);
    return `${outlineStyle} ${outlineWidth}`;
  });
  assert.equal(ring, "solid 3px");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${rig.origin}/done*`);
  assert.equal(await focused(page), "heading");
}

/** What the live region says, with the times. */
async function spoken(rig) {
  const page = await rig.page();
  await page.goto(`${rig.origin}/`);
  await page.evaluate(() => {
    window.said = [];
    new MutationObserver(() => window.said.push(document.getElementById("status").textContent))
      .observe(document.getElementById("status"), { childList: true, subtree: true });
  });
  const said = async () => page.evaluate(() => window.said.splice(0));
  assert.equal(await page.locator("[role=alert], [aria-live]").count(), 0);
  await fill(page, { user: PERSON.user, current: PERSON.current });
  await page.locator("#new").pressSequentially("Thirty", { delay: 60 });
  assert.deepEqual(await said(), [], "silent while somebody types");
  await page.waitForTimeout(1100);
  assert.deepEqual(await said(),
    ["2 of 3 requirements met. Still missing: have at least 8 characters."]);
  await page.locator("#new").pressSequentially(" green kettles 7", { delay: 30 });
  await page.waitForTimeout(1100);
  assert.deepEqual(await said(), ["3 of 3 requirements met."]);
  await page.locator("#confirm").pressSequentially("Thirty", { delay: 30 });
  await page.waitForTimeout(1100);
  assert.deepEqual(await said(), [], "nothing new");
  await page.locator("#confirm").fill("Thirty green kettles 8");
  await page.waitForTimeout(1100);
  assert.deepEqual(await said(), ["3 of 3 requirements met. The two passwords do not match."]);
}

/** Role, name, and what else the tree says of a node. */
async function tree(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  return nodes.filter((node) => !node.ignored).map((node) => ({
    role: node.role?.value, name: node.name?.value, description: node.description?.value,
    ...Object.fromEntries((node.properties ?? []).map(({ name, value: one }) => [name, one.value])),
  }));
}

async function heard(rig) {
  const page = await rig.page();
  await page.goto(`${rig.origin}/`);
  const find = async (role, name) => (await tree(page)).find((node) =>
    node.role === role && node.name.startsWith(name));
  const held = await find("button", "Reset Password");
  assert.ok(held.disabled, "held");
  assert.ok(held.focusable, "and found all the same");
  assert.match(held.description, /^To continue: enter your user name/);
  for (const [name, required] of [["User name", true], ["Current password", true],
    ["New password", true], ["New password again", true]]) {
    assert.equal((await find("textbox", name)).required, required, name);
  }
  assert.match((await find("textbox", "New password")).description, /have at least 8 characters/);
  const show = await find("button", "Show passwords");
  assert.equal(show.pressed, "false");
  await fill(page, { ...good, confirm: "Thirty green kettles 8" });
  const confirm = await find("textbox", "New password again");
  assert.deepEqual([confirm.invalid, confirm.description],
    ["true", "The two passwords do not match."]);
  assert.equal((await tree(page)).filter((node) => node.role === "StaticText" &&
    node.name === "- met").length, 3);
  await fill(page, good);
  assert.ok(!(await find("button", "Reset Password")).disabled);
  assert.equal((await find("textbox", "New password again")).invalid, "false");
}

/** A password manager's work: values without an event. */
async function filledIn(rig) {
  for (const web of ["", "gate = native"]) {
    await rig.start({ web });
    const page = await rig.page();
    await page.goto(`${rig.origin}/`);
    await page.evaluate((person) => {
      document.getElementById("user").value = person.user;
      document.getElementById("current").value = person.current;
      document.getElementById("new").value = person.fresh;
      document.getElementById("confirm").value = person.fresh;
    }, PERSON);
    if (web) await page.locator("#confirm").focus();
    await page.locator("#submit").click({ force: true });
    await page.waitForURL(`${rig.origin}/done*`);
    assert.equal((await rig.requests()).length, 1);
  }
  await rig.start();
}

async function forgets(rig) {
  const page = await rig.page();
  await page.goto(`${rig.origin}/`);
  await fill(page, good);
  await page.locator("#show").click();
  await page.reload();
  await emptied(page);
  await fill(page, good);
  await page.goto(`${rig.origin}/nothing`);
  await page.goBack();
  await emptied(page);
  await fill(page, good);
  await page.locator("#show").click();
  await page.locator("#submit").click();
  await page.waitForURL(`${rig.origin}/done*`);
  await page.goBack();
  await emptied(page);
  assert.ok(await gated(page));
  assert.equal(await page.locator("#submit").innerText(), "Reset Password");
  assert.equal((await rig.requests()).length, 1);
  await page.goto(`${rig.origin}/done`);
  assert.equal((await page.context().cookies()).filter((cookie) => !cookie.httpOnly).length, 0);
}

async function pasted(rig) {
  const texts = ["x1".repeat(32), `Ab1 ${"lang ".repeat(99)}`, " lead and trail 1 ",
    "Grün 😀👩‍👩‍👧 Zebra 1", "\"'><img src=x onerror=alert(1)>", "</script><script>alert(1)//",
    "a&b=c+d%41\\;--{{7*7}}"];
  const page = await rig.page();
  for (const text of texts) {
    await page.goto(`${rig.origin}/`);
    await fill(page, { user: PERSON.user, current: text });
    // By way of a field that shows it: a password can't be copied out of its own.
    await page.locator("#show").click();
    await page.locator("#current").press("Control+a");
    await page.locator("#current").press("Control+c");
    await page.locator("#current").fill(PERSON.current);
    for (const name of ["#new", "#confirm"]) await page.locator(name).press("Control+v");
    assert.equal(await value(page, "new"), text);
    await page.locator("#submit").click();
    await page.waitForURL(`${rig.origin}/done*`);
    assert.equal((await rig.requests())[0].new, text);
  }
}

async function notExecuted(rig) {
  const page = await rig.page();
  const probe = "\"'><img src=x onerror=alert(1)>";
  await page.goto(`${rig.origin}/?user=${encodeURIComponent(probe)}`);
  assert.equal(await page.locator("img").count(), 0);
  await page.goto(`${rig.origin}/`);
  await rig.reply("REFUSED", { text: probe });
  await fill(page, good);
  await page.locator("#submit").click();
  await page.locator("#summary", { hasText: probe }).waitFor();
  assert.equal(await page.locator("img").count(), 0);
}

async function framed(rig) {
  const page = await rig.page();
  // Else the browser refuses for a reason of its own: this host's addresses are loopback's.
  await page.context().grantPermissions(["local-network-access"], { origin: "https://evil.test" });
  const refused = page.waitForEvent("requestfailed", (request) =>
    request.url() === `${rig.origin}/`);
  await page.route("https://evil.test/**", (route) => route.fulfill({ contentType: "text/html",
    body: `<iframe src="${rig.origin}/"></iframe>` }));
  await page.goto("https://evil.test/");
  assert.equal((await refused).failure().errorText, "net::ERR_BLOCKED_BY_RESPONSE");
  assert.ok(!page.frames()[1].url().startsWith(rig.origin));
  assert.match(page.faults.splice(0).join(), /frame-ancestors 'none'/);
}

async function crossSite(rig) {
  const page = await rig.page();
  const seen = watch(page);
  const answer = await elsewhere(page, rig, "en");
  assert.equal(answer.status(), 403);
  assert.equal(await page.locator("h1").innerText(), "This request came from another site");
  assert.ok(seen.includes(`POST ${rig.origin}/change`));
  assert.deepEqual(await rig.requests(), []);
  await page.locator("main a").click();
  await page.waitForURL(`${rig.origin}/*`);
  await fill(page, good);
  await page.locator("#submit").click();
  await page.waitForURL(`${rig.origin}/done*`, { timeout: 5000 });
}

/** From a page of mail: the cookie of the link must live through it, and no GET may use it up. */
async function fromWebmail(rig) {
  const page = await rig.page();
  const href = `${rig.origin}/?user=${PERSON.user}&token=${"aB3_".repeat(10)}-zQ`;
  await page.route("https://evil.test/**", (route) => route.fulfill({ contentType: "text/html",
    body: `<a href="${href}">Update Password</a>` }));
  await page.goto("https://evil.test/");
  await page.locator("a").click();
  await page.locator("#user[readonly]").waitFor();
  await page.reload();
  assert.equal(await page.locator("#user[readonly]").count(), 1);
  assert.ok((await rig.requests()).every((request) => request.new === ""));
}

const usual = (test) => async (rig) => {
  await rig.start({ pwquality: "minlen = 8" });
  await test(rig);
};

export const tests = {
  "without script": usual(withoutScript),
  "by keyboard": usual(byKeyboard),
  "what the live region says": usual(spoken),
  "what the tree says": usual(heard),
  "filled in by a password manager": usual(filledIn),
  "back and reload keep no password": usual(forgets),
  "paste is never blocked": usual(pasted),
  "nothing of others is executed": usual(notExecuted),
  "no frame": usual(framed),
  "another site's form": usual(crossSite),
  "a link in a page of mail": usual(fromWebmail),
};
