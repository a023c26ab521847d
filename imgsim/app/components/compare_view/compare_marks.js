// What is drawn over the plates: the places found in both, numbered, joined from plate to plate, with what people wrote.

// Okabe and Ito's colours, without the black, so that neighbouring numbers are told apart by colour too.
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
const RADIUS = 8.5; // of a number, in CSS pixels
const ROOM = 34; // letters of what is written beside it; all of it stands below

/**
 * Draw numbered points on the panes. `points` are { number, at: one canvas place a pane, words, chosen }; `panes` their
 * rectangles; `lines` joins the places of a point. What lies outside its pane is left out. Returns what was drawn.
 */
export function drawPoints(canvas, points, panes, dpr, lines) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  const inside = ([x, y], [left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height;
  const shown = points.filter(({ at }) => at.every((place, i) => inside(place, panes[i])));
  shown.sort((one, other) => Boolean(one.words) - Boolean(other.words)); // no number lies on words
  const colour = ({ number }) => COLOURS[(number - 1) % COLOURS.length];
  context.lineWidth = 1.1 * dpr;
  for (const point of lines ? shown : []) {
    context.globalAlpha = 0.5;
    context.strokeStyle = colour(point);
    context.beginPath();
    context.moveTo(...point.at[0]);
    context.lineTo(...point.at.at(-1));
    context.stroke();
  }
  context.globalAlpha = 1;
  context.textBaseline = "middle";
  for (const point of shown) {
    if (point.words) written(context, point.words, ...point.at[0], dpr, panes[0][0] + panes[0][2]);
    for (const [x, y] of point.at) {
      context.beginPath();
      context.arc(x, y, RADIUS * dpr, 0, 2 * Math.PI);
      context.fillStyle = colour(point);
      context.fill();
      context.lineWidth = (point.chosen ? 3 : 1.1) * dpr;
      context.strokeStyle = point.chosen ? "#000" : "#fff";
      context.stroke();
      context.textAlign = "center";
      context.font = `600 ${10 * dpr}px sans-serif`;
      context.fillStyle = "#fff";
      context.fillText(String(point.number), x, y + 0.5 * dpr);
    }
  }
  return shown;
}

/** Words beside a number, on paper of their own, on the side where there is room. */
function written(context, words, x, y, dpr, edge) {
  context.font = `${12 * dpr}px sans-serif`;
  context.textAlign = "left";
  const text = cutAtWords(words, ROOM);
  const [pad, wide] = [6 * dpr, context.measureText(text).width];
  const right = x + RADIUS * dpr + wide + 3 * pad <= edge;
  const left = right ? x + 3 * dpr : x - 3 * dpr - RADIUS * dpr - wide - 2 * pad;
  context.fillStyle = "rgb(255 253 247 / 92%)";
  context.strokeStyle = "#6f675c";
  context.lineWidth = dpr;
  context.beginPath();
  context.roundRect(left, y - 10 * dpr, wide + 2 * pad + RADIUS * dpr, 20 * dpr, 4 * dpr);
  context.fill();
  context.stroke();
  context.fillStyle = "#201a10";
  context.fillText(text, right ? left + pad + RADIUS * dpr : left + pad, y);
}

/** A text of at most so many letters, cut between words. */
export function cutAtWords(text, most) {
  if (text.length <= most) return text;
  const end = text.lastIndexOf(" ", most - 1);
  return `${text.slice(0, end > most / 3 ? end : most - 1)}…`;
}

/** The number of the drawn point at a place of the canvas; null where there is none. */
export function pointAt(drawn, x, y, dpr) {
  const near = (place) => Math.hypot(place[0] - x, place[1] - y) <= (RADIUS + 3) * dpr;
  return drawn.findLast(({ at }) => at.some(near))?.number ?? null;
}
