"use strict";
// The table of findings of index.html: filter, sort, open. data/findings.js brings the index.

const STEP = 100;
const NAMES = ["rule", "severity", "status", "state", "subject", "site", "what", "crf", "key",
  "usubjid", "answered"];
const FILTERS = ["dataset", "rule", "severity", "status", "state", "site"];
const SEVERITY = {error: 0, warning: 1, note: 2};
let index = null;
let findings = [];
let matching = [];
let limit = STEP;
let sorting = {by: "", down: false};
const pieces = new Map();

function reportFindings(value) {
  index = value;
  findings = value.findings.map((line, number) => {
    const item = {number: number};
    NAMES.forEach((name, place) => { item[name] = line[place]; });
    item.group = value.rules[item.rule];
    item.rule = item.group.rule;
    item.dataset = item.group.dataset;
    item.text = [item.subject, item.usubjid, item.what, item.crf, item.rule, item.group.says]
      .join("\n").toLowerCase();
    return item;
  });
  const sorted = (name) => [...new Set(findings.map((item) => item[name]))]
    .filter((text) => text !== "").sort();
  fillOptions("f-dataset", sorted("dataset"));
  fillOptions("f-rule", sorted("rule"));
  fillOptions("f-site", sorted("site"));
  fromHash();
}

// A piece calls this with what its findings open to.
function reportPiece(value) {
  pieces.get(value.number).settle(value);
}

function piece(number) {
  if (!pieces.has(number)) {
    const entry = {};
    entry.promise = new Promise((settle, fail) => {
      entry.settle = settle;
      const name = "data/" + String(number).padStart(4, "0") + ".js";
      const script = make("script", {src: name});
      script.onerror = () => {
        pieces.delete(number);
        fail(new Error(name + " does not stand beside this page"));
      };
      document.head.append(script);
    });
    pieces.set(number, entry);
  }
  return pieces.get(number).promise;
}

function asked() {
  const wanted = {};
  FILTERS.forEach((name) => {
    const value = byId("f-" + name).value;
    if (value) wanted[name] = value;
  });
  const text = byId("f-text").value.trim().toLowerCase();
  return [wanted, text];
}

function update() {
  const [wanted, text] = asked();
  const names = Object.keys(wanted);
  matching = findings.filter((item) =>
    names.every((name) => item[name] === wanted[name]) && (!text || item.text.includes(text)));
  if (sorting.by) matching.sort(compare);
  limit = STEP;
  draw();
  const hash = new URLSearchParams(wanted);
  if (text) hash.set("text", text);
  history.replaceState(null, "", "#" + hash.toString());
}

function compare(a, b) {
  const of = (item) => sorting.by === "severity" ? SEVERITY[item.severity] : item[sorting.by];
  const [x, y] = [of(a), of(b)];
  const order = x < y ? -1 : x > y ? 1 : a.number - b.number;
  return sorting.down && x !== y ? -order : order;
}

function draw(from) {
  const body = byId("findings-body");
  if (!from) body.replaceChildren();
  const rows = document.createDocumentFragment();
  matching.slice(from || 0, limit).forEach((item) => rows.append(row(item)));
  body.append(rows);
  const shown = Math.min(limit, matching.length);
  byId("shown").textContent = matching.length === 0
    ? "No finding meets the filters."
    : matching.length + " of " + findings.length + " findings"
      + (shown < matching.length ? ", the first " + shown + " shown" : "");
  byId("more").hidden = shown >= matching.length;
}

function row(item) {
  const open = make("button", {type: "button", class: "open", "aria-expanded": "false",
    "aria-label": "open finding: " + item.severity + ", " + item.dataset + ", " + item.rule
      + (item.subject ? ", subject " + item.subject : "")}, badge(item.severity));
  const page = index.pages[item.usubjid];
  const subject = page ? make("a", {href: page + anchor(item)}, item.subject) : item.subject;
  const signs = [item.state && item.state !== "unchanged" ? badge(item.state) : null,
    item.answered ? badge("answered") : null];
  const cell = (label, ...children) => make("td", {"data-label": label}, ...children);
  const line = make("tr", {class: "finding", id: "finding-" + item.key},
    make("td", {}, open),
    make("td", {"data-label": "Dataset", class: "nowrap"}, make("code", {}, item.dataset)),
    make("td", {"data-label": "Rule", class: "nowrap"},
      make("code", {title: item.group.says}, item.rule)),
    make("td", {"data-label": "Subject", class: "word"}, subject),
    cell("Site", item.site),
    cell("Finding", make("span", {class: "says"}, item.group.says), make("br"),
      make("span", {class: "soft"}, item.what)),
    make("td", {"data-label": "CRF", class: "crf"}, item.crf),
    cell("Status", item.status === "waived" ? badge("waived") : "open", " ", ...signs));
  open.addEventListener("click", () => toggle(item, line, open));
  return line;
}

// The place of a finding on the page of its subject, and back.
function anchor(item) { return "#finding=" + item.key; }

function toggle(item, line, button) {
  const next = line.nextElementSibling;
  if (next && next.classList.contains("opened")) {
    next.remove();
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-controls");
    return Promise.resolve();
  }
  const id = "opened-" + item.key;
  const panel = make("td", {colspan: 8}, make("p", {class: "soft"}, "loading ..."));
  line.after(make("tr", {class: "opened", id: id}, panel));
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", id);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { toggle(item, line, button); button.focus(); }
  });
  return piece(Math.floor(item.number / index.piece)).then(
    (value) => panel.replaceChildren(...opened(item, value)),
    (error) => panel.replaceChildren(make("p", {}, error.message + ".")));
}

function opened(item, value) {
  const more = value.findings[item.number % index.piece];
  const dataset = more.record.split(":")[0];
  const own = new Set([more.variable, ...Object.keys(more.values)]);
  const other = Object.entries(more.values).filter(([name]) => name.includes("."));
  const parts = [make("h3", {}, item.group.says),
    told([["Why it matters", item.group.why], ["What was found", after(more.what, item)],
      ["What to do", more.fix], ["Source of the rule", item.group.source],
      ["Waived", more.waived], ["Response of the sponsor", more.response],
      ["When answered it said", after(more.answered, item)], ["First seen", "data cut of " + more.since]])];
  parts.push(actions(item));
  if (more.record && value.texts[more.record]) {
    const names = index.variables[dataset] || value.variables[dataset] || [];
    parts.push(make("h3", {}, "The record: ", make("code", {}, dataset), " record "
      + more.record.split(":")[1]), recordGrid(names, value.texts[more.record], own));
  } else if (Object.keys(more.values).length) {
    parts.push(recordGrid(Object.keys(more.values).map((name) => [name, ""]),
      Object.values(more.values), new Set([more.variable])));
  }
  if (other.length) {
    parts.push(make("h3", {}, "Compared with"), recordGrid(other.map(([name]) => [name, ""]),
      other.map(([, text]) => text), new Set(other.map(([name]) => name))));
  }
  if (Object.keys(more.lines).length) {
    parts.push(make("h3", {}, "On the CRF"),
      ...crfRecords(more.lines, value.texts, index.fields, more.fields, more.more));
  } else if (more.record && index.variables[dataset]) {
    parts.push(make("p", {class: "soft"}, index.withoutCrf));
  }
  return parts;
}

// What a finding says beyond the rule: "A date. Here X = 1" is "X = 1".
function after(what, item) {
  const start = item.group.says + " Here ";
  return what.startsWith(start) ? what.slice(start.length) : what;
}

function actions(item) {
  const page = index.pages[item.usubjid];
  const only = make("button", {type: "button", class: "plain"},
    "All findings of this rule (" + item.group.findings + ")");
  only.addEventListener("click", () => show({dataset: item.dataset, rule: item.rule}));
  return make("p", {class: "links"},
    page ? make("a", {href: page + anchor(item)}, "Everything about subject " + item.subject)
      : item.usubjid ? make("span", {class: "soft"}, "This subject has no page (see Subjects).")
      : null,
    only, make("a", {href: anchor(item)}, "Link to this finding"));
}

function setFilters(wanted, text) {
  FILTERS.forEach((name) => { byId("f-" + name).value = wanted[name] || ""; });
  byId("f-text").value = text || "";
}

function show(wanted) {
  setFilters(wanted);
  update();
  byId("findings").scrollIntoView();
  byId("f-text").focus({preventScroll: true});
}

// #finding=KEY opens a finding; #dataset=LB&severity=error sets filters.
function fromHash() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const key = hash.get("finding");
  if (!key) {
    const known = [...FILTERS, "text"].some((name) => hash.has(name));
    if (known || !location.hash || !matching.length) {
      const at = location.hash;
      setFilters(Object.fromEntries(hash), hash.get("text"));
      update();
      if (!known && at) history.replaceState(null, "", at);
      if (known) byId("findings").scrollIntoView();
    }
    return;
  }
  setFilters({});
  matching = findings.slice();
  sorting = {by: "", down: false};
  const place = matching.findIndex((item) => item.key === key);
  limit = Math.max(STEP, place + 20);
  draw();
  if (place < 0) {
    byId("shown").textContent = "The finding of this link is not in this report any more.";
    return;
  }
  const line = byId("finding-" + key);
  const button = line.querySelector("button.open");
  toggle(matching[place], line, button).then(() => {
    line.scrollIntoView({block: "start"});
    button.focus({preventScroll: true});
  });
}

function showRules() {
  const wanted = ["dataset", "status"].map((name) => [name, byId("r-" + name).value]);
  const text = byId("r-text").value.trim().toLowerCase();
  let shown = 0;
  document.querySelectorAll("#rules tbody tr").forEach((line) => {
    line.hidden = !wanted.every(([name, value]) => value === "" || line.dataset[name] === value)
      || !line.textContent.toLowerCase().includes(text);
    shown += line.hidden ? 0 : 1;
  });
  byId("rules-shown").textContent = shown + (shown === 1 ? " rule" : " rules");
}

function sortBy(head) {
  const by = head.dataset.sort;
  sorting = {by: by, down: sorting.by === by && !sorting.down};
  document.querySelectorAll("th[data-sort]").forEach((other) => {
    if (other === head) other.setAttribute("aria-sort", sorting.down ? "descending" : "ascending");
    else other.removeAttribute("aria-sort");
  });
  update();
}

if (byId("f-text")) {
  FILTERS.concat("text").forEach((name) => byId("f-" + name).addEventListener("input", update));
  byId("f-clear").addEventListener("click", () => { setFilters({}); update(); });
  byId("show-more").addEventListener("click", () => {
    const from = limit;
    limit += STEP;
    draw(from);
    const first = byId("finding-" + matching[from].key);
    first.querySelector("button.open").focus();
  });
  byId("show-all").addEventListener("click", () => {
    const from = limit;
    limit = matching.length;
    draw(from);
  });
  document.querySelectorAll("th[data-sort]").forEach((head) =>
    head.querySelector("button").addEventListener("click", () => sortBy(head)));
  window.addEventListener("hashchange", fromHash);
  window.addEventListener("load", () => {
    if (!index) byId("shown").textContent = "data/findings.js does not stand beside this page.";
  });
}
["dataset", "status", "text"].forEach((name) =>
  byId("r-" + name).addEventListener("input", showRules));
