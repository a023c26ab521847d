// A picture of what is shown, with a strip below it that says what it is.

import { tr } from "../shared/translation.js";
import { MODES, NAMES, plainly } from "./compare_words.js";

const [GROUND, INK, QUIET] = ["#fbf8f1", "#2b2620", "#6f675c"];

/** One canvas from those of the stage, and the caption's lines: [letter or "", text] each. */
export function picture(layers, dpr, lines) {
  const { width, height } = layers[0];
  const [line, edge] = [20 * dpr, 14 * dpr];
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height + Math.round(lines.length * line + 1.6 * edge);
  const context = canvas.getContext("2d");
  context.fillStyle = GROUND;
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const layer of layers) context.drawImage(layer, 0, 0);
  context.fillStyle = "#ddd3bf";
  context.fillRect(0, height, width, dpr);
  context.textBaseline = "middle";
  lines.forEach(([letter, text], number) => {
    const y = height + edge + (number + 0.4) * line;
    context.fillStyle = INK;
    context.font = `700 ${13 * dpr}px sans-serif`;
    if (letter) context.fillText(letter, edge, y);
    context.font = `${12.5 * dpr}px sans-serif`;
    if (!letter) context.fillStyle = QUIET;
    context.fillText(cut(context, text, width - 3 * edge), edge + (letter ? 1.6 * edge : 0), y);
  });
  return canvas;
}

function cut(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > room) end--;
  return `${text.slice(0, end)}…`;
}

/** What stands below the picture: both plates, what was found, and what the mode shows. */
export function caption({ data, mode, shown, mix }) {
  const { label, says } = MODES[NAMES.indexOf(mode)];
  const how = {
    flicker: ` (${tr("{letter} is shown", { letter: shown.toUpperCase() })})`,
    opacity: ` (${tr("{share} % of B", { share: Math.round(mix * 100) })})`,
  }[mode] ?? "";
  return [
    ["A", data.a.caption],
    ["B", data.b.caption],
    ["", [data.finding, `${label}${how}`, mode === "flicker" ? "" : plainly(says)].filter(Boolean).join(" · ")],
  ];
}

export function fileName({ data: { a, b }, mode }) {
  const safe = (id) => id.replace(/[^\p{L}\p{N}_.-]/gu, "_").slice(0, 60);
  return `imgsim_${safe(a.id)}_${safe(b.id)}_${mode}.png`;
}

/** Hand a canvas to the user as a file. */
export async function save(canvas, name) {
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error(tr("the picture is too large"));
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
