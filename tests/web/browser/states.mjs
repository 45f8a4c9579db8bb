// Each page in light, dark and forced colours, narrow and wide, in both languages.
import assert from "node:assert/strict";
import fs from "node:fs";
import { focused, load } from "./rig.mjs";
import { native, strict, usual } from "./state.mjs";

const ALL = { type: "tag", values:
  ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
// What another look can break; the tree stays the same.
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const LOOKS = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  forced: { colorScheme: "dark", forcedColors: "active" },
};
const STRICT = ["minlen = 12", "dcredit = -2", "ucredit = -2", "lcredit = -2", "ocredit = -2",
  "minclass = 3", "maxrepeat = 2", "maxclassrepeat = 4", "maxsequence = 3", "difok = 5"].join("\n");
// For eyes: the rest differs in colours or in width alone.
const SHOWN = { en: "light 1280", de: "dark 320" };

const { HtmlValidate } = load("html-validate");
const markup = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Capital letters are what the living standard's own examples have; both are HTML.
    "doctype-style": "off",
    // A name without a value is shorter; tests of the tree are done by axe.
    "long-title": "off",
  },
});
const axe = fs.readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");

async function check(page, name, runOnly) {
  const found = await page.evaluate((only) =>
    axe.run(document, { runOnly: only, resultTypes: ["violations"] }), runOnly);
  assert.deepEqual(found.violations.map((rule) =>
    `${rule.id}: ${rule.nodes.map((node) => node.html).join(" ")}`), [], name);
}

async function checkNarrow(page, name) {
  const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide[0] <= wide[1], `${name} scrolls sideways: ${wide}`);
}

async function checkLooks(rig, page, name, lang) {
  await page.evaluate(axe);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 640 });
    if (width === 320) await checkNarrow(page, name);
    for (const [look, media] of Object.entries(LOOKS)) {
      await page.emulateMedia(media);
      await check(page, `${name} ${look} ${width}`, look === "light" ? ALL : COLOURS);
      if (SHOWN[lang] === `${look} ${width}`) await rig.shoot(page, `${name}-${look}-${width}`);
    }
  }
}

/** What a screen reader meets first. */
async function checkHead(page, name, status, lang) {
  const [heading, title, tongue] = await page.evaluate(() =>
    [document.querySelector("h1").innerText, document.title, document.documentElement.lang]);
  assert.equal(tongue, lang, name);
  const error = { en: "Error: ", de: "Fehler: " }[lang];
  assert.equal(title, status >= 400 ? error + heading : heading, name);
  if (/^problem/.test(name)) assert.equal(await focused(page), "summary", name);
  if (/^(done|throttled|link-bad|unavail|uncertain)/.test(name))
    assert.equal(await focused(page), "heading", name);
}

/** The worker has one answer at a time; what takes long is to look at the page that came of it. */
async function walk(rig, states, lang, turn) {
  for (const [state, [status, go]] of Object.entries(states)) {
    const name = `${state}-${lang}`;
    const page = await rig.page({ locale: { en: "en-GB", de: "de-DE" }[lang] });
    const answer = await turn(async () => {
      await rig.reply("CHANGED");
      return go(page, rig, lang);
    });
    assert.equal(answer.status(), status, name);
    const report = await markup.validateString(await answer.text());
    assert.deepEqual(report.results.flatMap((file) => file.messages.map((message) =>
      `${message.line}: ${message.ruleId}: ${message.message}`)), [], name);
    await checkHead(page, name, status, lang);
    // By another name not even the style sheet is had: the browser's own colours are shown.
    if (state !== "misdirected") await checkLooks(rig, page, name, lang);
    await page.context().close();
  }
}

function turns() {
  let last = Promise.resolve();
  return (act) => {
    const mine = last.then(act);
    last = mine.catch(() => {});
    return mine;
  };
}

const walkAll = (states, settings) => async (rig) => {
  const turn = turns();
  await rig.start(settings);
  await Promise.all(["en", "de"].map((lang) => walk(rig, states, lang, turn)));
};

const SETTINGS = "minlen = 15\ndcredit = -1\nucredit = -1\n";

export const tests = {
  "every page": walkAll(usual, { pwquality: SETTINGS }),
  "a host that asks for much": walkAll(strict, { pwquality: STRICT }),
  "a button held by its attribute": walkAll(native, { web: "gate = native", pwquality: SETTINGS }),
};
