/*
 * console.table.
 */
import { displayWidth, inspect } from "ext:web/inspect.js";

const { isInteger } = Number;
const { keys: objectKeys } = Object;

function cellText(value) {
  return inspect(value, { depth: 1, compact: 3, breakLength: Infinity });
}

/*
 * One row per entry of `data`. Entries that are objects spread over one column per property, in order of first
 * appearance; all others stand in "Values". A Map has "Key" and "Values".
 */
export function tableOf(data, properties) {
  const isMap = data instanceof Map;
  const isSet = data instanceof Set;
  const iterated = isMap || isSet;
  const rows = isMap ? [...data.entries()].map(([key, value], i) => [i, value, key]) : isSet ? [...data.values()].map((value, i) => [i, value]) : objectKeys(data).map((key) => [key, data[key]]);
  const columns = new Map(); // name -> cells by row
  for (const name of properties ?? []) columns.set(name, []);
  const values = [];
  const indexes = [];
  let anyValue = false;
  rows.forEach(([index, value], row) => {
    indexes.push(String(index));
    const spread = value !== null && typeof value === "object" && !isMap;
    if (!spread) {
      values[row] = cellText(value);
      anyValue = true;
      return;
    }
    for (const name of properties ?? objectKeys(value)) {
      if (!(name in value)) continue;
      let cells = columns.get(name);
      if (cells === undefined) columns.set(name, cells = []);
      cells[row] = cellText(value[name]);
    }
  });
  const headings = [iterated ? "(iter idx)" : "(idx)"];
  const cells = [indexes];
  if (isMap) {
    headings.push("Key");
    cells.push(rows.map(([, , key]) => cellText(key)));
  }
  for (const [name, column] of columns) {
    headings.push(name);
    cells.push(column);
  }
  if (anyValue) {
    headings.push("Values");
    cells.push(values);
  }
  return drawTable(headings, cells, rows.length);
}

function drawTable(headings, columns, height) {
  const widths = [];
  const rightAligned = [];
  headings.forEach((heading, i) => {
    let widest = displayWidth(heading);
    let numeric = true;
    for (let row = 0; row < height; row++) {
      const cell = columns[i][row] ?? "";
      widest = Math.max(widest, displayWidth(cell));
      numeric &&= isInteger(+cell);
    }
    widths.push(widest + 2);
    rightAligned.push(numeric);
  });
  const rule = (left, cross, right) => left + widths.map((width) => "\u2500".repeat(width)).join(cross) + right;
  const line = (cells, align) =>
    "\u2502" + cells.map((cell, i) => {
      const room = " ".repeat(widths[i] - displayWidth(cell) - 2);
      return align && rightAligned[i] ? ` ${room}${cell} ` : ` ${cell}${room} `;
    }).join("\u2502") + "\u2502";
  const lines = [rule("\u250c", "\u252c", "\u2510"), line(headings, false), rule("\u251c", "\u253c", "\u2524")];
  for (let row = 0; row < height; row++) lines.push(line(columns.map((column) => column[row] ?? ""), true));
  lines.push(rule("\u2514", "\u2534", "\u2518"));
  return lines.join("\n");
}
