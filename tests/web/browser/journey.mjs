// The way of a person through the form: what is shown, what is held back, what is sent.
import assert from "node:assert/strict";
import { PERSON, fill, focused, gated, good, marks, watch } from "./rig.mjs";

const error = (page, name) => page.locator(`#${name}-error`).innerText();
const posts = (seen) => seen.filter((line) => line.startsWith("POST"));
const SETTINGS = "minlen = 15\ndcredit = -1\nucredit = -1\n";

async function open(rig, query = "/") {
  const page = await rig.page();
  const answer = await page.goto(rig.origin + query);
  assert.equal(answer.status(), 200);
  return page;
}

async function happy(rig) {
  const page = await open(rig);
  const seen = watch(page);
  assert.deepEqual([...new Set(Object.values(await marks(page)))], [""], "neutral at first");
  assert.equal(await focused(page), "", "nothing takes the focus");
  assert.equal(await page.locator("#hint").innerText(),
    "To continue: enter your user name, enter your current password, " +
    "choose a new password that meets the list, type the new password again.");
  assert.ok(await gated(page));
  await rig.shoot(page, "form-light");
  await fill(page, { user: PERSON.user, current: PERSON.current });
  const fresh = page.locator("#new");
  await fresh.pressSequentially("thirty");
  assert.deepEqual(await marks(page),
    { length: "", long: "met", digit: "", upper: "", name: "met", different: "met" });
  assert.equal(await error(page, "new"), "");
  await fresh.press("Home");
  await page.keyboard.insertText("T");
  assert.equal((await marks(page)).upper, "met");
  await fresh.fill("Thirty green kett");
  assert.equal((await marks(page)).length, "met");
  assert.equal((await marks(page)).digit, "", "not red while typing");
  await page.waitForFunction(() => document.getElementById("status").textContent !== "");
  await rig.shoot(page, "form-typing-light");
  await fresh.fill(PERSON.fresh);
  assert.deepEqual([...new Set(Object.values(await marks(page)))], ["met"]);
  assert.ok(await gated(page), "not typed twice yet");
  await page.locator("#confirm").pressSequentially(PERSON.fresh);
  assert.ok(!await gated(page));
  assert.equal(await page.locator("#hint").innerText(), "");
  assert.deepEqual(seen, [], "nothing was sent while typing");
  await page.locator("#submit").click();
  await page.waitForURL(`${rig.origin}/done*`);
  assert.equal(posts(seen).length, 1);
  const [sent] = await rig.requests();
  assert.deepEqual([sent.user, sent.current, sent.new],
    [PERSON.user, PERSON.current, PERSON.fresh]);
  assert.equal(await page.title(), "Your password has been reset");
  assert.equal(await focused(page), "heading");
  const steps = await page.locator("main li").allInnerTexts();
  assert.deepEqual(steps, ["Log in to VSee Messenger with your new password.",
    "Go to the login page", "Contact support if something does not work"]);
  assert.deepEqual(await page.locator("main a").evaluateAll((links) => links.map((a) => a.href)),
    ["https://app.test/login", "https://help.test/"]);
  await rig.shoot(page, "done-light");
}

async function mismatch(rig) {
  const page = await open(rig);
  await page.emulateMedia({ colorScheme: "dark" });
  const text = "The two passwords do not match.";
  const confirm = page.locator("#confirm");
  const invalid = () => confirm.getAttribute("aria-invalid");
  await fill(page, PERSON);
  await confirm.pressSequentially("Thirty");
  assert.equal(await error(page, "confirm"), "", "still on the way");
  await confirm.blur();
  assert.equal(await error(page, "confirm"), text, "left too early");
  assert.equal(await invalid(), "true");
  await confirm.fill("");
  assert.equal(await error(page, "confirm"), "");
  await confirm.fill(`${PERSON.fresh.slice(0, -1)}8`);
  assert.equal(await error(page, "confirm"), text, "as long and not the same");
  assert.ok(await gated(page));
  await page.waitForFunction((part) => document.getElementById("status").textContent
    .includes(part), text);
  await rig.shoot(page, "form-mismatch-dark");
  await confirm.fill(PERSON.fresh);
  assert.deepEqual([await error(page, "confirm"), await invalid()], ["", null]);
  assert.ok(!await gated(page));
  await page.locator("#new").fill(`${PERSON.fresh}x`);
  await page.locator("#confirm").blur();
  assert.ok(await gated(page));
  await page.locator("#new").fill(PERSON.fresh);
  assert.deepEqual([await error(page, "confirm"), await invalid()], ["", null]);
}

const TRIES = {
  click: (page) => page.locator("#submit").click({ force: true }),
  enter: (page) => page.locator("#confirm").press("Enter"),
  requestSubmit: (page) => page.evaluate(() => document.getElementById("form").requestSubmit()),
  button: (page) => page.evaluate(() => document.getElementById("form")
    .requestSubmit(document.getElementById("submit"))),
};

/** Each condition false in turn: nothing leaves, and the first field that is not right is told. */
async function held(rig, gate) {
  const wrong = [["user", ""], ["current", ""], ["new", ""], ["new", "Thirty green kettles"],
    ["new", PERSON.user], ["confirm", ""], ["confirm", "Thirty green kettles 8"]];
  const page = await open(rig);
  const seen = watch(page);
  for (const [name, text] of wrong) {
    await fill(page, good);
    assert.ok(!await gated(page), `open before ${name}`);
    await page.locator(`#${name}`).fill(text);
    assert.ok(await gated(page), `${name}: ${text}`);
    const told = await page.locator("#hint").innerText();
    for (const [how, act] of Object.entries(TRIES)) {
      await page.locator("#confirm").focus();
      await act(page);
      // A disabled button swallows a click, and Enter with it: that is what was asked for.
      if (gate === "native" && how !== "requestSubmit") continue;
      assert.equal(await focused(page), name, `${how} with ${name}: ${told}`);
      assert.notEqual(await error(page, name), "", how);
    }
  }
  assert.deepEqual(seen, []);
  await fill(page, good);
  await rig.reply("CHANGED", {}, 0.6);
  await page.locator("#submit").dblclick();
  await page.waitForURL(`${rig.origin}/done*`);
  assert.equal(posts(seen).length, 1, "a double click sends once");
  assert.equal((await rig.requests()).length, 1);
}

async function native(rig) {
  await rig.start({ web: "gate = native", pwquality: SETTINGS });
  await held(rig, "native");
  await rig.start({ pwquality: SETTINGS });
}

async function busy(rig) {
  const page = await open(rig);
  const seen = watch(page);
  await fill(page, good);
  await page.locator("#show").click();
  assert.equal(await page.locator("#new").getAttribute("type"), "text");
  await rig.reply("CHANGED", {}, 1);
  const during = await page.evaluate(() => {
    const byId = (id) => document.getElementById(id);
    byId("form").requestSubmit();
    byId("form").requestSubmit();
    byId("submit").click();
    return [byId("submit").textContent, byId("status").textContent, byId("new").type,
      byId("form").getAttribute("aria-busy")];
  });
  assert.deepEqual(during, ["Resetting ...", "Resetting ...", "password", "true"]);
  await page.waitForURL(`${rig.origin}/done*`);
  assert.equal(posts(seen).length, 1);
}

async function prefilled(rig) {
  const page = await open(rig, "/?user=maria.hofer");
  assert.equal(await page.locator("#user").inputValue(), PERSON.user);
  await page.locator("#user").fill("other.name");
  await page.locator("#language").click();
  await page.waitForURL(/lang=de/);
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  assert.equal(await page.locator("#user").inputValue(), "other.name", "the name goes along");
}

async function link(rig) {
  const page = await open(rig, `/?user=${PERSON.user}&token=${"aB3_".repeat(10)}-zQ`);
  assert.equal(page.url(), `${rig.origin}/`, "the token has left the address");
  assert.equal(await page.locator("#current").count(), 0);
  assert.ok(await page.locator("#user").evaluate((input) => input.readOnly));
  await fill(page, { fresh: PERSON.fresh, confirm: PERSON.fresh });
  await rig.shoot(page, "link-typing-light");
  await page.locator("#submit").click();
  await page.waitForURL(`${rig.origin}/done*`);
  const asked = await rig.requests();
  assert.deepEqual([asked.at(-1).user, asked.at(-1).new], [PERSON.user, PERSON.fresh]);
  await page.goto(`${rig.origin}/`);
  assert.equal(await page.locator("#current").count(), 1, "the link is gone");
}

const withSettings = (test) => async (rig) => {
  await rig.start({ pwquality: SETTINGS });
  await test(rig);
};

export const tests = {
  "a password is changed": withSettings(happy),
  "two that differ": withSettings(mismatch),
  "the button is held": withSettings((rig) => held(rig, "aria")),
  "the button is held by its attribute": native,
  "while it is sent": withSettings(busy),
  "a mailed link only fills in the name": withSettings(prefilled),
  "a one-time link": withSettings(link),
};
