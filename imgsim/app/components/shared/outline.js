// A region drawn on an image that is shown whole (object-fit: contain): an SVG of the same shape lies over it.

const SVG = "http://www.w3.org/2000/svg";

/** Make the drawing of {width, height, points: [[x, y], ...]}, or null where there is none. */
export function outline(region) {
  if (!region) return null;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "outline");
  svg.setAttribute("viewBox", `0 0 ${region.width} ${region.height}`);
  svg.setAttribute("aria-hidden", "true");
  const points = region.points.map((point) => point.join(",")).join(" ");
  // A light line under a dark one shows on ink and on paper alike.
  for (const name of ["halo", "line"]) {
    const polygon = document.createElementNS(SVG, "polygon");
    polygon.setAttribute("class", name);
    polygon.setAttribute("points", points);
    polygon.setAttribute("vector-effect", "non-scaling-stroke");
    svg.append(polygon);
  }
  return svg;
}
