// Ink and paper told apart: how much ink stands at each pixel of a scan, whatever the paper's tone and the inking.

const CELLS = 40; // along the longer side
const INKED = 2000; // longest side, in pixels, on which ink is measured

/**
 * Ink of an image's pixels (RGBA, 8 bits each): 0 is paper, 255 is full ink. Paper and ink are measured cell by cell,
 * so that toned, stained or shaded paper comes out blank, and a faint impression as dark as a strong one.
 */
export function inkOf(rgba, width, height) {
  const count = width * height;
  const grey = new Uint8Array(count);
  for (let i = 0, j = 0; i < count; i++, j += 4) grey[i] = (77 * rgba[j] + 150 * rgba[j + 1] + 29 * rgba[j + 2]) >> 8;
  const cell = Math.max(16, Math.ceil(Math.max(width, height) / CELLS));
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  let paper = new Float32Array(columns * rows);
  let dark = new Float32Array(columns * rows);
  const all = new Uint32Array(256);
  const histogram = new Uint32Array(256);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      histogram.fill(0);
      const [right, bottom] = [Math.min(width, (column + 1) * cell), Math.min(height, (row + 1) * cell)];
      for (let y = row * cell; y < bottom; y++) {
        for (let i = y * width + column * cell, end = y * width + right; i < end; i++) histogram[grey[i]]++;
      }
      for (let tone = 0; tone < 256; tone++) all[tone] += histogram[tone];
      paper[row * columns + column] = quantile(histogram, 0.85);
      dark[row * columns + column] = quantile(histogram, 0.03);
    }
  }
  // A cell full of hatching has hardly any paper, and one of blank paper no ink: their neighbours tell.
  paper = spread(spread(paper, columns, rows, Math.max), columns, rows);
  dark = spread(spread(dark, columns, rows, Math.min), columns, rows);
  const usual = Math.max(48, quantile(all, 0.85) - quantile(all, 0.01));
  const ink = new Uint8Array(count);
  for (let y = 0; y < height; y++) {
    const down = place(y, cell, rows);
    for (let x = 0; x < width; x++) {
      const across = place(x, cell, columns);
      const white = between(paper, columns, across, down);
      const contrast = Math.max(0.5 * usual, white - between(dark, columns, across, down));
      const share = (white - grey[y * width + x]) / contrast;
      ink[y * width + x] = Math.min(255, Math.max(0, (share - 0.16) * (255 / 0.6)));
    }
  }
  return ink;
}

function quantile(histogram, share) {
  let total = 0;
  for (const count of histogram) total += count;
  let left = share * total;
  for (let tone = 0; tone < 256; tone++) {
    left -= histogram[tone];
    if (left <= 0) return tone;
  }
  return 255;
}

/** Each cell from the nine about it, by `choose` two by two, or their mean. */
function spread(cells, columns, rows, choose) {
  const out = new Float32Array(cells.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let [value, count] = [choose ? cells[row * columns + column] : 0, 0];
      for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
        for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++, count++) {
          value = choose ? choose(value, cells[r * columns + c]) : value + cells[r * columns + c];
        }
      }
      out[row * columns + column] = choose ? value : value / count;
    }
  }
  return out;
}

function place(pixel, cell, count) {
  return Math.min(count - 1, Math.max(0, (pixel + 0.5) / cell - 0.5));
}

function between(cells, columns, across, down) {
  const [left, top] = [Math.floor(across), Math.floor(down)];
  const [u, v] = [across - left, down - top];
  const first = top * columns + left;
  const right = u > 0 ? 1 : 0;
  const below = v > 0 ? columns : 0;
  return (
    (cells[first] * (1 - u) + cells[first + right] * u) * (1 - v) +
    (cells[first + below] * (1 - u) + cells[first + below + right] * u) * v
  );
}

/** Two pictures of which one is the other's negative: the darker one inverted, as a canvas. */
export function positives(images) {
  const tones = images.map(toneOf);
  return images.map((image, i) => (tones[i] < tones[1 - i] ? inverted(image) : image));
}

function toneOf(image) {
  const context = drawn(image, 32, 32);
  return context.getImageData(0, 0, 32, 32).data.reduce((sum, value) => sum + value, 0);
}

function inverted(image) {
  const { naturalWidth, naturalHeight } = image;
  const context = drawn(image, naturalWidth, naturalHeight);
  context.globalCompositeOperation = "difference";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, naturalWidth, naturalHeight);
  return Object.assign(context.canvas, { naturalWidth, naturalHeight });
}

function drawn(image, width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0, width, height);
  return context;
}

/** The ink of a decoded image: { data, width, height }, no larger than is of use. */
export function inkPicture(image) {
  const share = Math.min(1, INKED / Math.max(image.naturalWidth, image.naturalHeight));
  const [width, height] = [image.naturalWidth, image.naturalHeight].map((side) => Math.max(1, Math.round(side * share)));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0, width, height);
  return { data: inkOf(context.getImageData(0, 0, width, height).data, width, height), width, height };
}
