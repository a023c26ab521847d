// What is drawn over the plates: the places found in both, joined from plate to plate.

// Okabe and Ito's colours, without the black, so that neighbouring numbers are told apart by colour too.
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];

/**
 * Draw numbered points on both panes. `points` are pairs of canvas places [[xA, yA], [xB, yB]]; `panes` their
 * rectangles; `lines` joins each pair. What lies outside its pane is left out.
 */
export function drawPoints(canvas, points, panes, dpr, lines) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!points.length) return 0;
  const inside = ([x, y], [left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height;
  const shown = points.map((pair, number) => ({ pair, number })).filter(({ pair }) => pair.every((place, i) => inside(place, panes[i])));
  context.lineWidth = 1.1 * dpr;
  if (lines) {
    for (const { pair: [a, b], number } of shown) {
      context.globalAlpha = 0.5;
      context.strokeStyle = COLOURS[number % COLOURS.length];
      context.beginPath();
      context.moveTo(...a);
      context.lineTo(...b);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = `600 ${10 * dpr}px sans-serif`;
  for (const { pair, number } of shown) {
    for (const [x, y] of pair) {
      context.beginPath();
      context.arc(x, y, 8.5 * dpr, 0, 2 * Math.PI);
      context.fillStyle = COLOURS[number % COLOURS.length];
      context.fill();
      context.strokeStyle = "#fff";
      context.stroke();
      context.fillStyle = "#fff";
      context.fillText(String(number + 1), x, y + 0.5 * dpr);
    }
  }
  return shown.length;
}
