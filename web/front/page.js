/* Ticks off what a new password meets and holds the button until all is met. The server checks all
 * of it again; without this script the form works as well. Texts and settings are in data-*. */
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("form");
  if (!form) {
    byId("heading").focus();
    return;
  }

  const user = byId("user");
  const current = byId("current");
  const fresh = byId("new");
  const confirm = byId("confirm");
  const button = byId("submit");
  const show = byId("show");
  const hint = byId("hint");
  const status = byId("status");
  const list = byId("rules");
  const language = byId("language");
  const secrets = [current, fresh, confirm].filter(Boolean);
  const items = [...list.querySelectorAll("[data-rule]")];
  const words = form.dataset;
  const settings = {};
  for (const [name, value] of Object.entries(list.dataset)) settings[name] = Number(value);
  const SAY_AFTER_MS = 800;
  let busy = false;
  let timer = 0;
  let said = "";

  // Browsers show filled-in values to nobody until the person does something.
  const filled = (input) => input.value !== "" || input.matches(":autofill");
  const matches = () => confirm.value !== "" && confirm.value === fresh.value;
  const differs = () => confirm.value !== "" && confirm.value !== fresh.value;
  const unmetRules = () => judge(settings, fresh.value, current ? current.value : "", user.value);
  const shown = () => items.filter((item) => !item.hidden);

  /** Whether it can be judged at all: some rules compare with another field. */
  function known(item) {
    if (fresh.value === "") return false;
    if (item.dataset.rule === "name") return user.value !== "";
    return item.dataset.rule !== "different" || current.value !== "";
  }

  function showError(input, text) {
    byId(`${input.id}-error`).textContent = text;
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  /** Mark each rule, in words too; none is red while somebody types. */
  function tick() {
    const unmet = unmetRules();
    for (const item of items) {
      const bad = unmet.has(item.dataset.rule);
      if (item.dataset.rule === "long") item.hidden = !bad;
      if (!known(item)) {
        item.classList.remove("met");
        if (fresh.value !== "") item.querySelector(".state").textContent = "";
        continue;
      }
      item.classList.toggle("met", !bad);
      if (!bad) item.classList.remove("unmet");
      item.querySelector(".state").textContent = bad ? list.dataset.unmet : list.dataset.met;
    }
    return items.filter((item) => unmet.has(item.dataset.rule));
  }

  /** After the person has left the field, or tried to send it. */
  function markUnmet() {
    if (fresh.value !== "") for (const item of tick()) item.classList.add("unmet");
  }

  /** What is still missing, first things first: [input, words]. */
  function missing(unmet) {
    return [
      [user, words.hintUser, filled(user)],
      [current, words.hintCurrent, !current || filled(current)],
      [fresh, words.hintRules, fresh.value !== "" && unmet.length === 0],
      [confirm, words.hintConfirm, matches()],
    ].filter(([, , good]) => !good);
  }

  function hold(left) {
    if (words.gate === "native") button.disabled = left.length > 0;
    else if (left.length > 0) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
    hint.textContent =
      left.length > 0 ? `${words.hint} ${left.map(([, text]) => text).join(", ")}.` : "";
  }

  function summary(unmet) {
    const all = shown();
    const names = unmet.map((item) => item.querySelector(".words").textContent);
    let text = words.progress.replace("@", String(all.length - unmet.length))
      .replace("#", String(all.length));
    if (names.length > 0) text += ` ${words.missing} ${names.join(", ")}.`;
    return confirm.hasAttribute("aria-invalid") ? `${text} ${words.mismatch}` : text;
  }

  /** One short sentence after a pause, not one for each key. */
  function sayLater(unmet) {
    clearTimeout(timer);
    if (fresh.value === "") return;
    timer = setTimeout(() => {
      const text = summary(unmet);
      if (text !== said) status.textContent = text;
      said = text;
    }, SAY_AFTER_MS);
  }

  function keepName() {
    const url = new URL(language.href);
    if (!current) return; // a link's name is in its cookie; beside it, the link would end
    if (user.value === "") url.searchParams.delete("user");
    else url.searchParams.set("user", user.value);
    language.href = url.href;
  }

  function look() {
    if (busy) return;
    const unmet = tick();
    const late = confirm.value.length >= fresh.value.length;
    if (matches()) showError(confirm, "");
    else if (differs() && (late || confirm.hasAttribute("aria-invalid"))) {
      showError(confirm, words.mismatch);
    }
    hold(missing(unmet));
    sayLater(unmet);
    keepName();
  }

  function complain(left) {
    markUnmet();
    for (const [input, text] of left) {
      const need = `${text[0].toUpperCase()}${text.slice(1)}.`;
      showError(input, input === confirm && differs() ? words.mismatch : need);
    }
    left[0][0].focus();
  }

  function reveal(on) {
    for (const input of secrets) input.type = on ? "text" : "password";
    show.setAttribute("aria-pressed", String(on));
  }

  function submit(event) {
    const left = missing(tick());
    if (busy || left.length > 0) {
      event.preventDefault();
      if (!busy) complain(left);
      return;
    }
    busy = true;
    reveal(false); // browsers keep what stood in a field of text
    button.textContent = words.submitting;
    form.setAttribute("aria-busy", "true");
    clearTimeout(timer);
    status.textContent = words.submitting;
  }

  /** Also when the browser brings the page back from its memory: then nothing is typed. */
  function start(event) {
    if (event.persisted) for (const input of secrets) input.value = "";
    busy = false;
    form.removeAttribute("aria-busy");
    button.textContent = words.submit;
    status.textContent = "";
    reveal(false);
    look();
  }

  show.hidden = false;
  show.addEventListener("click", () => reveal(show.getAttribute("aria-pressed") === "false"));
  for (const name of ["input", "change", "focusin", "click"]) form.addEventListener(name, look);
  for (const input of [user, ...secrets]) {
    input.addEventListener("input", () => {
      if (input !== confirm || input.value === "") showError(input, "");
    });
  }
  fresh.addEventListener("input", () => {
    for (const item of list.querySelectorAll(".unmet")) {
      item.classList.remove("unmet");
      if (!item.dataset.rule) item.querySelector(".state").textContent = "";
    }
  });
  fresh.addEventListener("blur", markUnmet);
  confirm.addEventListener("blur", () => {
    if (differs()) showError(confirm, words.mismatch);
  });
  form.addEventListener("submit", submit);
  window.addEventListener("pageshow", start);
  start({ persisted: false });
  if (byId("summary")) byId("summary").focus();
})();
