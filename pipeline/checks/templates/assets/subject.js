"use strict";
// One subject: the chart and the list of records in the order of their dates.

const STEP = 300;
const DAY = 86400000;
const page = JSON.parse(byId("data").textContent);
const found = new Map();
let events = [];
let matching = [];
let limit = STEP;
let drawn = 0;  // the width that the chart was drawn for

page.findings.forEach((item) => {
  const place = item.place + ":" + item.record;
  found.set(place, [...(found.get(place) || []), item]);
});

page.datasets.forEach((dataset, number) => {
  dataset.events.forEach(([record, start, end, first, last, title, detail, mark, day]) => {
    const place = dataset.name + ":" + record;
    events.push({dataset: dataset, order: number, record: record, place: place, start: start,
      end: end, first: first, last: last, title: title, detail: detail, mark: mark, day: day,
      findings: found.get(place) || [],
      text: [title, detail, mark, dataset.name, start].join("\n").toLowerCase()});
  });
});
events.sort((a, b) => (a.first ?? Infinity) - (b.first ?? Infinity) || a.order - b.order
  || a.record - b.record);

function iso(day) { return new Date(day * DAY).toISOString().slice(0, 10); }
function dayOf(text) { return text ? Math.round(Date.parse(text) / DAY) : null; }

// The values of a record as texts, and the lines of the CRF behind it.
function recordOf(dataset, record) {
  const [numbers, places] = dataset.records[record];
  return [numbers.map((number) => page.values[number]), places];
}

function dated() { return events.filter((event) => event.first !== null); }

// The whole time, or that of the trial: from the first date of the subject's own record (not the
// birth) or of an exposure, to the last date of all.
function range(whole) {
  const all = dated();
  if (!all.length) return [null, null];
  const last = Math.max(...all.map((event) => event.last));
  const start = whole ? all : all.filter((event) => (event.dataset.class === "SPECIAL PURPOSE"
    || event.dataset.class === "INTERVENTIONS" && event.day !== null && event.day >= 1)
    && event.detail !== "BRTHDTC" && event.dataset.layer === "sdtm");
  const from = (start.length ? start : all).map((event) => event.first);
  return [Math.min(...from) - 7, last + 7];
}

function setRange(whole) {
  const [from, to] = range(whole);
  byId("t-from").value = from === null ? "" : iso(from);
  byId("t-to").value = to === null ? "" : iso(to);
  update();
}

function update() {
  const chosen = new Set([...document.querySelectorAll("#datasets input:checked")]
    .map((box) => box.value));
  const [from, to] = [dayOf(byId("t-from").value), dayOf(byId("t-to").value)];
  const text = byId("t-text").value.trim().toLowerCase();
  const [marked, findings] = [byId("t-marked").checked, byId("t-found").checked];
  matching = events.filter((event) => chosen.has(event.dataset.name)
    && (!marked || event.mark !== "") && (!findings || event.findings.length)
    && (!text || event.text.includes(text))
    && (event.first === null || ((from === null || event.last >= from)
      && (to === null || event.first <= to))));
  limit = STEP;
  drawChart(from, to);
  drawEvents(0);
}

function redraw() {
  if (byId("chart").clientWidth !== drawn) {
    drawChart(dayOf(byId("t-from").value), dayOf(byId("t-to").value));
  }
}

function drawChart(from, to) {
  const placed = matching.filter((event) => event.first !== null);
  const box = byId("chart");
  drawn = box.clientWidth;
  if (!placed.length) {
    box.replaceChildren(make("p", {class: "soft"}, "Nothing with a date is chosen."));
    return;
  }
  const begin = from ?? Math.min(...placed.map((event) => event.first));
  const end = Math.max(to ?? Math.max(...placed.map((event) => event.last)), begin + 1);
  const deaths = new Set(dated().filter((event) => event.mark === "death")
    .map((event) => event.first));
  drawTimeline(box, page.datasets, placed, [begin, end],
    {reference: page.reference, deaths: [...deaths]}, goTo);
}

function drawEvents(from) {
  const body = byId("events");
  if (!from) body.replaceChildren();
  const rows = document.createDocumentFragment();
  matching.slice(from, limit).forEach((event) => rows.append(rowOf(event)));
  body.append(rows);
  const shown = Math.min(limit, matching.length);
  const left = page.datasets.filter((dataset) => dataset.leftOut)
    .map((dataset) => dataset.name + " has " + dataset.leftOut + " more");
  byId("shown").textContent = matching.length + " of " + events.length + " records"
    + (shown < matching.length ? ", the first " + shown + " shown" : "")
    + (left.length ? "; not on this page: " + left.join(", ") : "");
  byId("more").hidden = shown >= matching.length;
}

function rowOf(event) {
  const open = make("button", {type: "button", class: "open", "aria-expanded": "false",
    "aria-label": "open record: " + event.dataset.name + ", " + event.title + ", "
      + (event.start || "no date")}, event.start || "no date");
  const links = event.findings.map((item) => make("a", {href: "../index.html#finding=" + item.key},
    badge(item.severity), " " + item.rule));
  const cell = (label, ...children) => make("td", {"data-label": label}, ...children);
  const line = make("tr", {class: "event " + kind(event)},
    make("td", {class: "nowrap"}, open),
    make("td", {"data-label": "Until", class: "nowrap"}, event.end),
    make("td", {"data-label": "Day", class: "n"}, event.day === null ? "" : String(event.day)),
    cell("Dataset", make("code", {title: event.dataset.label}, event.dataset.name)),
    cell("What", event.title), cell("Result", event.detail),
    cell("Stands out", event.mark ? badge(event.mark) : "",
      ...links.flatMap((link) => [" ", link])));
  event.line = line;
  open.addEventListener("click", () => toggle(event, line, open));
  return line;
}

function toggle(event, line, button) {
  const next = line.nextElementSibling;
  const isOpen = next && next.classList.contains("opened");
  button.setAttribute("aria-expanded", String(!isOpen));
  if (isOpen) { next.remove(); return; }
  const [values, places] = recordOf(event.dataset, event.record);
  const behind = crfRecords(places, page.texts, page.fields, {}, null);
  line.after(make("tr", {class: "opened"}, make("td", {colspan: 7},
    make("h3", {}, make("code", {}, event.dataset.name), " record " + event.record),
    recordGrid(event.dataset.variables, values, new Set()),
    ...(behind.length ? [make("h3", {}, "On the CRF"), ...behind]
      : [make("p", {class: "soft"}, page.withoutCrf)]))));
}

// Show a record in the list, whatever the filters left of it, and open it.
function goTo(event) {
  let place = matching.indexOf(event);
  if (place < 0) {
    document.querySelectorAll("#datasets input").forEach((box) => {
      box.checked = box.checked || box.value === event.dataset.name;
    });
    ["t-marked", "t-found"].forEach((id) => { byId(id).checked = false; });
    byId("t-text").value = "";
    setRange(true);
    place = matching.indexOf(event);
  }
  if (place >= limit) {
    const from = limit;
    limit = place + 20;
    drawEvents(from);
  }
  document.querySelectorAll("tr.target").forEach((line) => line.classList.remove("target"));
  event.line.classList.add("target");
  const button = event.line.querySelector("button.open");
  if (button.getAttribute("aria-expanded") === "false") toggle(event, event.line, button);
  event.line.scrollIntoView({block: "start"});
  button.focus({preventScroll: true});
}

function listFindings() {
  const box = byId("findings");
  if (!page.findings.length) {
    box.replaceChildren(make("p", {}, "No finding is about this subject."));
    return;
  }
  const body = make("tbody");
  page.findings.forEach((item) => {
    const event = events.find((other) => other.place === item.place + ":" + item.record);
    const go = make("button", {type: "button", class: "plain"}, "on the timeline");
    go.addEventListener("click", () => goTo(event));
    const line = make("tr", {id: "finding-" + item.key},
      make("td", {}, badge(item.severity)),
      make("td", {"data-label": "Dataset"}, make("code", {}, item.place)),
      make("td", {"data-label": "Rule", class: "nowrap"},
        make("a", {href: "../index.html#finding=" + item.key}, make("code", {}, item.rule))),
      make("td", {}, item.what),
      make("td", {"data-label": "Status"}, item.status === "waived" ? badge("waived") : "open"),
      make("td", {class: "screen"}, event ? go : ""));
    body.append(line);
  });
  const head = ["Severity", "Dataset", "Rule", "Finding", "Status", "Record"]
    .map((name) => make("th", {scope: "col", class: name === "Record" ? "screen" : null}, name));
  box.replaceChildren(make("table", {class: "cards"},
    make("thead", {}, make("tr", {}, ...head)), body));
}

function facts() {
  const dm = page.datasets.find((dataset) => dataset.name === "DM")
    || page.datasets.find((dataset) => dataset.name === "ADSL");
  const told = page.site ? ["Site " + page.site] : [];
  if (dm) {
    const [values] = recordOf(dm, Object.keys(dm.records)[0]);
    const value = (wanted) => values[dm.variables.findIndex(([name]) => name === wanted)] || "";
    ["ARM", "ACTARM", "TRT01A", "SEX", "AGE", "RACE", "COUNTRY"].forEach((wanted) => {
      const unit = wanted === "AGE" ? " " + value("AGEU").toLowerCase() : "";
      const again = wanted === "ACTARM" && value("ACTARM") === value("ARM");
      if (value(wanted) && !again) told.push(wanted + " " + value(wanted) + unit);
    });
  }
  byId("facts").textContent = told.join(" \u00b7 ");
}

// SDTM is shown at first; of ADaM what has findings, and everything where there is no SDTM.
function listDatasets() {
  const sdtm = page.datasets.some((dataset) => dataset.layer === "sdtm");
  page.datasets.forEach((dataset) => {
    const concerned = page.findings.some((item) => item.place === dataset.name);
    const shown = dataset.layer === "sdtm" ? !dataset.name.startsWith("SUPP") : !sdtm;
    const box = make("input", {type: "checkbox", value: dataset.name});
    box.checked = shown || concerned;
    box.addEventListener("input", update);
    byId("datasets").append(make("label", {title: dataset.label}, box,
      dataset.name + " (" + Object.keys(dataset.records).length + ")"));
  });
}

function fromHash() {
  const key = new URLSearchParams(location.hash.slice(1)).get("finding");
  const item = page.findings.find((other) => other.key === key);
  if (!item) return;
  const event = events.find((other) => other.place === item.place + ":" + item.record);
  if (event) goTo(event);
  else byId("finding-" + key).scrollIntoView();
}

facts();
listFindings();
listDatasets();
["t-from", "t-to", "t-marked", "t-found", "t-text"].forEach((id) =>
  byId(id).addEventListener("input", update));
byId("t-whole").addEventListener("click", () => setRange(true));
byId("t-trial").addEventListener("click", () => setRange(false));
byId("show-more").addEventListener("click", () => {
  const from = limit;
  limit += STEP;
  drawEvents(from);
  matching[from].line.querySelector("button.open").focus();
});
byId("show-all").addEventListener("click", () => {
  const from = limit;
  limit = matching.length;
  drawEvents(from);
});
setRange(false);
fromHash();
window.addEventListener("hashchange", fromHash);
window.addEventListener("resize", redraw);
