// judge.mjs JUDGE SCRIPT: the page's script and the server must judge 10,000 passwords alike, and
// each rule must have been broken by some of them. JUDGE is judge.c, SCRIPT web/front/judge.js.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const [program, script] = process.argv.slice(2);
const judge = runInNewContext(`${readFileSync(script, "utf8")}\njudge;`, { TextEncoder });
const COUNT = 10000;

// In the order of strength.h, as far as the browser can check.
const RULES = ["length", "long", "digit", "upper", "lower", "other", "classes", "repeat",
  "classRepeat", "sequence", "name", "different"];
// The script's name of a setting, and pwquality.conf's; both ends of its values here.
const SETTINGS = { length: ["minlen", 0, 15], digit: ["dcredit", -3, 2], upper: ["ucredit", -3, 2],
  lower: ["lcredit", -3, 2], other: ["ocredit", -3, 2], classes: ["minclass", 0, 4],
  repeat: ["maxrepeat", 0, 3], classRepeat: ["maxclassrepeat", 0, 4],
  sequence: ["maxsequence", 0, 3], different: ["difok", 0, 7], namePart: ["usersubstr", 0, 6],
  usercheck: ["usercheck", 0, 1] };
const LETTERS = ["a", "b", "c", "d", "e", "A", "B", "1", "2", "3", "!", " ", "é", "€", "Ä",
  "\u{1f600}"];
const NAMES = ["", "anna", "maria.hofer", "bob", "aabb", "abcde"];

let seed = 1;
function random(below) {
  seed = (seed * 48271) % 2147483647;
  return Math.floor((seed / 2147483647) * below);
}
const pick = (list) => list[random(list.length)];
const word = (most) => Array.from({ length: random(most) }, () => pick(LETTERS)).join("");
const turned = (text) => Array.from(text).reverse().join("");

function makePassword(current, user) {
  const makers = [
    () => word(16),
    () => current,
    () => word(4) + user + word(4),
    () => word(3) + turned(user).toUpperCase() + word(2),
    () => Array.from(current).slice(2).join("") + word(3),
    () => current + word(3),
    () => (random(20) === 0 ? "é".repeat(254 + random(4)) : word(30)),
  ];
  return pick(makers)();
}

const cases = Array.from({ length: COUNT }, () => {
  const script = { long: 511 };
  const server = {};
  for (const [name, [key, low, high]] of Object.entries(SETTINGS)) {
    script[name] = low + random(high - low + 1);
    server[key] = script[name];
  }
  const user = pick(NAMES);
  const current = word(12);
  return { script, server, user, current, password: makePassword(current, user) };
});

const lines = cases.map(({ server, password, current, user }) =>
  JSON.stringify({ settings: server, password, current, user }));
const told = spawnSync(program, { input: `${lines.join("\n")}\n`, maxBuffer: 1 << 24 }).stdout
  .toString().trim().split("\n");
const broken = new Set();
let wrong = told.length === COUNT ? 0 : 1;

told.forEach((line, number) => {
  const { script: settings, password, current, user } = cases[number];
  const [unmet, inForce] = line.split(" ").map(Number);
  const found = judge(settings, password, current, user);
  RULES.forEach((rule, bit) => {
    if ((inForce >> bit) % 2 === 0) return;
    const expected = (unmet >> bit) % 2 === 1;
    if (expected) broken.add(rule);
    if (expected === found.has(rule)) return;
    wrong++;
    if (wrong <= 5) console.log(`${rule}: the server says ${expected}: ${lines[number]}`);
  });
});
for (const rule of RULES.filter((name) => !broken.has(name))) {
  wrong++;
  console.log(`${rule}: no password was against it`);
}
console.log(`${told.length} passwords, ${wrong} differences`);
process.exit(wrong === 0 ? 0 : 1);
