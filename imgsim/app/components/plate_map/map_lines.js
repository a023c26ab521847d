// The lines between points: from the query to what is verified, and the ties of the families.

const OPACITY = { matches: 0.75, families: 0.8 };

export class Lines {
  /** picture: xy, states, version, query, verified, colourOf(row), painter, changed(). */
  constructor(picture) {
    this.picture = picture;
    this.rows = null; // two for each tie
    this.drawn = 0; // ties
  }

  /** Begin anew: other ties, or the graphics were taken away. */
  forget() {
    this.version = undefined;
  }

  /** Bring the painter's lines up to date. */
  update(colour) {
    const { picture } = this;
    const matches = picture.query === null ? [] : (picture.verified ?? []).flatMap((row) => [picture.query, row]);
    this.fill("matches", matches, () => colour);
    if (this.version === picture.version) return;
    this.version = picture.version;
    const { rows } = this;
    const ties = [];
    for (let at = 0; at < (rows?.length ?? 0); at += 2) {
      if (picture.states[rows[at]] && picture.states[rows[at + 1]]) ties.push(rows[at], rows[at + 1]);
    }
    this.fill("families", ties, (row) => picture.colourOf(row));
    this.drawn = ties.length / 2;
    picture.changed();
  }

  /** colour(row): [red, green, blue], 0 to 255. */
  fill(kind, rows, colour) {
    const { xy, painter } = this.picture;
    const ends = rows.flatMap((row) => {
      const [red, green, blue] = colour(row);
      return [xy[2 * row], xy[2 * row + 1], red / 255, green / 255, blue / 255, OPACITY[kind]];
    });
    painter.fill(kind, new Float32Array(ends));
  }
}
