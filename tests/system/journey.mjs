// The product's journey: a login that is refused, the link of its message in Chromium, a new
// password, and in. Chromium runs on this host; sshd, PAM, the page and its worker in the throw-away
// root.
//
//   journey.mjs MODULES SHOTS BUILD
import assert from "node:assert/strict";
import path from "node:path";
import { Rig, converse, fill, focused, gated, launch, main, marks, watch }
  from "../web/browser/rig.mjs";

const build = process.argv[4];
const here = path.dirname(new URL(import.meta.url).pathname);
const FRESH = { dora: "Thirty green kettles 7", erik: "Forty blue lanterns 8",
  maria: "Fifty red umbrellas 9" };
const STEPS = ["Log in to VSee Messenger with your new password.", "Go to the login page",
  "Contact support if something does not work"];
const PLACES = ["https://app.example.com/login", "https://help.example.com/"];

class Stack extends Rig {
  async begin() {
    this.python = converse(path.join(here, "with_port.py"),
      [path.join(here, "play.sh"), build, "journey.py"]);
    Object.assign(this, await this.command({ do: "begin" }));
    this.browser = await launch("MAP 127.0.0.1 127.0.0.1");
  }

  async end() {
    if (this.browser) await this.browser.close();
    await this.python.end();
  }

  rest() {}

  login(user, password, method = "kbdint") {
    return this.command({ do: "login", user, password, method });
  }
}

const error = (page, name) => page.locator(`#${name}-error`).innerText();

/** The two typed: neutral, ticked off, held back while they differ. */
async function choose(page, fresh) {
  const rules = await page.locator("#rules").boundingBox();
  const first = await page.locator("#new").boundingBox();
  assert.ok(rules.height > 0 && rules.y + rules.height <= first.y, "the criteria are on top");
  assert.equal((await marks(page)).length, "", "not judged before it is typed");
  const seen = watch(page);
  await page.locator("#new").pressSequentially(fresh);
  assert.deepEqual([...new Set(Object.values(await marks(page)))], ["met"]);
  assert.ok(await gated(page), "not typed twice yet");
  await page.locator("#confirm").pressSequentially(`${fresh.slice(0, -1)}0`);
  assert.equal(await error(page, "confirm"), "The two passwords do not match.");
  assert.ok(await gated(page), "while they differ");
  await page.locator("#submit").click({ force: true });
  assert.equal(await focused(page), "confirm");
  await page.locator("#confirm").fill(fresh);
  assert.equal(await error(page, "confirm"), "");
  assert.ok(!await gated(page));
  assert.deepEqual(seen, [], "nothing was sent");
}

async function reset(page, origin) {
  assert.equal(await page.locator("#submit").innerText(), "Reset Password");
  await page.locator("#submit").click();
  await page.waitForURL(`${origin}/done*`);
  assert.equal(await page.title(), "Your password has been reset");
  assert.equal(await focused(page), "heading");
  assert.deepEqual(await page.locator("main li").allInnerTexts(), STEPS);
  assert.deepEqual(await page.locator("main a").evaluateAll((links) => links.map((a) => a.href)),
    PLACES);
}

async function onlyTheNewOne(stack, user) {
  assert.equal((await stack.login(user, FRESH[user])).word, "in");
  assert.equal((await stack.login(user, stack.password)).word, "refused");
}

const refused = (user, method) => async (stack) => {
  const { word, link } = await stack.login(user, stack.password, method);
  assert.equal(word, "refused+V04+token");
  const [place, token] = link.split("&token=");
  assert.equal(place, `${stack.origin}/?user=${user}`);
  assert.match(token, /^[\w-]{43}$/);
  const page = await stack.page();
  assert.equal((await page.goto(link)).status(), 200);
  assert.equal(page.url(), `${stack.origin}/`, "the token has left the address");
  assert.equal(await page.locator("#user").inputValue(), user);
  assert.equal(await page.locator("#current").count(), 0, "the link stands for it");
  await choose(page, FRESH[user]);
  await reset(page, stack.origin);
  await onlyTheNewOne(stack, user);
  assert.equal((await (await stack.page()).goto(link)).status(), 410, "once");
};

async function mailed(stack) {
  const user = "maria";
  const links = await stack.command({ do: "mails" });
  assert.deepEqual(Object.keys(links), [user], "who has expired is not reminded");
  const link = `${stack.origin}/?user=${user}`;
  assert.ok(links[user].includes(link));
  const page = await stack.page();
  await page.goto(link);
  assert.equal(await page.locator("#user").inputValue(), user);
  await fill(page, { current: "Wrong-Guess-5z" });
  await choose(page, FRESH[user]);
  await page.locator("#submit").click();
  await page.locator("#summary").waitFor();
  assert.match(await page.locator("#summary").innerText(), /current password/);
  assert.equal(await page.locator("#current").inputValue(), "", "no password comes back");
  assert.equal((await stack.login(user, stack.password)).word, "in+V01", "nothing was changed");
  await fill(page, { current: stack.password, fresh: FRESH[user], confirm: FRESH[user] });
  await reset(page, stack.origin);
  await onlyTheNewOne(stack, user);
}

await main({
  "a login by keyboard-interactive is refused, its link leads to a new password":
    refused("dora", "kbdint"),
  "a login by password is refused, its link leads to a new password": refused("erik", "password"),
  "a mailed link only fills in the name": mailed,
}, new Stack());
