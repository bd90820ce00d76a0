// Where the two may differ, and why. Each row says which clause of DMN 1.5 decides, what it asks for, what
// feelin does, and recognises only that: op is the operation whose parts agree while its results do not, args
// are the parts' values. A difference that no row knows fails the test.
import { has, inside } from "./values.mjs";

const is = (v, ...kinds) => v !== null && v !== undefined && kinds.includes(v.kind);
const days = "days and time duration";
const months = "years and months duration";
const moment = "date and time";
const orderly = ["number", "string", "date", "time", moment, days, months];
const temporal = ["date", "time", moment];
const whole = (v) => is(v, "number") && Number.isInteger(v.value);
const zoned = (v) => /Z$|[+-]\d\d:\d\d(:\d\d)?$|@/.test(v.value.replace(/^-/, ""));
const offsetOf = (v) => /(Z|[+-]\d\d:\d\d(?::\d\d)?|@.*)$/.exec(v.value.replace(/^-?\d+-\d\d-\d\d/, ""))?.[0] ?? "";
const isNull = (v) => v.kind === "null";
const anyIs = (d, ...kinds) => d.args.some((one) => is(one, ...kinds));
const unsupportedRange = (d) => d.theirs.kind === "error" && d.theirs.text.startsWith("unsupported range");
// [1] and 1 stand for each other (10.3.2.9.4)
const single = (v) => (is(v, "list") && v.items.length === 1 ? v.items[0] : v);

// Is a below b? undefined: not ordered.
function below(a, b) {
  if (a.kind !== b.kind || !orderly.includes(a.kind)) return undefined;
  if (!temporal.includes(a.kind)) return a.value < b.value;
  if (a.kind === "date") return a.value < b.value;
  if (zoned(a) !== zoned(b) || offsetOf(a).startsWith("@") || offsetOf(b).startsWith("@")) return undefined;
  const at = (v) => Date.parse((v.kind === "time" ? "1970-01-01T" : "") + v.value + (zoned(v) ? "" : "Z"));
  return at(a) < at(b);
}

export const classes = [
  {
    name: "decimals",
    clause: "10.3.2.3.1",
    asks: "numbers are decimals of 34 digits",
    feelin: "computes with doubles",
    when: (d) =>
      (d.inexact && !d.reduced) ||
      d.args.some((v) => is(v, "number") && !Number.isFinite(v.value)) ||
      (is(d.theirs, "number") && Number.isNaN(d.theirs.value) && is(d.ours, "number") && d.args.every((v) => is(v, "number"))) ||
      (is(d.ours, "number") && is(d.theirs, "number") && Math.abs(d.ours.value - d.theirs.value) <= 1e-6 * Math.abs(d.ours.value)) ||
      ([d.ours, d.theirs].every((v) => is(v, "number", "null")) && d.args.some((v) => is(v, "number") && (Math.abs(v.value) > 2 ** 53 || digits(v) > 15))),
  },
  {
    name: "no infinity",
    clause: "10.3.2.3.1",
    asks: "there is neither infinity nor not-a-number: such a result is null",
    feelin: "gives NaN or Infinity",
    when: (d) => isNull(d.ours) && is(d.theirs, "number") && (!Number.isFinite(d.theirs.value) || (d.op === "chain" && /\*\*|\//.test(d.text))),
  },
  {
    name: "descending interval",
    clause: "10.3.2.7",
    asks: "an interval with its start behind its end is none",
    feelin: "keeps it, and turns it round",
    when: (d) => d.op === "range" && isNull(d.ours) && is(d.theirs, "range") && d.args[0].kind === d.args[1].kind && below(d.args[0], d.args[1]) !== true && !(below(d.args[0], d.args[1]) === false && below(d.args[1], d.args[0]) === false),
  },
  {
    name: "interval with null",
    clause: "10.3.2.7",
    asks: "both ends of an interval are of one kind",
    feelin: "takes null for an open end, and both durations for one kind",
    when: (d) => d.op === "range" && isNull(d.ours) && is(d.theirs, "range") && (anyIs(d, "null") || (d.args.every((v) => is(v, days, months)) && d.args[0].kind !== d.args[1].kind)),
  },
  {
    name: "interval of other kinds",
    clause: "10.3.2.7",
    asks: "ends of other kinds give null",
    feelin: "throws",
    when: (d) => unsupportedRange(d) && isNull(d.ours) && (["range", "between", "<", "<=", ">", ">=", "test", "in"].includes(d.op)),
  },
  {
    name: "between",
    clause: "table 55",
    asks: "no value lies between bounds that are the wrong way round; what cannot be compared is null, and null and false is false",
    feelin: "makes an interval of the bounds and turns it round",
    when: (d) => d.op === "between" && ((is(d.ours, "boolean") && d.ours.value === false && !(d.args[0].kind === d.args[1].kind && d.args[0].kind === d.args[2].kind && !mixedZones(d.args) && below(d.args[1], d.args[2]) !== false)) || (is(d.ours, "boolean") && d.ours.value === false && below(d.args[2], d.args[1]) === true) || (isNull(d.ours) && d.args.some((one) => single(one).kind !== d.args[0].kind || (temporal.includes(one.kind) && one.kind !== "date" && zoned(one) !== zoned(d.args[0]))))),
  },
  {
    name: "duration by number",
    clause: "table 59",
    asks: "a duration is multiplied and divided by a number",
    feelin: "gives null",
    when: (d) => ["*", "/", "chain"].includes(d.op) && isNull(d.theirs) && is(d.ours, days, months) && anyIs(d, "number"),
  },
  {
    name: "duration by duration",
    clause: "table 59",
    asks: "a duration divided by one of its kind is a number; by nothing, or by another kind, null",
    feelin: "gives NaN",
    when: (d) => d.op === "/" && is(d.theirs, "number") && Number.isNaN(d.theirs.value) && is(d.args[0], days, months) && d.args[0].kind === d.args[1].kind,
  },
  {
    name: "negated duration",
    clause: "table 62",
    asks: "a duration has a negation",
    feelin: "gives null",
    when: (d) => d.op === "negate" && is(d.args[0], days, months) && isNull(d.theirs),
  },
  {
    name: "date and days",
    clause: "table 57",
    asks: "a date plus or minus a days and time duration is a date",
    feelin: "gives a date and time in UTC when the duration has hours",
    when: (d) => ["+", "-"].includes(d.op) && is(d.ours, "date") && is(d.theirs, moment) && anyIs(d, days) && d.theirs.value.replace(/^-00(?=\d{4}-)/, "-").startsWith(d.ours.value),
  },
  {
    name: "one with a zone, one without",
    clause: "table 57",
    asks: "what has a zone is not subtracted from what has none; a date is its midnight in UTC",
    feelin: "takes the local one as if it were in UTC",
    when: (d) =>
      d.op === "-" && isNull(d.ours) && is(d.theirs, days) && d.args.every((v) => is(v, ...temporal)) && mixedZones(d.args),
  },
  {
    name: "order with and without a zone",
    clause: "table 54",
    asks: "what has no offset takes that of the other for its own; equal they are not",
    feelin: "takes the local one as if it were in UTC",
    when: (d) =>
      ["<", "<=", ">", ">=", "in", "before()", "after()", "between", "range", "includes()", "overlaps()"].includes(d.op) &&
      is(d.ours, "boolean", "null", "range") && is(d.theirs, "boolean", "null", "range") && anyIs(d, "time", moment, "range") && mixedZones(d.args),
  },
  {
    name: "difference across zones",
    clause: "table 57",
    asks: "two moments are subtracted as moments, whatever their zones; a time in a named zone has no offset without its date",
    feelin: "subtracts the clocks",
    when: (d) => d.op === "-" && is(d.ours, days, "null") && is(d.theirs, days) && d.args.every((v) => is(v, ...temporal)) && (is(d.ours, days) || d.args.some((v) => is(v, "time") && v.value.includes("@"))) && (d.args.some((v) => v.kind !== "date" && zoned(v))),
  },
  {
    name: "a time has no months",
    clause: "table 57",
    asks: "a time plus or minus years and months is null",
    feelin: "gives the time itself",
    when: (d) => ["+", "-"].includes(d.op) && isNull(d.ours) && is(d.theirs, "time") && anyIs(d, months),
  },
  {
    name: "times and dates",
    clause: "table 57",
    asks: "a time and a date have no difference",
    feelin: "takes the time to be of 1970-01-01",
    when: (d) => d.op === "-" && isNull(d.ours) && is(d.theirs, days) && d.args.filter((v) => is(v, "time")).length === 1 && d.args.every((v) => is(v, ...temporal)),
  },
  {
    name: "duration less date",
    clause: "table 57",
    asks: "of a duration nothing but a duration of its kind is subtracted",
    feelin: "gives NaN",
    when: (d) => ["-", "+", "*", "/"].includes(d.op) && isNull(d.ours) && is(d.theirs, "number") && Number.isNaN(d.theirs.value),
  },
  {
    name: "zone of an offset",
    clause: "table 66",
    asks: "an offset is no time zone's name",
    feelin: "gives UTC for Z, and the offset's text",
    when: (d) => d.op === ".timezone" && isNull(d.ours) && is(d.theirs, "string") && /^(UTC|[+-][\d:]+)$/.test(d.theirs.value),
  },
  {
    name: "years below 1",
    clause: "10.3.2.3.5",
    asks: "a year has four digits or more, as XML Schema writes it",
    feelin: "writes six",
    when: (d) => d.ours.value !== undefined && d.ours.value === d.theirs.value?.replace?.(/^-00(?=\d{4}-)/, "-"),
  },
  {
    name: "condition",
    clause: "table 49; 10.2.2.9",
    asks: "a condition that is neither boolean nor null makes the whole null",
    feelin: "takes it for true",
    when: (d) => d.op === "if" && isNull(d.ours) && !is(d.args[0], "boolean", "null"),
  },
  {
    name: "filter of nothing",
    clause: "10.3.2.5; table 68",
    asks: "null filtered is the empty list, and so is the empty list",
    feelin: "gives null, or evaluates the condition once",
    when: (d) => ["filter", "index"].includes(d.op) && is(d.ours, "list") && d.ours.items.length === 0 && is(d.theirs, "null", "error") && (is(d.theirs, "error") || isNull(d.args[0]) || d.args[0].items?.length === 0),
  },
  {
    name: "filter that is no condition",
    clause: "10.3.2.5; table 68",
    asks: "a filter gives a number or a boolean; otherwise the whole is null",
    feelin: "gives the empty list, or throws",
    when: (d) => ["filter", "index"].includes(d.op) && isNull(d.ours) && (is(d.theirs, "error") || is(d.theirs, "list")) && (d.op === "filter" || !is(single(d.args[1]), "number", "boolean")),
  },
  {
    name: "filter keeps what it kept",
    clause: "10.3.2.5; table 68",
    asks: "an item passes when its condition is true, whatever the item is",
    feelin: "drops items that are false or null, and treats conditions by their form",
    when: (d) => (d.op === "filter" || (d.op === "index" && is(single(d.args[1]), "boolean"))) && is(d.ours, "list") && (is(d.theirs, "list", "null") || is(d.args[0], d.theirs.kind)),
  },
  {
    name: "index of a fraction",
    clause: "10.3.2.5; table 68",
    asks: "an index is whole",
    feelin: "gives null for it as well, but takes a list for an index",
    when: (d) => d.op === "index" && isNull(d.ours) && is(d.theirs, "list") && !is(d.args[1], "number"),
  },
  {
    name: "lists are not their first item",
    clause: "table 53",
    asks: "lists are equal when they are as long and their items are equal",
    feelin: "takes an empty list or one of one item for that item, and compares null",
    when: (d) => ["=", "!=", "in"].includes(d.op) && is(d.ours, "boolean", "null") && is(d.theirs, "null", "boolean") && d.args.some((v) => is(v, "list") && v.items.length < 2),
  },
  {
    name: "lists of what cannot be compared",
    clause: "table 53",
    asks: "lists are equal when all their items are: null when an item's comparison is null and none is false",
    feelin: "takes null for false",
    when: (d) => ["=", "!="].includes(d.op) && isNull(d.ours) && is(d.theirs, "boolean") && d.args.every((v) => is(v, "list", "context")),
  },
  {
    name: "durations to the fraction",
    clause: "table 53",
    asks: "durations are equal when they are as long; those of the two kinds cannot be compared",
    feelin: "compares whole seconds and months, and both kinds as one",
    when: (d) => ["=", "!=", "is()"].includes(d.op) && d.args.every((v) => is(v, days, months)) && is(d.theirs, "boolean") && (d.args[0].kind === d.args[1].kind ? d.args[0].value !== d.args[1].value : isNull(d.ours)),
  },
  {
    name: "in true",
    clause: "10.3.1.2, rule 13",
    asks: "a test that is true of itself is passed by every value",
    feelin: "compares the value with true",
    when: (d) => d.op === "in" && is(d.args[1], "boolean") && d.args[1].value && is(d.ours, "boolean") && d.ours.value && !is(d.args[0], "boolean"),
  },
  {
    name: "group that is not there",
    clause: "table 74; XPath functions 5.6.4",
    asks: "$1 without a first group stands for nothing",
    feelin: "keeps $1",
    when: (d) => d.op === "replace()" && is(d.theirs, "string") && d.theirs.value.includes("$1") && d.ours.value === d.theirs.value.replaceAll("$1", ""),
  },
  {
    name: "texts are no lists",
    clause: "10.3.2.9.4",
    asks: "a text stands for the list of it",
    feelin: "takes it for the list of its characters",
    when: (d) => d.op === "union()" && anyIs(d, "string") && is(d.ours, "list") && is(d.theirs, "list"),
  },
  {
    name: "numbers in lists in lists",
    clause: "table 75",
    asks: "the items are numbers, not lists of one",
    feelin: "multiplies what JavaScript can",
    when: (d) => ["product()", "sum()", "mean()", "median()", "stddev()", "mode()", "min()", "max()"].includes(d.op) && isNull(d.ours) && is(d.args[0], "list") && d.args[0].items.some((v) => is(v, "list")),
  },
  {
    name: "steps down to nought",
    clause: "10.3.2.14; table 49",
    asks: "3..0 counts down to 0",
    feelin: "takes 0 for no end",
    when: (d) => d.op === "for" && is(d.ours, "list") && isNull(d.theirs) && / in -?\d+\.\.0 /.test(d.text),
  },
  {
    name: "steps over fractions and dates",
    clause: "10.3.2.14; table 49",
    asks: "whole numbers and dates may be stepped over; others not",
    feelin: "steps over numbers and letters, and does not end when it misses the end",
    when: (d) => ["for", "some", "every"].includes(d.op) && is(d.theirs, "error") && /endless|unsupported range operation/.test(d.theirs.text),
  },
  {
    name: "quantifier over what is no boolean",
    clause: "10.3.2.14; table 49",
    asks: "some is an or, every an and, with three values: null in between stays null",
    feelin: "takes whatever is not false or null for true",
    when: (d) => ["some", "every"].includes(d.op) && isNull(d.ours) && is(d.theirs, "boolean"),
  },
  {
    name: "null in",
    clause: "table 55",
    asks: "e1 in null is e1 = null",
    feelin: "gives null",
    when: (d) => d.op === "in" && isNull(d.args[1]) && is(d.ours, "boolean") && isNull(d.theirs),
  },
  {
    name: "in another kind's interval",
    clause: "table 55",
    asks: "e1 in an interval compares e1 with its ends: null when they are of other kinds, or have zones where it has none",
    feelin: "compares what JavaScript compares",
    when: (d) => ["in", "<", "<=", ">", ">="].includes(d.op) && isNull(d.ours) && is(d.theirs, "boolean") && !anyIs(d, "error") && (is(d.args[0], "range") || !sameOrder(d.args)),
  },
  {
    name: "extremes of other kinds than numbers",
    clause: "table 75",
    asks: "min and max take whatever is ordered",
    feelin: "take numbers",
    when: (d) => ["min()", "max()"].includes(d.op) && isNull(d.theirs) && is(d.ours, "string", ...temporal, days, months, "boolean"),
  },
  {
    name: "position outside",
    clause: "10.3.4; tables 74, 75",
    asks: "a position or length that is none of the list's or text's is outside the function's domain: null",
    feelin: "clips it, or throws",
    when: (d) =>
      ["sublist()", "remove()", "insert before()", "list replace()", "substring()"].includes(d.op) &&
      (isNull(d.ours) || (d.op === "substring()" && !whole(d.args[1]))) &&
      is(d.theirs, "list", "string", "error", "null") && outside(d.args),
  },
  {
    name: "parts of a date are whole",
    clause: "table 72",
    asks: "year, month, day, hour and minute are whole numbers, and date(from) has one argument",
    feelin: "cuts fractions off, and overlooks what follows a date",
    when: (d) => ["date()", "time()", "date and time()"].includes(d.op) && isNull(d.ours) && is(d.theirs, ...temporal) && d.args.length > 1 && (d.args.some((v) => is(v, "number") && !whole(v)) || is(d.args[0], ...temporal)),
  },
  {
    name: "empty text is no number",
    clause: "table 72",
    asks: "number() takes a numeral; separators are blank, comma, point, and differ",
    feelin: "takes the empty text for 0, whatever JavaScript reads, and any separator",
    when: (d) => d.op === "number()" && isNull(d.ours) && is(d.theirs, "number") && (d.args.length > 1 || !/^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(d.args[0].value)),
  },
  {
    name: "number of a number",
    clause: "table 72",
    asks: "number(from) takes a number, or one text",
    feelin: "wants three arguments",
    when: (d) => d.op === "number()" && is(d.ours, "number") && (isNull(d.theirs) || is(d.theirs, "error")),
  },
  {
    name: "is, of other kinds",
    clause: "table 77",
    asks: "values of other kinds are not the same: false",
    feelin: "gives null, also where it takes a list of one for its item",
    when: (d) => d.op === "is()" && is(d.ours, "boolean") && !d.ours.value && (anyIs(d, "list") || (isNull(d.theirs) && d.args[0].kind !== d.args[1].kind)),
  },
  {
    name: "mode is sorted",
    clause: "table 75",
    asks: "mode() gives its numbers in ascending order",
    feelin: "in the order of their texts",
    when: (d) => d.op === "mode()" && is(d.ours, "list") && is(d.theirs, "list") && sorted(d.ours.items) && !sorted(d.theirs.items),
  },
  {
    name: "median by value",
    clause: "table 75",
    asks: "the middle of the numbers by their value",
    feelin: "sorts them as texts",
    when: (d) => d.op === "median()" && is(d.ours, "number") && is(d.theirs, "number"),
  },
  {
    name: "nothing in any, all in nothing",
    clause: "table 75",
    asks: "any([]) is false, all([]) is true, mode([]) is []",
    feelin: "gives null when called by name",
    when: (d) => ["any()", "all()", "mode()"].includes(d.op) && is(d.ours, "boolean", "list") && isNull(d.theirs) && d.node.named,
  },
  {
    name: "what is no list",
    clause: "10.3.2.9.4; table 75",
    asks: "a value stands for the list of it; null for none, so the whole is null",
    feelin: "throws, gives null, or joins null to the list",
    when: (d) =>
      (["union()", "concatenate()", "flatten()", "append()"].includes(d.op) && (is(d.theirs, "error") || anyIs(d, "null"))) ||
      (["for", "some", "every"].includes(d.op) && isNull(d.theirs) && !is(d.args[0], "list", "range", "null")),
  },
  {
    name: "sorting what is not ordered",
    clause: "table 80",
    asks: "precedes gives a boolean for every two items; otherwise the whole is null",
    feelin: "sorts nevertheless, or throws",
    when: (d) => d.op === "sort()" && isNull(d.ours) && is(d.theirs, "list", "error"),
  },
  {
    name: "text of dates and ranges",
    clause: "table 72",
    asks: "string() of a list or range writes its parts as literals",
    feelin: "writes dates without @ and ranges not at all",
    when: (d) => d.op === "string()" && is(d.ours, "string") && is(d.theirs, "string") && (has(d.args[0], "range") || has(d.args[0], "function") || [...temporal, days, months].some((kind) => has(d.args[0], kind)) || /[\n\t\\]/.test(JSON.stringify([...inside(d.args[0])].map((v) => v.value ?? "").filter((v) => typeof v === "string")))) && !is(d.args[0], ...temporal, days, months),
  },
  {
    name: "months between",
    clause: "table 72",
    asks: "the whole months between, without the days that are left",
    feelin: "keeps the days within, or counts from the month's end",
    when: (d) => (d.op === "years and months duration()" && is(d.ours, months) && is(d.theirs, months) && Math.abs(Number(d.ours.value - d.theirs.value)) <= 1) || (!d.reduced && /years and months duration\(/.test(d.text)),
  },
  {
    name: "no contexts to merge",
    clause: "table 81",
    asks: "no contexts merge to the empty one; what is no context gives null",
    feelin: "gives null for the empty list by name, and takes a list for a context",
    when: (d) => d.op === "context merge()" && (is(d.theirs, "null") ? d.args[0].items?.length === 0 : isNull(d.ours) && is(d.args[0], "list")),
  },
  {
    name: "null for what may be left out",
    clause: "10.3.4",
    asks: "a parameter that may be left out may be null",
    feelin: "takes null for a length of nought",
    when: (d) => ["substring()", "sublist()"].includes(d.op) && isNull(d.args[2] ?? {}) && is(d.theirs, "string", "list"),
  },
  {
    name: "seconds with a fraction",
    clause: "table 72",
    asks: "time() takes a fraction of a second",
    feelin: "cuts it off",
    when: (d) => d.op === "time()" && is(d.ours, "time") && is(d.theirs, "time") && is(d.args[2], "number") && !whole(d.args[2]),
  },
  {
    name: "position from the end",
    clause: "table 75",
    asks: "list replace(), remove() and insert before() count a negative position from the end",
    feelin: "leaves the item there as well, or takes another away",
    when: (d) => ["list replace()", "remove()", "insert before()"].includes(d.op) && is(d.ours, "list") && is(d.theirs, "list") && is(d.args[1], "number") && d.args[1].value < 0,
  },
  {
    name: "characters, not code units",
    clause: "table 74",
    asks: "positions count characters",
    feelin: "counts the halves of a surrogate pair from the end",
    when: (d) => d.op === "substring()" && is(d.theirs, "string") && /[\u{10000}-\u{10ffff}]/u.test(d.args[0].value) && d.args[1].value < 0,
  },
  {
    name: "names of parameters",
    clause: "tables 74, 75",
    asks: "sublist() has 'start position', as substring()",
    feelin: "calls it 'start'",
    when: (d) => d.op === "sublist()" && d.node.named && isNull(d.theirs),
  },
  {
    name: "list of one",
    clause: "10.3.2.9.4",
    asks: "a list of one stands for its item",
    feelin: "does not do so for every function",
    when: (d) => d.op === "abs()" && is(d.args[0], "list") && d.args[0].items.length === 1 && isNull(d.theirs),
  },
  {
    name: "entries in their order",
    clause: "table 81",
    asks: "entries come as they are written",
    feelin: "puts names that are whole numbers first",
    when: (d) => d.op === "get entries()" && is(d.theirs, "list") && d.ours.items.length === d.theirs.items.length && [...d.args[0].entries.keys()].some((name) => /^\d+$/.test(name)),
  },
  {
    name: "seconds of a duration",
    clause: "table 66",
    asks: "seconds are a decimal",
    feelin: "leaves fractions out",
    when: (d) => [".second", ".seconds"].includes(d.op) && is(d.ours, "number") && is(d.theirs, "number") && Math.trunc(d.ours.value) === d.theirs.value,
  },
  {
    name: "types without their parameters",
    clause: "table 61",
    asks: "list, context, range and function name no type without parameters, and instance of them is null",
    feelin: "takes them for any list, context",
    when: (d) => d.op === "instance of" && isNull(d.ours) && /instance of (list|context|range|function)\)$/.test(d.text) && is(d.theirs, "boolean"),
  },
  {
    name: "null within",
    clause: "10.3.2.9.2; table 61",
    asks: "Null conforms to every type, so a list or context that holds null may be of it",
    feelin: "takes null for of no type",
    when: (d) => d.op === "instance of" && is(d.args[0], "list", "context") && has(d.args[0], "null") && is(d.ours, "boolean") && d.ours.value,
  },
  {
    name: "years before 0",
    clause: "10.3.2.3.5",
    asks: "a text that is no date is null; one before the year 0 is a date",
    feelin: "throws",
    when: (d) => is(d.theirs, "error") && /negative date/.test(d.theirs.text) && !is(d.ours, "error"),
  },
  {
    name: "times to the second",
    clause: "table 53",
    asks: "times are equal when hour, minute, second and offset are",
    feelin: "compares milliseconds",
    when: (d) => ["=", "!=", "in"].includes(d.op) && is(d.ours, "boolean") && is(d.theirs, "boolean") && d.args.every((v) => is(v, "time", moment)) && d.args.some((v) => v.value.includes(".")),
  },
  {
    name: "a day is 24 hours",
    clause: "table 57",
    asks: "a days and time duration is added to the moment as seconds",
    feelin: "adds days to the clock of the zone",
    when: (d) => ["+", "-"].includes(d.op) && is(d.ours, moment) && is(d.theirs, moment) && anyIs(d, days) && d.ours.value.includes("@"),
  },
  {
    name: "offset of whole seconds",
    clause: "table 72",
    asks: "an offset is of whole seconds",
    feelin: "cuts fractions off",
    when: (d) => d.op === "time()" && isNull(d.ours) && is(d.theirs, "time") && is(d.args[3], days) && d.args[3].value % 1_000_000_000n !== 0n,
  },
  {
    name: "date and time of a date and time",
    clause: "table 72",
    asks: "date and time() takes a date and time as it is",
    feelin: "gives null",
    when: (d) => d.op === "date and time()" && d.args.length === 1 && is(d.args[0], moment, "date") && isNull(d.theirs),
  },
  {
    name: "times that went round the clock",
    clause: "10.3.2.3.4",
    asks: "a time plus a duration is a time like any other",
    feelin: "does not take every such time for a time again",
    when: (d) => d.op === "date and time()" && !d.reduced && is(d.ours, moment) && isNull(d.theirs) && is(d.args[1], "time"),
  },
  {
    name: "filter of null",
    clause: "10.3.2.5; table 68",
    asks: "a filter that is null for an item leaves it out",
    feelin: "makes the whole null",
    when: (d) => ["filter", "index"].includes(d.op) && is(d.ours, "list") && isNull(d.theirs) && is(d.args[1], "null"),
  },
  {
    name: "points and ranges of other kinds",
    clause: "table 78",
    asks: "what is not ordered stands in no relation: null",
    feelin: "compares what JavaScript compares",
    when: (d) => ["before()", "after()", "includes()", "overlaps()", "meets()", "met by()"].includes(d.op) && isNull(d.ours) && is(d.theirs, "boolean", "error") && !sameOrder(d.args),
  },
  {
    name: "range in parentheses or brackets",
    clause: "10.3.1.2, rules 8-12",
    asks: "a range may open outwards, wherever an expression stands",
    feelin: "does not read it there",
    when: (d) => is(d.theirs, "error") && /Unrecognized|Incomplete/.test(d.theirs.text) && / \.\. [^\]]*\[/.test(d.text),
  },
];

// Is some of it with a zone, some without (a date counts as UTC)?
function mixedZones(args) {
  const all = args.flatMap((v) => [...inside(v)]).filter((v) => is(v, ...temporal));
  const zones = all.map((v) => (v.kind === "date" ? null : zoned(v)));
  return zones.includes(true) && zones.includes(false) || (zones.includes(null) && zones.includes(false));
}

// Are all points of the arguments of one kind, with zones or without?
function sameOrder(args) {
  const points = args.flatMap((v) => (is(v, "range") ? [v.low, v.high] : [v])).filter((v) => v.kind !== "null");
  const whole = args.every((v) => !is(v, "null"));
  return whole && points.length >= args.length && points.every((v) => v.kind === points[0].kind && orderly.includes(v.kind)) && !mixedZones(points);
}

const digits = (v) => v.text.replace(/^-?[0.]*|[eE].*$|[.]/g, "").length;
const sorted = (items) => items.every((v, i) => i === 0 || items[i - 1].value <= v.value);

// Does a number among the arguments point outside of what stands first, or is it no whole number?
function outside(args) {
  const first = is(args[0], "list") ? args[0].items.length : is(args[0], "string") ? [...args[0].value].length : 1;
  const [at, length] = args.slice(1).map((v) => single(v));
  if (!is(at, "number") || !whole(at) || at.value === 0 || Math.abs(at.value) > first) return true;
  if (!is(length, "number")) return isNull(length ?? { kind: "absent" });
  return !whole(length) || length.value < 1 || length.value + (at.value < 0 ? first + at.value : at.value - 1) > first;
}

export const classOf = (difference) => classes.find((one) => one.when(difference)) ?? null;
