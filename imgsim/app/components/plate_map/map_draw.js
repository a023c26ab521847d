// Drawing the points with WebGL2. It draws when it is told to, and keeps no clock of its own.
// What is the same all over a point is `flat`: where a processor draws instead of a graphics card, that saves it a third.

import { Quads } from "./map_quads.js";

const POINTS_VERTEX = `#version 300 es
layout(location = 0) in vec2 position;
layout(location = 1) in float tone;   // palette place, 255: no value
layout(location = 2) in float state;  // 0 hidden; bits: 1 shown, 2 selected, 4 found
uniform vec4 view;                    // centre x, y; clip units for one data unit, x, y
uniform float size;                   // device pixels
uniform float ratio;                  // device pixels in one CSS pixel
uniform float dimmed;                 // opacity of what is neither selected nor found, while those stand out
uniform sampler2D palette;
flat out vec4 colour;
flat out float across;
flat out float found;
void main() {
  if (state < 0.5) {                  // out of the picture
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 1.0;
    return;
  }
  gl_Position = vec4((position - view.xy) * view.zw, 0.0, 1.0);
  found = state > 3.5 ? 1.0 : 0.0;
  across = found > 0.5 ? size * 1.3 + 5.0 * ratio : size;
  gl_PointSize = across;
  colour = vec4(texelFetch(palette, ivec2(int(tone + 0.5), 0), 0).rgb, state > 1.5 ? 1.0 : dimmed);
}`;

const POINTS_FRAGMENT = `#version 300 es
precision highp float;
flat in vec4 colour;
flat in float across;
flat in float found;
uniform float ratio;
uniform vec3 ink;
out vec4 drawn;
void main() {
  float far = length(gl_PointCoord - 0.5) * across;
  float alpha = clamp(across * 0.5 - far, 0.0, 1.0) * colour.a;
  // What was found has a dark rim, and keeps its colour inside.
  float rim = found * clamp(far - across * 0.5 + 2.0 * ratio, 0.0, 1.0);
  drawn = vec4(mix(colour.rgb, ink, rim) * alpha, alpha);
}`;

const MARKS_VERTEX = `#version 300 es
layout(location = 0) in vec2 position;
layout(location = 1) in float kind;   // 0 neighbour, 1 query, 2 under the pointer, 3 neighbour that is not verified
uniform vec4 view;
uniform vec4 sizes;                   // device pixels for each kind
flat out float mark;
flat out float size;
void main() {
  mark = kind;
  size = kind < 0.5 ? sizes.x : kind < 1.5 ? sizes.y : kind < 2.5 ? sizes.z : sizes.w;
  gl_Position = vec4((position - view.xy) * view.zw, 0.0, 1.0);
  gl_PointSize = size;
}`;

const MARKS_FRAGMENT = `#version 300 es
precision highp float;
flat in float mark;
flat in float size;
uniform vec3 neighbour;
uniform vec3 query;
uniform vec3 ink;
uniform vec3 halo;
uniform float ring;                   // width of the halo, device pixels
out vec4 drawn;
void main() {
  float far = length(gl_PointCoord - 0.5) * size;
  float edge = size * 0.5;
  float outer = clamp(edge - far, 0.0, 1.0);
  float inner = clamp(edge - ring - far, 0.0, 1.0);
  if (outer <= 0.0) discard;
  if (mark > 1.5) {                   // an empty ring, so that the point's own colour stays seen
    float line = outer * (1.0 - inner);
    drawn = vec4((mark > 2.5 ? neighbour : ink) * line, line);
  } else {
    vec3 fill = mark < 0.5 ? neighbour : query;
    drawn = vec4(mix(halo, fill, inner) * outer, outer);
  }
}`;

const TIES_VERTEX = `#version 300 es
layout(location = 0) in vec2 position;
layout(location = 1) in vec4 tint;    // red, green, blue and opacity, 0 to 1
uniform vec4 view;
out vec4 colour;
void main() {
  colour = vec4(tint.rgb * tint.a, tint.a);
  gl_Position = vec4((position - view.xy) * view.zw, 0.0, 1.0);
}`;

const TIES_FRAGMENT = `#version 300 es
precision highp float;
in vec4 colour;
out vec4 drawn;
void main() {
  drawn = colour;
}`;

const LINES = ["families", "matches"]; // the later lie on top

export class Painter {
  /** Throws an Error where the browser has no WebGL2. */
  constructor(canvas) {
    this.canvas = canvas;
    this.start();
  }

  start() {
    const gl = this.canvas.getContext("webgl2", { antialias: false, depth: false, alpha: true });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    this.points = program(gl, POINTS_VERTEX, POINTS_FRAGMENT, ["view", "size", "ratio", "dimmed", "ink", "palette"]);
    const colours = ["neighbour", "query", "ink", "halo"];
    this.marks = program(gl, MARKS_VERTEX, MARKS_FRAGMENT, ["view", "sizes", "ring", ...colours]);
    this.ties = program(gl, TIES_VERTEX, TIES_FRAGMENT, ["view"]);
    const names = ["xy", "tones", "states", "marks", "chosen", ...LINES];
    this.buffers = Object.fromEntries(names.map((name) => [name, gl.createBuffer()]));
    this.pointsArray = gl.createVertexArray();
    gl.bindVertexArray(this.pointsArray);
    this.attribute(0, this.buffers.xy, 2, gl.FLOAT, 8, 0);
    this.attribute(1, this.buffers.tones, 1, gl.UNSIGNED_BYTE, 1, 0);
    this.attribute(2, this.buffers.states, 1, gl.UNSIGNED_BYTE, 1, 0);
    this.marksArray = gl.createVertexArray();
    gl.bindVertexArray(this.marksArray);
    this.attribute(0, this.buffers.marks, 2, gl.FLOAT, 12, 0);
    this.attribute(1, this.buffers.marks, 1, gl.FLOAT, 12, 8);
    this.lines = {}; // of each kind what it is drawn from, and how many ends it has
    for (const name of LINES) {
      this.lines[name] = { array: gl.createVertexArray(), count: 0 };
      gl.bindVertexArray(this.lines[name].array);
      this.attribute(0, this.buffers[name], 2, gl.FLOAT, 24, 0);
      this.attribute(1, this.buffers[name], 4, gl.FLOAT, 24, 8);
    }
    gl.bindVertexArray(null);
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.quads = new Quads(gl, program);
    this.count = this.markCount = 0;
  }

  attribute(place, buffer, size, type, stride, offset) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, type, false, stride, offset);
  }

  fill(name, data) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, data, name === "marks" || name === "matches" ? gl.DYNAMIC_DRAW : gl.STATIC_DRAW);
    if (name === "xy") this.count = data.length / 2;
    if (name === "marks") this.markCount = data.length / 3;
    if (name in this.lines) this.lines[name].count = data.length / 6;
  }

  /** colours: 256 [red, green, blue], 0 to 255. */
  setPalette(colours) {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    const texels = Uint8Array.from(colours.flatMap((colour) => [...colour, 255]));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  resize(width, height, ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
  }

  /**
   * look: { size, sizes: [4] in CSS pixels; dimmed; neighbour, query, ink, halo: [3] 0 to 255 }; pictures: { cells,
   * beneath }, as map_quads.js takes them, and the rows of points that are drawn again on top of them; rows: Uint32Array of the
   * points in view, ascending, or null for all.
   */
  draw(camera, look, pictures, rows) {
    const { gl, canvas, ratio } = this;
    if (gl.isContextLost()) return;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const view = [camera.x, camera.y, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height];
    const { points, marks, ties } = this;
    if (this.count) {
      gl.useProgram(points.program);
      gl.uniform4fv(points.view, view);
      gl.uniform1f(points.size, look.size * ratio);
      gl.uniform1f(points.ratio, ratio);
      gl.uniform1f(points.dimmed, look.dimmed);
      gl.uniform3fv(points.ink, look.ink.map((channel) => channel / 255));
      this.drawPoints(rows);
    }
    for (const { array, count } of Object.values(this.lines).filter((kind) => kind.count)) {
      gl.useProgram(ties.program);
      gl.bindVertexArray(array);
      gl.uniform4fv(ties.view, view);
      gl.drawArrays(gl.LINES, 0, count);
    }
    this.quads.draw(view, camera, pictures.cells, look.ground);
    if (pictures.beneath.length) this.drawPoints(Uint32Array.from(pictures.beneath));
    if (this.markCount) {
      gl.useProgram(marks.program);
      gl.bindVertexArray(this.marksArray);
      gl.uniform4fv(marks.view, view);
      gl.uniform4fv(marks.sizes, look.sizes.map((size) => size * ratio));
      gl.uniform1f(marks.ring, 2 * ratio);
      for (const name of ["neighbour", "query", "ink", "halo"]) {
        gl.uniform3fv(marks[name], look[name].map((channel) => channel / 255));
      }
      gl.drawArrays(gl.POINTS, 0, this.markCount);
    }
    gl.bindVertexArray(null);
  }

  /** The points of these rows, or all for null; what they look like is set already. */
  drawPoints(rows) {
    const { gl } = this;
    gl.useProgram(this.points.program);
    gl.bindVertexArray(this.pointsArray);
    gl.bindTexture(gl.TEXTURE_2D, this.texture); // the palette
    if (!rows) return gl.drawArrays(gl.POINTS, 0, this.count);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.chosen);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, rows, gl.DYNAMIC_DRAW);
    gl.drawElements(gl.POINTS, rows.length, gl.UNSIGNED_INT, 0);
  }

  /** Give the context back at once: browsers allow only a few at a time. */
  dispose() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function program(gl, vertex, fragment, uniforms) {
  const made = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`the map's shaders do not work here: ${gl.getProgramInfoLog(made)}`);
  }
  return { program: made, ...Object.fromEntries(uniforms.map((name) => [name, gl.getUniformLocation(made, name)])) };
}
