"use strict";
// Data reaches the page as text nodes only: nothing here parses markup.

const make = (tag, properties = {}, ...children) => {
  const { className, ...attributes } = properties;
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
};
const words = (label) => label.replaceAll("_", " ");
const percent = (fraction) => (100 * fraction).toFixed(1);

// Theme

const theme = document.getElementById("theme");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
const showTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  showTheme();
});
prefersDark.addEventListener("change", showTheme);
showTheme();

// Sorting

const sortKey = (cell) => (cell.dataset.sort === undefined ? null : Number(cell.dataset.sort));
const sortTable = (table, column, header) => {
  const numeric = header.classList.contains("number");
  // Numbers start with the largest, words with the first; an undefined value is last either way.
  const first = numeric ? "descending" : "ascending";
  const second = numeric ? "ascending" : "descending";
  const order = header.getAttribute("aria-sort") === first ? second : first;
  const sign = order === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  const compare = (a, b) => {
    const [x, y] = [a.cells[column], b.cells[column]];
    if (!numeric) return sign * x.textContent.localeCompare(y.textContent, "en");
    const [p, q] = [sortKey(x), sortKey(y)];
    if (p === null || q === null) return (p === null) - (q === null);
    return sign * (p - q);
  };
  body.append(...[...body.rows].sort(compare));
  for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", order);
};
for (const table of document.querySelectorAll("table[data-sortable]")) {
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    header.querySelector("button").addEventListener("click", () => sortTable(table, column, header));
  });
}

// Claims

const STEP = 100;

class Claims {
  constructor(section) {
    this.section = section;
    this.data = JSON.parse(document.getElementById(section.dataset.island).textContent);
    this.form = section.querySelector("form");
    this.list = section.querySelector(".list");
    this.more = section.querySelector(".more");
    for (const item of this.data.items) this.prepare(item);
    this.form.addEventListener("input", () => this.filter());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.more.addEventListener("click", () => this.extend(STEP));
    this.filter();
  }

  text(lines) {
    return lines.map((line) => this.data.lines[line]).join("\n");
  }

  prepare(item) {
    const rivals = item.answers.filter((answer, i) => answer && this.data.systems[i].contender);
    item.anchor = `${this.data.task}-${item.id}`;
    item.nRight = rivals.filter((answer) => answer.label === item.gold).length;
    item.nAsked = rivals.length;
    const evidence = item.evidence.flatMap(([id, lines]) => [id, this.text(lines)]);
    item.words = [item.id, item.claim, item.holder ?? "", ...evidence].join("\n").toLowerCase();
  }

  filter() {
    const { text, show, gold, slice, wrong } = Object.fromEntries(new FormData(this.form));
    const needle = text.trim().toLowerCase();
    const at = slice.indexOf("=");
    this.found = this.data.items.filter((item) =>
      (show === "all" || (show === "differ" ? item.differ : item.nAsked > 0 && item.nRight === 0))
      && (!gold || item.gold === gold)
      && (!slice || item.slices[slice.slice(0, at)] === slice.slice(at + 1))
      && (!wrong || (item.answers[wrong] && item.answers[wrong].label !== item.gold))
      && item.words.includes(needle));
    const [n, all] = [this.found.length, this.data.items.length];
    this.section.querySelector(".found").textContent = `${n} of ${all} questions`;
    this.list.replaceChildren();
    this.extend(STEP);
  }

  extend(n) {
    const from = this.list.children.length;
    this.list.append(...this.found.slice(from, from + n).map((item) => this.row(item)));
    this.more.hidden = this.list.children.length >= this.found.length;
  }

  open(anchor) {
    const item = this.data.items.find((one) => one.anchor === anchor);
    if (!item) return;
    if (!this.found.includes(item)) {
      this.form.reset();
      this.form.elements.show.value = "all";
      this.filter();
    }
    this.extend(Math.max(0, this.found.indexOf(item) + 1 - this.list.children.length));
    const row = document.getElementById(anchor);
    row.open = true;
    row.scrollIntoView();
    row.querySelector("summary").focus({ preventScroll: true });
  }

  row(item) {
    const row = make("details", { className: "claim", id: item.anchor }, make("summary", {},
      make("span", { className: "text" }, item.claim),
      make("span", { className: "meta" },
        make("span", { className: "gold" }, `gold: ${words(item.gold)}`), this.marks(item),
        `${item.nRight} of ${item.nAsked} right`)));
    row.addEventListener("toggle", () => { if (row.open && row.children.length === 1) row.append(this.body(item)); });
    return row;
  }

  marks(item) {
    const marks = this.data.systems.map((system, i) => system.contender && item.answers[i] && this.mark(item, i));
    return make("span", { className: "marks", "aria-hidden": "true" }, ...marks.filter(Boolean));
  }

  mark(item, i) {
    const { label, outcome } = item.answers[i];
    const [sign, className] = !label ? ["–", ""] : label === item.gold ? ["✓", "right"] : ["✗", "wrong"];
    return make("span", { className, title: `${this.data.systems[i].name}: ${label ? words(label) : outcome}` }, sign);
  }

  body(item) {
    const slices = Object.entries(item.slices).map(([field, value]) => `${words(field)} ${words(value)}`);
    const where = [`cluster ${item.cluster}`, ...slices].join(" · ");
    const prompts = item.answers.map((answer, i) => this.prompt(answer, this.data.systems[i].name, item.id));
    return make("div", { className: "body" },
      make("p", { className: "where" }, make("a", { href: `#${encodeURIComponent(item.anchor)}` }, item.id), ` · ${where}`),
      item.holder && make("p", {}, make("b", {}, "Holder: "), item.holder),
      make("div", {}, make("h4", {}, item.evidence.length ? "Evidence" : "No evidence"),
        ...item.evidence.map(([id, lines]) => make("blockquote", {}, this.text(lines), make("small", {}, id)))),
      make("p", {}, make("b", {}, `Gold: ${words(item.gold)}. `), item.justification),
      this.answers(item), ...prompts);
  }

  answers(item) {
    const heads = ["System", "Label and outcome", "Probability %", "Rationale"];
    const table = make("table", { className: "answers" },
      make("caption", {}, `What each system said of ${item.id}; gold is ${words(item.gold)}`),
      make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...this.data.systems.map((system, i) => this.answer(item, system, i))));
    return make("div", { className: "scroll", tabindex: "0", role: "region", "aria-label": `Answers to ${item.id}` }, table);
  }

  answer(item, system, i) {
    const head = make("th", { scope: "row" }, system.name);
    const answer = item.answers[i];
    if (!answer) return make("tr", {}, head, make("td", { colspan: "3" }, "not asked"));
    const label = make("td", {}, this.mark(item, i), `\u00a0${answer.label ? words(answer.label) : "-"}`, make("small", {}, answer.outcome));
    const reason = make("td", {}, answer.rationale ? this.text(answer.rationale) : "-",
      answer.evidence ? make("small", {}, `uses ${answer.evidence.join(", ")}`) : null,
      answer.error ? make("small", { className: "wrong" }, this.text(answer.error)) : null);
    return make("tr", {}, head, label, this.probabilities(answer), reason);
  }

  probabilities({ label, probabilities }) {
    if (!probabilities) return make("td", {}, "-");
    const rest = Object.entries(probabilities).filter(([name]) => name !== label);
    const own = label in probabilities ? percent(probabilities[label]) : "-";
    return make("td", {}, own, ...rest.map(([name, p]) => make("small", {}, `${words(name)} ${percent(p)}`)));
  }

  prompt(answer, name, id) {
    if (!answer || !(answer.messages || answer.raw)) return null;
    const messages = (answer.messages ?? []).map(([role, lines]) => [`Sent as ${role}`, lines]);
    const parts = answer.raw ? [...messages, ["Answered", answer.raw]] : messages;
    return make("details", { className: "prompt" },
      make("summary", {}, `${name}: ${answer.messages ? "messages sent and raw answer" : "raw answer"}`),
      make("div", {}, ...parts.flatMap(([title, lines]) => [make("h5", {}, title), this.pre(`${name}, ${id}: ${title}`, lines)])));
  }

  pre(label, lines) {
    return make("pre", { tabindex: "0", role: "region", "aria-label": label }, this.text(lines));
  }
}

const sections = [...document.querySelectorAll("section.claims")].map((section) => new Claims(section));
const openAddress = () => {
  const anchor = decodeURIComponent(location.hash.slice(1));
  if (anchor) sections.forEach((section) => section.open(anchor));
};
addEventListener("hashchange", openAddress);
openAddress();
