// The script's judgement beside the server's, by many passwords that are made up at random.
import assert from "node:assert/strict";

// In the order of strength.h; the server alone checks the last two.
const RULES = ["length", "long", "digit", "upper", "lower", "other", "classes", "repeat",
  "classRepeat", "sequence", "name", "different"];
const SETTINGS = [
  { minlen: 8 },
  { minlen: 15, dcredit: -1, ucredit: -1, difok: 5, usercheck: 1 },
  { minlen: 12, dcredit: -2, ucredit: -2, lcredit: -2, ocredit: -2, maxrepeat: 2, difok: 3 },
  { minlen: 20, dcredit: 2, ucredit: 1, lcredit: 3, ocredit: 1, minclass: 3, difok: 1 },
  { minlen: 6, minclass: 2, maxrepeat: 1, maxclassrepeat: 4, maxsequence: 3, difok: 1 },
  { minlen: 9, maxsequence: 2, maxclassrepeat: 2, usersubstr: 4, difok: 8, minclass: 4 },
];
const DEFAULTS = { difok: 1, usercheck: 1 }; // of libpwquality
const CASES = 100; // of each
const USERS = ["anna", "maria.hofer", "bob", "Zed_Long-Name99"];

/** The same ones in each run: a failure can be looked at again. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

function makeUp(next) {
  const pick = (row) => row[next(row.length)];
  const letters = ["abcxyz", "ABCXYZ", "0123456789", " .-_!", "aA1 ", "üß😀é", "abcdefgh", "ponm"];
  const text = (least, most) => {
    const rows = [pick(letters), pick(letters), pick(letters)].map((row) => [...row]);
    return Array.from({ length: least + next(most - least) }, () => pick(pick(rows))).join("");
  };
  const user = pick(USERS);
  const current = text(4, 16);
  const shapes = [
    () => text(1, 24), () => text(8, 24), () => text(8, 24),
    () => current, () => [...current].reverse().join(""), () => current + text(1, 3),
    () => text(0, 6) + user + text(0, 9), () => text(1, 5) + user.toUpperCase().slice(0, 5),
    () => [...user].reverse().join("") + text(2, 9), () => text(4, 9) + "aaaa" + text(2, 6),
    () => "12345" + text(3, 9), () => text(3, 5) + "fedcba" + text(1, 6), () => text(250, 530),
    () => current.slice(2) + current.slice(0, 2), () => text(6, 9).toUpperCase() + text(5, 9),
  ];
  return { user, current, password: pick(shapes)() };
}

/** Types each and reads the list. */
const readTicks = (lines) => {
  const byId = (id) => document.getElementById(id);
  return lines.map(({ user, current, password }) => {
    Object.assign(byId("user"), { value: user });
    Object.assign(byId("current"), { value: current });
    byId("new").value = password;
    byId("new").dispatchEvent(new Event("input", { bubbles: true }));
    return Object.fromEntries([...document.querySelectorAll("#rules [data-rule]")]
      .map((item) => [item.dataset.rule, item.classList.contains("met")]));
  });
};

async function compare(rig, settings, seed) {
  const pwquality = Object.entries(settings).map(([name, number]) => `${name} = ${number}`);
  await rig.start({ pwquality: pwquality.join("\n") });
  const page = await rig.page();
  await page.goto(`${rig.origin}/`);
  const next = random(seed);
  const lines = Array.from({ length: CASES }, () => makeUp(next));
  const seen = await page.evaluate(readTicks, lines);
  let unmetOnes = 0;
  for (const [index, line] of lines.entries()) {
    const [unmet, force] = await rig.judged({ settings: { ...DEFAULTS, ...settings }, ...line });
    RULES.forEach((rule, bit) => {
      const demanded = rule === "long" || Boolean(force & 1 << bit);
      assert.equal(rule in seen[index], demanded, `${rule} in the list`);
      if (!demanded) return;
      const good = !(unmet & 1 << bit);
      if (!good) unmetOnes++;
      // Of what is not ASCII the server may ask for more, never for less.
      if (seen[index][rule] === good || (!good && /[^\0-\x7f]/.test(Object.values(line).join())))
        return;
      assert.fail(`${rule}: ${seen[index][rule] ? "ticked" : "not ticked"}, the server finds it ` +
        `${good ? "met" : "unmet"}: ${JSON.stringify({ settings, ...line })}`);
    });
  }
  return unmetOnes;
}

async function ticks(rig) {
  let unmet = 0;
  for (const [index, settings] of SETTINGS.entries())
    unmet += await compare(rig, settings, 20261123 + index);
  assert.ok(unmet > 500, `hardly anything was wrong with them: ${unmet}`);
}

export const tests = { "ticks are what the server finds": ticks };
