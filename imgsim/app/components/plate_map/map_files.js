// The map's files: fetched once a page, checked, kept while the page is open.

import { bytes } from "../shared/common.js";

const KEPT = 4;
const CHANGED = 204; // no content: the server has other colours or ties by now than those that were asked for
const kept = new Map();

/** Float32Array of x, y pairs from a points file. */
export function fetchPoints(url, count) {
  return once(url, async (answer) => new Float32Array(body(await answer.arrayBuffer(), "IMGP", count, 8)));
}

/** Uint8Array of palette places from a tones file. */
export function fetchTones(url, count) {
  return once(url, async (answer) => new Uint8Array(body(await answer.arrayBuffer(), "IMGT", count, 1)));
}

/** Uint32Array of rows, two for each line. */
export function fetchTies(url) {
  return once(url, async (answer) => {
    const buffer = await answer.arrayBuffer();
    return new Uint32Array(body(buffer, "IMGL", new DataView(buffer).getUint32(8, true), 8));
  });
}

/** The rows that a search finds, ascending. */
export function fetchFound(url, count) {
  return once(url, async (answer) => {
    const mask = bytes(await answer.text());
    if (mask.length !== Math.ceil(count / 8)) throw new Error("the answer is of another collection");
    return rowsOf(mask, count);
  });
}

/** The rows whose bit is set. */
export function rowsOf(mask, count) {
  const rows = [];
  for (let row = 0; row < count; row++) if ((mask[row >> 3] >> (row & 7)) & 1) rows.push(row);
  return rows;
}

/** { id, title, thumbnail, detail }: lists by row. */
export function fetchLabels(url, count) {
  return once(url, async (answer) => {
    const labels = await answer.json();
    if (labels.id?.length !== count) throw new Error(`labels of ${labels.id?.length} plates for ${count} points`);
    return labels;
  });
}

/** [{ words, x, y, box, level, until }]: what the regions are called, the more important first. */
export function fetchRegions(url) {
  return once(url, (answer) => answer.json());
}

/**
 * [{ row, image, width, height }]: the pictures of these rows that can be drawn, each in the upper left of a square
 * ImageBitmap. They are kept where they are drawn, not here.
 */
export async function fetchPictures(url, rows) {
  const answer = await fetch(url + rows.join("-"));
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const buffer = await answer.arrayBuffer();
  const start = 16 + 2 * rows.length;
  const header = new DataView(buffer);
  if (kindOf(buffer) !== "IMGS" || header.getUint32(8, true) !== rows.length) throw new Error("the file is not one of the map's");
  const cell = header.getUint32(12, true);
  const sheet = await createImageBitmap(new Blob([buffer.slice(start)], { type: "image/webp" }));
  const columns = sheet.width / cell;
  const cut = async (row, place) => {
    const [width, height] = new Uint8Array(buffer, 16 + 2 * place, 2);
    const [left, top] = [(place % columns) * cell, Math.floor(place / columns) * cell];
    return width && { row, width, height, image: await createImageBitmap(sheet, left, top, cell, cell) };
  };
  const pictures = await Promise.all(rows.map(cut));
  sheet.close();
  return pictures.filter(Boolean);
}

function once(url, read) {
  if (!kept.has(url)) {
    const file = fetch(url).then((answer) => {
      if (answer.status === CHANGED) throw Object.assign(new Error("a decision changed it"), { changed: true });
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      return read(answer);
    });
    // A failure is not kept: the next rerun tries again.
    file.catch(() => kept.delete(url));
    if (kept.size >= KEPT * 3) kept.delete(kept.keys().next().value);
    kept.set(url, file);
  }
  return kept.get(url);
}

function kindOf(buffer) {
  return buffer.byteLength >= 16 && String.fromCharCode(...new Uint8Array(buffer, 0, 4));
}

function body(buffer, kind, count, size) {
  const header = new DataView(buffer);
  if (kindOf(buffer) !== kind || header.getUint32(4, true) !== 1) throw new Error("the file is not one of the map's");
  const held = header.getUint32(8, true);
  if (held !== count || buffer.byteLength !== 16 + held * size) {
    throw new Error(`the file holds ${held} points where ${count} were expected`);
  }
  return buffer.slice(16);
}
