"use strict";
// What both pages share. Text from data only ever becomes a text node, never markup.

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function badge(word) {
  return make("span", {class: "badge " + word.replace(/[^a-z]/g, "")}, word);
}

function told(pairs) {
  const list = make("dl", {class: "told"});
  for (const [name, value] of pairs) {
    if (value) list.append(make("dt", {}, name), make("dd", {}, value));
  }
  return list;
}

// A record: `names` are [name, label], `values` the texts; those in `marked` stand out.
function recordGrid(names, values, marked) {
  const list = make("dl", {class: "record"});
  if (values.length === 1 && names.length > 1) {
    list.append(make("div", {}, make("dt", {}, "the line as it stands"),
      make("dd", {}, values[0])));
    return list;
  }
  values.forEach((value, place) => {
    const [name, label] = names[place] || ["", ""];
    const stands = marked.has(name);
    if (value === "" && !stands) return;
    list.append(make("div", {class: stands ? "marked" : null},
      make("dt", {}, make("code", {}, name), label ? " " + label : ""),
      make("dd", {}, value === "" ? make("i", {}, "is missing") : value)));
  });
  return list;
}

// The CRF records behind something: `lines` are file -> line numbers.
function crfRecords(lines, texts, fields, marked, more) {
  const parts = [];
  for (const [file, numbers] of Object.entries(lines)) {
    for (const line of numbers) {
      const values = texts[file + ":" + line];
      parts.push(make("h4", {class: "crf"}, make("code", {}, file), " line " + line));
      if (values) {
        parts.push(recordGrid(fields[file] || [], values, new Set(marked[file] || [])));
      }
    }
    if (more && more[file]) {
      parts.push(make("p", {class: "soft"}, "and " + more[file] + " more lines of " + file));
    }
  }
  return parts;
}

function fillOptions(id, values) {
  const select = document.getElementById(id);
  for (const value of values) select.append(make("option", {}, value));
}

function byId(id) { return document.getElementById(id); }
