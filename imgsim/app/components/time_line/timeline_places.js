// Where things stand on a line of time. Plain numbers, so that it can be tried without a browser.

/** The first and the last year of some plates; the same year twice where there is one. */
export function span(members) {
  return [Math.min(...members.map((one) => one.first_year)), Math.max(...members.map((one) => one.last_year))];
}

/** Of a year its distance from the left edge, in pixels, where `room` pixels lie between the first year and the last. */
export function along(year, [first, last], room) {
  return last > first ? ((year - first) / (last - first)) * room : 0;
}

/** The row of each card, so that none lies on another: the first row with room to the left of it. Lefts ascend. */
export function rows(lefts, width) {
  const ends = [];
  return lefts.map((left) => {
    const free = ends.findIndex((end) => end <= left);
    const row = free < 0 ? ends.length : free;
    ends[row] = left + width;
    return row;
  });
}

/** Round years to be named, at most `most` of them: every 1, 2, 5, 10, 20, 50 ... years. */
export function ticks([first, last], most) {
  let step = 1;
  for (let power = 1; (last - first) / step >= most; power *= 10) {
    for (const size of [1, 2, 5, 10]) {
      step = size * power;
      if ((last - first) / step < most) break;
    }
  }
  const found = [];
  for (let year = Math.ceil(first / step) * step; year <= last; year += step) found.push(year);
  return found.length ? found : [first];
}
