// The same drawing without a graphics card: a plain canvas, plate B laid on by an affine transform, without a bend.

import { apply, inverse } from "./compare_camera.js";

const LARGEST = 900; // of the pictures of ink: they are made pixel by pixel

export class FlatRenderer {
  constructor(canvas) {
    this.name = "canvas";
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.inks = {};
    this.made = new Map();
  }

  image(which, image, size) {
    this[which] = { image, ...size };
    this.made.clear();
  }

  ink(which, ink) {
    this.inks[which] = ink;
    this.made.clear();
  }

  map(matrix) {
    this.matrix = matrix;
    this.made.delete("difference");
  }

  draw({ panes, mix, split, even, tolerance }) {
    const { context, canvas } = this;
    if (!this.a || !this.b || !this.matrix) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const { rect, view, kind } of panes) {
      const plate = (which, alpha, how = {}) => this.plate(rect, view, which, { even, alpha, printed: kind === "printed", ...how });
      if (kind === "a") plate("a", 1);
      else if (kind === "b" || kind === "printed") plate("b", 1);
      else if (kind === "mix") {
        plate("a", 1);
        plate("b", mix);
      } else if (kind === "swipe") {
        plate("a", 1, { from: 0, to: split });
        plate("b", 1, { from: split, to: rect[2] });
      } else if (kind === "overlay") {
        plate("a", 1, { picture: this.tinted("a", [255, 0, 0]) });
        plate("b", 1, { picture: this.tinted("b", [0, 255, 255]), blend: "multiply" });
      } else plate("a", 1, { picture: this.compared(tolerance) });
    }
  }

  plate([left, top, width, height], [x, y, per], which, { alpha, from = 0, to = width, picture, even, blend, printed }) {
    const { context } = this;
    const size = this[which];
    const shown = picture ?? (even ? this.tinted(which, [18, 16, 14]) : size.image);
    context.save();
    context.beginPath();
    context.rect(left + from, top, Math.max(0, to - from), height);
    context.clip();
    context.globalAlpha = alpha;
    context.globalCompositeOperation = blend ?? "source-over";
    context.setTransform(1 / per, 0, 0, 1 / per, left - x / per, top - y / per);
    if (which === "b" && !printed) context.transform(...this.affine());
    context.drawImage(shown, 0, 0, size.width, size.height);
    context.restore();
  }

  /** From B to A, as a canvas wants it: exact at three places of B, which is all that an affine transform can be. */
  affine() {
    const back = inverse(this.matrix);
    const { width, height } = this.b;
    const [[x, y], [x1, y1], [x2, y2]] = [apply(back, 0, 0), apply(back, width, 0), apply(back, 0, height)];
    return [(x1 - x) / width, (y1 - y) / width, (x2 - x) / height, (y2 - y) / height, x, y];
  }

  /** The ink of a plate in one colour, on white. */
  tinted(which, colour) {
    const ink = this.inks[which];
    return this.make(`${which}${colour}`, ink.width, ink.height, (pixels) => {
      for (let i = 0, j = 0; i < ink.data.length; i++, j += 4) {
        for (let k = 0; k < 3; k++) pixels[j + k] = 255 - ((255 - colour[k]) * ink.data[i]) / 255;
        pixels[j + 3] = 255;
      }
    });
  }

  /** The difference of the inks in A's frame: orange only in A, blue only in B, grey in both. */
  compared(tolerance) {
    const { a, b } = this.inks;
    const share = Math.min(1, LARGEST / Math.max(a.width, a.height));
    const [width, height] = [Math.round(a.width * share), Math.round(a.height * share)];
    return this.make("difference", width, height, (pixels) => {
      const per = this.a.width / width;
      const reach = Math.max(1, Math.round(tolerance / per));
      const sampled = [new Uint8Array(width * height), new Uint8Array(width * height)];
      for (let y = 0, i = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          const [px, py] = [(x + 0.5) * per, (y + 0.5) * per];
          sampled[0][i] = at(a, px / this.a.width, py / this.a.height);
          const [bx, by] = apply(this.matrix, px, py);
          sampled[1][i] = at(b, bx / this.b.width, by / this.b.height);
        }
      }
      const near = sampled.map((ink) => widened(ink, width, height, reach));
      for (let i = 0, j = 0; i < width * height; i++, j += 4) {
        const [inkA, inkB] = [sampled[0][i], sampled[1][i]];
        const colour = inkA > 140 && near[1][i] < 70 ? [213, 94, 0] : inkB > 140 && near[0][i] < 70 ? [0, 114, 178] : null;
        const grey = 252 - 0.38 * Math.max(inkA, inkB);
        pixels.set(colour ? [...colour, 255] : [grey, grey - 2, grey - 6, 255], j);
      }
    }, tolerance);
  }

  make(name, width, height, paint, stamp) {
    const known = this.made.get(name);
    if (known && known.stamp === stamp) return known.canvas;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    paint(image.data);
    context.putImageData(image, 0, 0);
    this.made.set(name, { canvas, stamp });
    return canvas;
  }

  dispose() {
    this.made.clear();
  }
}

function at({ data, width, height }, x, y) {
  const [column, row] = [Math.floor(x * width), Math.floor(y * height)];
  return column < 0 || row < 0 || column >= width || row >= height ? 0 : data[row * width + column];
}

function widened(ink, width, height, reach) {
  const pass = (from, step, count, lines, stride) => {
    const out = new Uint8Array(from.length);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < count; i++) {
        let most = 0;
        for (let j = Math.max(0, i - reach); j <= Math.min(count - 1, i + reach); j++) most = Math.max(most, from[line * stride + j * step]);
        out[line * stride + i * step] = most;
      }
    }
    return out;
  };
  return pass(pass(ink, 1, width, height, width), width, height, width, 1);
}
