// A region drawn on an image that is shown whole (object-fit: contain): an SVG of the same shape lies over it.

const SVG = "http://www.w3.org/2000/svg";

/** Make the drawing of {width, height, points: [[x, y], ...]}, or null where there is none. */
export function outline(region) {
  return region ? drawing(region, [[region.points, ""]]) : null;
}

/** Make the drawing of {width, height, boxes: [[x0, y0, x1, y1, kind], ...]}, or null where there is none. */
export function rectangles(region) {
  const corners = ([x0, y0, x1, y1]) => [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  return region ? drawing(region, region.boxes.map((box) => [corners(box), box[4]])) : null;
}

function drawing({ width, height }, shapes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "outline");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-hidden", "true");
  for (const [points, kind] of shapes) {
    // A light line under a dark one shows on ink and on paper alike.
    for (const name of ["halo", "line"]) {
      const polygon = document.createElementNS(SVG, "polygon");
      polygon.setAttribute("class", name);
      polygon.setAttribute("data-kind", kind);
      polygon.setAttribute("points", points.map((point) => point.join(",")).join(" "));
      polygon.setAttribute("vector-effect", "non-scaling-stroke");
      svg.append(polygon);
    }
  }
  return svg;
}
