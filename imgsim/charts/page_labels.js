// Which labels of the map's regions are seen, in the page that is taken away: as in the app, each from the zoom of its
// level until a part of its region has one of its own, the more important first, and none on another.
const map = document.getElementById("map");
const ZOOMS = [0, 2, 4, 8]; // from which each level is seen
const GAP = 8; // CSS pixels between two labels
const HEIGHT = 20;
const labels = (map.layout.annotations ?? []).map((one, at) => ({ ...one, ...map.layout.meta.labels[at] }));
const pen = document.createElement("canvas").getContext("2d");
pen.font = "13px sans-serif";
const widths = labels.map(({ text }) => pen.measureText(text).width + 12);
const span = ([from, to]) => Math.abs(to - from);
const home = span(map._fullLayout.xaxis.range);

function seen() {
  const { xaxis, yaxis } = map._fullLayout;
  const zoom = home / span(xaxis.range);
  const placed = [];
  return labels.map(({ x, y, level, until }, at) => {
    if (zoom < 0.99 * ZOOMS[level] || (until !== null && zoom >= ZOOMS[until])) return false;
    const [left, top, wide] = [xaxis.d2p(x), yaxis.d2p(y), widths[at]];
    const free = placed.every((one) =>
      Math.abs(one.left - left) >= (one.wide + wide) / 2 + GAP || Math.abs(one.top - top) >= HEIGHT + GAP);
    if (free) placed.push({ left, top, wide });
    return free;
  });
}

function show() {
  const changes = {};
  seen().forEach((visible, at) => {
    if (map.layout.annotations[at].visible !== visible) changes[`annotations[${at}].visible`] = visible;
  });
  if (Object.keys(changes).length) Plotly.relayout(map, changes);
}

if (labels.length) {
  map.on("plotly_relayout", show);
  show();
}
