"use strict";
/* What a new password does not meet, as strength_judge() of web/wire/strength.c finds it: counted
 * by code points, then by bytes of UTF-8, and both must do. settings: numbers, by the names that
 * page_list.c gives them. Returns a set of names of rules, also of those not in force. */
const judge = (() => {
  const UNITS_MAX = 1024;
  const NAME_MIN = 4;
  const KINDS = ["digit", "upper", "lower", "other"];

  const points = (text) => Array.from(text, (letter) => letter.codePointAt(0)).slice(0, UNITS_MAX);
  const bytes = (text) => Array.from(new TextEncoder().encode(text)).slice(0, UNITS_MAX);
  const small = (row) => row.map((c) => (c >= 65 && c <= 90 ? c + 32 : c));

  function kindOf(c) {
    if (c >= 48 && c <= 57) return "digit";
    if (c >= 65 && c <= 90) return "upper";
    return c >= 97 && c <= 122 ? "lower" : "other";
  }

  function contains(whole, part) {
    for (let i = 0; i + part.length <= whole.length; i++) {
      if (part.every((c, j) => whole[i + j] === c)) return true;
    }
    return false;
  }

  /** How many units in a row go on from the one before. */
  function longest(row, goesOn) {
    let length = 0;
    let most = 0;
    row.forEach((c, i) => {
      length = i > 0 && goesOn(row[i - 1], c) ? length + 1 : 1;
      most = Math.max(most, length);
    });
    return most;
  }

  /** libpwquality's own measure, which is not quite Levenshtein's. */
  function distance(a, b) {
    const row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      let before = row[0];
      row[0] = i;
      for (let j = 1; j <= b.length; j++) {
        const above = row[j];
        row[j] = Math.min(before, above, row[j - 1]) + (a[i - 1] === b[j - 1] ? 0 : 1);
        before = above;
      }
    }
    return row[b.length];
  }

  const wordIn = (row, word) => contains(row, word) || distance(row, word) === 0;

  function nameIn(settings, row, name) {
    const part = settings.namePart;
    const size = part >= NAME_MIN && part < name.length ? part : name.length;
    if (name.length < NAME_MIN) return false;
    for (let i = 0; i + size <= name.length; i++) {
      const piece = name.slice(i, i + size);
      if (wordIn(row, piece) || wordIn(row, piece.reverse())) return true;
    }
    return false;
  }

  function tooLike(settings, row, old) {
    if (settings.different === 0 || old.length === 0) return false;
    if (row.length < 2 * old.length && distance(old, row) < settings.different) return true;
    if (old.length > UNITS_MAX / 2) return contains(old, row);
    return contains([...old, ...old], row);
  }

  function judgeUnits(settings, read, password, current, user) {
    const row = read(password);
    const count = { digit: 0, upper: 0, lower: 0, other: 0 };
    for (const c of row) count[kindOf(c)]++;
    const credits = KINDS.reduce(
      (sum, kind) => sum + Math.max(0, Math.min(settings[kind], count[kind])), 0);
    const sequence = Math.max(longest(row, (a, b) => b === a + 1),
      longest(row, (a, b) => b === a - 1));
    const letters = small(row);
    const unmet = {
      length: row.length === 0 || row.length < settings.length - credits,
      classes: KINDS.filter((kind) => count[kind] > 0).length < settings.classes,
      repeat: longest(row, (a, b) => a === b) > settings.repeat,
      classRepeat: longest(row, (a, b) => kindOf(a) === kindOf(b)) > settings.classRepeat,
      sequence: sequence > settings.sequence,
      name: row.length > 0 && nameIn(settings, letters, small(read(user))),
      different: row.length > 0 && tooLike(settings, letters, small(read(current))),
    };
    for (const kind of KINDS) unmet[kind] = count[kind] < -settings[kind];
    return Object.keys(unmet).filter((rule) => unmet[rule]);
  }

  return (settings, password, current, user) => {
    const unmet = new Set([
      ...judgeUnits(settings, points, password, current, user),
      ...judgeUnits(settings, bytes, password, current, user),
    ]);
    if (new TextEncoder().encode(password).length > settings.long) unmet.add("long");
    if (password !== "" && password === current) unmet.add("different");
    return unmet;
  };
})();
