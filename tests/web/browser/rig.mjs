// The rig, Chromium, and tests one after the other as TAP.
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";

const [modules, shots, vseeWeb, reminderd, judge, ...wanted] = process.argv.slice(2);
const here = path.dirname(new URL(import.meta.url).pathname);
const TEST_MS = 120000;

/** From the folder of the build, never from the source tree. */
export const load = createRequire(path.join(path.resolve(modules), "package.json"));

export const PERSON = {
  user: "maria.hofer",
  current: "Former phrase 1",
  fresh: "Thirty green kettles 7",
};

/** A program that answers each line with a line. */
export function converse(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], ...options });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${command} has ended`);
      return value;
    },
    end: () => new Promise((resolve) => {
      child.on("exit", resolve);
      child.stdin.end();
    }),
  };
}

/** Chromium, which finds nothing but what rules name. */
export const launch = (rules) => load("playwright-core").chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    `--host-resolver-rules=${rules}, MAP * ~NOTFOUND`],
});

export class Rig {
  async begin() {
    const front = path.join(here, "..", "front");
    this.python = converse("python3", [path.join(here, "rig.py"), vseeWeb, reminderd],
      { env: { ...process.env, PYTHONPATH: front, PYTHONDONTWRITEBYTECODE: "1", TZ: "UTC" } });
    this.judge = converse(judge, []);
    const { origin, port } = await this.start();
    Object.assign(this, { origin, port });
    this.browser = await launch(`MAP *.test:443 127.0.0.1:${port}`);
  }

  async end() {
    if (this.browser) await this.browser.close();
    await this.judge.end();
    await this.python.end();
  }

  async command(command) {
    return JSON.parse(await this.python.ask(JSON.stringify(command)));
  }

  start(settings = {}) {
    return this.command({ do: "start", ...settings });
  }

  reply(status, fields = {}, after = 0) {
    return this.command({ do: "reply", status, fields, after });
  }

  async requests() {
    return (await this.command({ do: "requests" })).requests;
  }

  /** Between two tests. */
  async rest() {
    await this.reply("CHANGED");
    await this.requests();
  }

  /** Names of rules as bits: [unmet, in force]. */
  async judged(line) {
    return (await this.judge.ask(JSON.stringify(line))).split(" ").map(Number);
  }

  /** A page with nothing in its memory. What it must never do is noted. */
  async page(options = {}) {
    const context = await this.browser.newContext({
      ignoreHTTPSErrors: true,
      locale: "en-GB",
      reducedMotion: "reduce",
      viewport: { width: 560, height: 400 },
      ...options,
    });
    context.setDefaultTimeout(10000);
    const page = await context.newPage();
    page.faults = [];
    page.on("pageerror", (error) => page.faults.push(`script: ${error.message}`));
    page.on("dialog", (dialog) => {
      page.faults.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("console", (message) => {
      if (/Content.Security.Policy|Trusted/i.test(message.text())) page.faults.push(message.text());
    });
    this.open.push(page);
    return page;
  }

  shoot(page, name) {
    return page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
  }

  async play(test) {
    this.open = [];
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("it takes too long")), TEST_MS);
    });
    try {
      await this.rest();
      await Promise.race([test(this), late]);
      const faults = this.open.flatMap((page) => page.faults);
      if (faults.length > 0) throw new Error(faults.join("\n"));
    } finally {
      clearTimeout(timer);
      for (const page of this.open) await page.context().close();
      await this.rest();
    }
  }
}

/** A link in a message is nobody else's business. */
const comment = (text) => text.replace(/token=[\w-]+/g, "token=...").split("\n")
  .map((line) => `# ${line}\n`).join("");

export async function main(tests, rig = new Rig()) {
  const chosen = Object.entries(tests)
    .filter(([name]) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
  let failed = 0;
  fs.mkdirSync(shots, { recursive: true });
  console.log(`1..${chosen.length}`);
  try {
    await rig.begin();
    for (const [index, [name, test]] of chosen.entries()) {
      const began = Date.now();
      try {
        await rig.play(test);
        console.log(`ok ${index + 1} - ${name}`);
      } catch (error) {
        failed++;
        process.stdout.write(`not ok ${index + 1} - ${name}\n${comment(String(error.stack))}`);
      }
      console.log(`# ${((Date.now() - began) / 1000).toFixed(1)} s`);
    }
  } finally {
    await rig.end();
  }
  process.exit(failed > 0 ? 1 : 0);
}

/** Type into the fields named, as a person does. */
export async function fill(page, fields) {
  for (const [name, text] of Object.entries(fields)) {
    await page.locator(`#${name === "fresh" ? "new" : name}`).fill(text);
  }
}

export const good = { ...PERSON, confirm: PERSON.fresh };

/** Requests from here on. */
export function watch(page) {
  const seen = [];
  page.on("request", (request) => seen.push(`${request.method()} ${request.url()}`));
  return seen;
}

export const gated = (page) => page.locator("#submit").evaluate(
  (button) => button.getAttribute("aria-disabled") === "true" || button.disabled);
export const focused = (page) => page.evaluate(() => document.activeElement.id);
export const marks = (page) => page.locator("#rules [data-rule]").evaluateAll((items) =>
  Object.fromEntries(items.map((item) =>
    [item.dataset.rule, ["met", "unmet"].filter((name) => item.classList.contains(name)).join()])));
