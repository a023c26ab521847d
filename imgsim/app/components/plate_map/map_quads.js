// Pictures drawn with WebGL2: one texture of square slots, and a rectangle with a frame for each picture.

const CELL = 128; // pixels of a slot, as the server's sheets have them
const COLUMNS = 16;
export const FLOATS = 14; // of one picture, see Quads.draw

const VERTEX = `#version 300 es
layout(location = 0) in vec2 position;  // data units
layout(location = 1) in vec2 size;      // CSS pixels, without the frame
layout(location = 2) in vec4 part;      // of the texture: left, top, width, height
layout(location = 3) in vec4 colour;    // of the frame, and the opacity of all
layout(location = 4) in vec2 frame;     // its width and that of the halo round it, CSS pixels
uniform vec4 view;
uniform vec2 stage;                     // CSS pixels
out vec2 place;                         // CSS pixels from the picture's upper left
flat out vec2 whole;
flat out vec4 cut;
flat out vec4 tint;
flat out vec2 edges;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  float border = frame.x + frame.y;
  place = corner * (size + 2.0 * border) - border;
  whole = size;
  cut = part;
  tint = colour;
  edges = frame;
  vec2 away = (place - size * 0.5) * vec2(2.0, -2.0) / stage;
  // On whole pixels, so that lines stay sharp.
  vec2 middle = (position - view.xy) * view.zw;
  gl_Position = vec4(middle + away, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec2 place;
flat in vec2 whole;
flat in vec4 cut;
flat in vec4 tint;
flat in vec2 edges;
uniform sampler2D pictures;
uniform vec3 halo;
out vec4 drawn;
void main() {
  vec2 inside = clamp(place / whole, 0.0, 1.0);
  vec3 shown = texture(pictures, cut.xy + inside * cut.zw).rgb;
  vec2 out2 = max(-place, place - whole);
  float far = max(out2.x, out2.y);
  vec3 colour = far <= 0.0 ? shown : far <= edges.x ? tint.rgb : halo;
  drawn = vec4(colour * tint.a, tint.a);
}`;

export class Quads {
  /** program: the maker of map_draw.js. */
  constructor(gl, program) {
    this.gl = gl;
    this.program = program(gl, VERTEX, FRAGMENT, ["view", "stage", "halo", "pictures"]);
    this.lines = Math.min(2 * COLUMNS, Math.floor(gl.getParameter(gl.MAX_TEXTURE_SIZE) / CELL));
    this.buffer = gl.createBuffer();
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    let offset = 0;
    [2, 2, 4, 4, 2].forEach((size, place) => {
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, size, gl.FLOAT, false, 4 * FLOATS, offset);
      gl.vertexAttribDivisor(place, 1);
      offset += 4 * size;
    });
    gl.bindVertexArray(null);
  }

  /** How many pictures there is room for. */
  get capacity() {
    return COLUMNS * this.lines;
  }

  /** Lay a picture in a slot. The texture is made with the first: most visits need none. */
  lay(slot, image) {
    const { gl } = this;
    if (!this.texture) {
      this.texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, COLUMNS * CELL, this.lines * CELL);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    }
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    const [left, top] = [(slot % COLUMNS) * CELL, Math.floor(slot / COLUMNS) * CELL];
    gl.texSubImage2D(gl.TEXTURE_2D, 0, left, top, gl.RGBA, gl.UNSIGNED_BYTE, image);
  }

  /** The part of the texture that a picture of this size has in a slot; half a pixel in, or its neighbours show. */
  part(slot, width, height) {
    const [wide, high] = [COLUMNS * CELL, this.lines * CELL];
    const [left, top] = [(slot % COLUMNS) * CELL, Math.floor(slot / COLUMNS) * CELL];
    return [(left + 0.5) / wide, (top + 0.5) / high, (width - 1) / wide, (height - 1) / high];
  }

  /** cells: FLOATS a picture: x, y; width, height; part; red, green, blue (0 to 1), opacity; frame, halo. */
  draw(view, camera, cells, halo) {
    const { gl, program } = this;
    if (!cells.length || !this.texture) return;
    gl.useProgram(program.program);
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, cells, gl.DYNAMIC_DRAW);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.uniform4fv(program.view, view);
    gl.uniform2f(program.stage, camera.width, camera.height);
    gl.uniform3fv(program.halo, halo.map((channel) => channel / 255));
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, cells.length / FLOATS);
  }
}
