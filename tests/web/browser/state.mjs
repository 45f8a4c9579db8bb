// Every page that people can meet, and how to get there: a name, a status, a way.
import https from "node:https";
import { PERSON, fill, good } from "./rig.mjs";

const TOKEN = `${"aB3_".repeat(10)}-zQ`;
const LENGTH = 1 << 0;
const REMEMBERED = 1 << 13;

const at = (path) => (page, rig, lang) =>
  page.goto(`${rig.origin}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);

const linkForm = at(`/?user=${PERSON.user}&token=${TOKEN}`);

/** As a browser without script sends it: nothing holds it back. */
export async function send(page) {
  const [answer] = await Promise.all([
    page.waitForNavigation(),
    page.evaluate(() => HTMLFormElement.prototype.submit.call(document.getElementById("form"))),
  ]);
  return answer;
}

const posted = (status, fields = {}, more = {}) => async (page, rig, lang) => {
  await at("/")(page, rig, lang);
  await rig.reply(status, fields);
  await fill(page, { ...good, ...more });
  return send(page);
};

async function linkPosted(page, rig, lang) {
  await linkForm(page, rig, lang);
  await rig.reply("UNMET", { criteria: LENGTH });
  await fill(page, { fresh: PERSON.fresh, confirm: PERSON.fresh });
  return send(page);
}

async function linkBad(page, rig, lang) {
  await rig.reply("LINK_BAD");
  return linkForm(page, rig, lang);
}

/** Another site's form, or one that is sent without a word of where it comes from. */
export async function elsewhere(page, rig, lang, fields = good) {
  const inputs = Object.entries({ user: fields.user, current: fields.current, new: fields.fresh,
    confirm: fields.confirm, lang }).map(([name, value]) =>
    `<input name="${name}" value="${value}">`).join("");
  await page.route("https://evil.test/**", (route) => route.fulfill({ contentType: "text/html",
    body: `<form id="form" method="post" action="${rig.origin}/change">${inputs}</form>` }));
  await page.goto("https://evil.test/");
  return send(page);
}

function old(rig, path, body) {
  const headers = { Host: "page.test", "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": body.length };
  return new Promise((resolve, reject) => {
    https.request({ host: "127.0.0.1", port: rig.port, path, method: "POST", headers,
      rejectUnauthorized: false }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode, body: Buffer.concat(parts),
        headers: Object.fromEntries(Object.entries(answer.headers)
          .map(([name, value]) => [name, String(value)])) }));
    }).on("error", reject).end(body);
  });
}

/** A browser that says neither Origin nor Sec-Fetch-Site, and whose form has grown old. */
async function stale(page, rig, lang) {
  await at("/")(page, rig, lang);
  await page.route(`${rig.origin}/change`, async (route) =>
    route.fulfill(await old(rig, "/change", route.request().postDataBuffer())));
  await fill(page, good);
  return send(page);
}

const local = (type) => async (page, rig, lang) => {
  const answer = await at("/")(page, rig, lang);
  await fill(page, type);
  return answer;
};

async function complained(page, rig, lang) {
  const answer = await at("/")(page, rig, lang);
  await fill(page, { fresh: "x" });
  await page.locator("#submit").click({ force: true });
  return answer;
}

export const usual = {
  form: [200, at("/")],
  "form-name": [200, at(`/?user=${PERSON.user}`)],
  "form-typed": [200, local({ ...PERSON, fresh: "Thirty" })],
  "form-mismatch": [200, local({ ...PERSON, confirm: `${PERSON.fresh}8` })],
  "form-open": [200, local(good)],
  "form-complained": [200, complained],
  link: [200, linkForm],
  "problem-empty": [422, posted("CHANGED", {}, { current: "" })],
  "problem-mismatch": [422, posted("CHANGED", {}, { confirm: "other" })],
  "problem-wrong": [403, posted("WRONG")],
  "problem-unmet": [422, posted("UNMET", { criteria: LENGTH })],
  "problem-used-before": [422, posted("UNMET", { criteria: REMEMBERED })],
  "problem-refused": [422, posted("REFUSED", { text: "It is based on a dictionary word." })],
  "problem-too-soon": [422, posted("TOO_SOON", { until: 1795687200 })],
  "problem-busy": [503, posted("BUSY")],
  "problem-stale": [403, stale],
  "link-unmet": [422, linkPosted],
  done: [200, posted("CHANGED")],
  throttled: [429, posted("THROTTLED", { retry_after: 720 })],
  "link-bad": [410, linkBad],
  unavailable: [503, posted("FAULT")],
  uncertain: [502, posted("UNCERTAIN")],
  forbidden: [403, elsewhere],
  "bad-request": [400, at("/?nonsense=1")],
  "not-found": [404, at("/nothing")],
  "not-allowed": [405, at("/change")],
  "too-large": [413, posted("CHANGED", {}, { current: "x".repeat(9000) })],
  misdirected: [421, (page, rig, lang) => page.goto(`https://other.test/?lang=${lang}`)],
};

export const strict = {
  "strict-form": [200, at("/")],
  "strict-typed": [200, local({ ...PERSON, fresh: "Thirty" })],
  "strict-unmet": [422, posted("UNMET", { criteria: (1 << 14) - 1 })],
};

export const native = {
  "native-form": [200, at("/")],
  "native-open": [200, local(good)],
};
