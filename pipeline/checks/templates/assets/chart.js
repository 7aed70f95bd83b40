"use strict";
// The timeline of one subject as a drawing: a row per dataset, a lane per term where records last.

const MOST_LANES = 25;
const FEW_LANES = 6;
const LASTING = ["EVENTS", "INTERVENTIONS", "OCCURRENCE DATA STRUCTURE"];
const SVG = "http://www.w3.org/2000/svg";
const ROW = 15;
const NAME = 62;     // where the label of a lane begins, after the name of its dataset
const LABELS = 240;  // where the marks begin, unless labels stand on lines of their own
const NARROW = 700;
const MARGIN = 12;
const TICK = 82;     // what a date needs
const TOLD = 8;      // records named when the pointer rests on a mark
const STEPS = [["day", 1], ["day", 7], ["day", 14], ["month", 1], ["month", 3], ["month", 6],
  ["month", 12], ["month", 60], ["month", 120]];
const pen = document.createElement("canvas").getContext("2d");

// Draw `events` (all with a date) of `datasets` from day `begin` to `end` into `box`; a click on a
// mark calls `chosen` with its event. `days` are {reference, deaths}: days to be drawn as lines.
function drawTimeline(box, datasets, events, [begin, end], days, chosen) {
  const width = Math.max(box.clientWidth, 300);
  const stacked = width < NARROW;
  const left = stacked ? MARGIN : LABELS;
  const x = (day) => left + (Math.min(Math.max(day, begin), end) - begin)
    * (width - left - MARGIN) / (end - begin);
  const parts = [];
  let y = 30;
  datasets.forEach((dataset) => {
    const own = events.filter((event) => event.dataset === dataset);
    if (!own.length) return;
    parts.push(shape("line", {class: "rule", x1: 0, x2: width, y1: y, y2: y}));
    lanesOf(dataset, own).forEach(([title, list], number) => {
      if (number === 0) parts.push(shape("text", {class: "lane", x: 6, y: y + 12}, dataset.name));
      const room = (stacked ? width : left) - NAME - MARGIN;
      parts.push(labelOf(title || dataset.label, room, y + 12));
      y += stacked ? ROW - 2 : 0;
      parts.push(...marksOf(list, x, y, chosen));
      y += ROW;
    });
    y += 4;
  });
  const svg = shape("svg", {viewBox: "0 0 " + width + " " + (y + 4), role: "img",
    "aria-label": "Timeline of " + events.length + " records; the list below holds the same"});
  svg.append(...axis([begin, end], x, y, days.reference), ...lines([begin, end], x, y, days),
    ...parts);
  box.replaceChildren(svg);
}

function shape(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.append(...children);
  return element;
}

// Lanes of one dataset: one per title where records last and titles are few, else one for all;
// below it the titles of which most results stand out (a laboratory test out of its range).
function lanesOf(dataset, own) {
  const titles = new Map();
  own.forEach((event) => titles.set(event.title, [...(titles.get(event.title) || []), event]));
  const lanes = [...titles];
  if (!dataset.spans) {
    const out = ([, list]) => list.filter((event) => kind(event) === "out").length;
    const outside = lanes.filter((lane) => out(lane)).sort((a, b) => out(b) - out(a));
    return [["", own], ...(lanes.length > 1 ? outside.slice(0, FEW_LANES) : [])];
  }
  if (lanes.length <= FEW_LANES) return lanes;
  if (!LASTING.includes(dataset.class)) return [["", own]];
  if (lanes.length <= MOST_LANES) return lanes;
  const rest = lanes.slice(MOST_LANES - 1);
  return [...lanes.slice(0, MOST_LANES - 1),
    [rest.length + " others", rest.flatMap(([, list]) => list)]];
}

// The label of a lane, cut to the room it has; the pointer tells it whole.
function labelOf(label, room, y) {
  pen.font = "11px system-ui, Arial, sans-serif";
  let cut = label;
  while (cut && pen.measureText(cut + (cut === label ? "" : "\u2026")).width > room) {
    cut = cut.slice(0, -1);
  }
  return shape("text", {class: "soft", x: NAME, y: y}, cut + (cut === label ? "" : "\u2026"),
    shape("title", {}, label));
}

function grave(event) { return event.mark === "death" || event.mark === "fatal"; }
function kind(event) { return event.mark === "" ? "" : grave(event) ? "grave" : "out"; }
function weight(event) { return grave(event) ? 2 : event.mark ? 1 : 0; }

// The marks of one lane. Records of the same days share a mark, which looks like the gravest of
// them; what stands out is drawn over what does not, and outlines of findings over all.
function marksOf(list, x, y, chosen) {
  const places = new Map();
  list.forEach((event) => {
    const place = event.first + ":" + event.last;
    places.set(place, [...(places.get(place) || []), event]);
  });
  const groups = [...places.values()].map((own) => own.sort((a, b) => weight(b) - weight(a)));
  groups.sort((a, b) => weight(a[0]) - weight(b[0]));
  const found = groups.filter((own) => own.some((event) => event.findings.length));
  return [...groups.map((own) => markOf(own, own[0], kind(own[0]), x, y, chosen)),
    ...found.map((own) => markOf(own, own.find((event) => event.findings.length), "found", x, y,
      chosen))];
}

function markOf(own, event, looks, x, y, chosen) {
  const [start, end] = [x(event.first), x(event.last)];
  const long = event.last > event.first && end - start > 3;
  const tall = looks === "" ? 0 : 1;  // what stands out does so without its colour, too
  const place = long
    ? {x: start, width: end - start, y: y + 4, height: 8, rx: 2}
    : {x: start - 2.5, width: 5, y: y + 3.5 - tall, height: 9 + 2 * tall, rx: 2};
  const mark = shape("rect", {...place, class: (long ? "bar " : "dot ") + looks},
    shape("title", {}, own.slice(0, TOLD).map(inOneLine).join("\n")
      + (own.length > TOLD ? "\nand " + (own.length - TOLD) + " more" : "")));
  mark.addEventListener("click", () => chosen(event));
  return mark;
}

function inOneLine(event) {
  return [event.start + (event.end ? " to " + event.end : ""), event.title, event.detail,
    event.mark].filter((text) => text).join(", ");
}

// Days at which a grid line stands: months, or days counted from day 1, and no more than fit.
function ticks(begin, end, most, reference) {
  for (const [unit, step] of STEPS) {
    const found = unit === "day" ? everyDays(begin, end, step, reference ?? begin)
      : everyMonths(begin, end, step);
    if (found.length <= most) return found;
  }
  return [];
}

function everyDays(begin, end, step, from) {
  const found = [];
  for (let day = from + Math.ceil((begin - from) / step) * step; day <= end; day += step) {
    found.push(day);
  }
  return found;
}

function everyMonths(begin, end, step) {
  const found = [];
  const start = new Date(begin * DAY);
  const first = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
  for (let month = first; ; month += step) {
    const day = Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY;
    if (day > end) return found;
    if (day >= begin) found.push(day);
  }
}

// Grid lines with date and study day above; a text that would touch the one before is left out.
function axis([begin, end], x, height, reference) {
  const [from, to] = [x(begin), x(end)];
  const parts = [];
  let free = 0;
  ticks(begin, end, Math.max(Math.floor((to - from) / TICK), 2), reference).forEach((day) => {
    parts.push(shape("line", {class: "grid", x1: x(day), x2: x(day), y1: 26, y2: height}));
    const middle = Math.min(Math.max(x(day), from - MARGIN + TICK / 2), to + MARGIN - TICK / 2);
    if (middle - TICK / 2 < free) return;
    free = middle + TICK / 2;
    const text = (y, said) => parts.push(shape("text",
      {class: "soft date", x: middle, y: y, "text-anchor": "middle"}, said));
    text(12, iso(day));
    if (reference !== null) text(23, "day " + studyDay(day - reference));
  });
  return parts;
}

function studyDay(since) { return since < 0 ? since : since + 1; }

function lines([begin, end], x, height, days) {
  const draw = (name) => (day) => shape("line",
    {class: name, x1: x(day), x2: x(day), y1: 26, y2: height});
  const inside = (day) => day !== null && day >= begin && day <= end;
  return [...[days.reference].filter(inside).map(draw("zero")),
    ...days.deaths.filter(inside).map(draw("death"))];
}
