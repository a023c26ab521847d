// Two plates drawn by the graphics card: every pixel of the stage asks plate A, and plate B through the matrix and bend.

import { scaleAt } from "./compare_camera.js";
import { DIFFERENCE, PLATE } from "./compare_shaders.js";

export const KINDS = { a: 0, b: 1, mix: 2, overlay: 3, swipe: 4, difference: 5, printed: 6 };
const VERTEX = `#version 300 es
void main() { gl_Position = vec4(vec2((gl_VertexID << 1) & 2, gl_VertexID & 2) * 2.0 - 1.0, 0, 1); }`;
const LARGEST_DIFFERENCE = 1400;

export class GlRenderer {
  constructor(canvas) {
    const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, depth: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL2");
    this.name = "webgl2";
    this.gl = gl;
    this.canvas = canvas;
    this.plate = this.program(PLATE);
    this.difference = this.program(DIFFERENCE);
    this.textures = {};
    this.wide = { a: 1, b: 1, inkA: 1, inkB: 1, diff: 1 };
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    for (const name of ["a", "b", "inkA", "inkB", "bend", "diff"]) {
      this.texture(name);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array([0, 0, 0, 0]));
    }
    this.target = gl.createFramebuffer();
    this.stale = true;
  }

  program(fragment) {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) || "shader");
    const places = {};
    for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); i++) {
      const { name } = gl.getActiveUniform(program, i);
      places[name] = gl.getUniformLocation(program, name);
    }
    return { program, places };
  }

  /** Bind a texture by its name, made when first asked for. */
  texture(name) {
    const { gl } = this;
    this.textures[name] ??= gl.createTexture();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.textures[name]);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  }

  smaller() {
    const { gl } = this;
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  }

  /** The picture of plate "a" or "b", whose original has this size. */
  image(which, image, size) {
    const { gl } = this;
    this.texture(which);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, image);
    this.smaller();
    this[which] = size;
    this.wide[which] = image.naturalWidth;
    this.stale = true;
  }

  /** Its ink, uint8, 0 to 255. */
  ink(which, { data, width, height }) {
    const { gl } = this;
    this.texture(which === "a" ? "inkA" : "inkB");
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, height, 0, gl.RED, gl.UNSIGNED_BYTE, data);
    this.smaller();
    this.wide[which === "a" ? "inkA" : "inkB"] = width;
    if (which === "a") this.inkSize = [width, height];
    this.stale = true;
  }

  /** The matrix from A to B, and a bend or null. */
  map(matrix, bend) {
    const { gl } = this;
    this.matrix = new Float32Array(matrix);
    this.bent = bend ? bend.nodes : 0;
    if (bend && this.bend !== bend) {
      this.texture("bend");
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG16F, bend.nodes, bend.nodes, 0, gl.RG, gl.FLOAT, bend.values);
    }
    this.bend = bend;
    this.stale = true;
  }

  use({ program, places }, values, textures) {
    const { gl } = this;
    gl.useProgram(program);
    textures.forEach((name, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, this.textures[name]);
      if (places[`u_${name}`]) gl.uniform1i(places[`u_${name}`], unit);
    });
    const common = { matrix: this.matrix, bent: this.bent, sizeA: [this.a.width, this.a.height], sizeB: [this.b.width, this.b.height] };
    for (const [name, value] of Object.entries({ ...common, ...values })) {
      const at = places[`u_${name}`];
      if (!at) continue;
      if (name === "kind" || name === "even") gl.uniform1i(at, value);
      else if (!value.length) gl.uniform1f(at, value);
      else if (value.length === 9) gl.uniformMatrix3fv(at, true, value);
      else gl[`uniform${value.length}fv`](at, value);
    }
  }

  /** Compare the inks of both plates pixel by pixel of A, once until something changes. */
  compare(tolerance) {
    if (!this.stale && this.tolerance === tolerance) return;
    const { gl } = this;
    const share = Math.min(1, LARGEST_DIFFERENCE / Math.max(...this.inkSize));
    const [width, height] = this.inkSize.map((side) => Math.max(1, Math.round(side * share)));
    this.texture("diff");
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.textures.diff, 0);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.SCISSOR_TEST);
    this.use(this.difference, { target: [width, height], tolerance, grow: scaleAt(this.matrix, this.a.width / 2, this.a.height / 2) }, ["inkA", "inkB", "bend"]);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.texture("diff");
    this.smaller();
    this.diffSize = [width, height];
    this.wide.diff = width;
    [this.stale, this.tolerance] = [false, tolerance];
  }

  /** Draw panes: each with its rectangle and view in pixels of the canvas. */
  draw({ panes, mix, split, even, tolerance }) {
    const { gl, canvas } = this;
    if (!this.a || !this.b || !this.matrix) return;
    if (panes.some((pane) => pane.kind === "difference")) this.compare(tolerance);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    for (const { rect: [x, y, width, height], view, kind } of panes) {
      const bottom = canvas.height - y - height;
      gl.viewport(x, bottom, width, height);
      gl.scissor(x, bottom, width, height);
      this.use(
        this.plate,
        {
          corner: [x, bottom + height], view, kind: KINDS[kind], mix, split, even: even ? 1 : 0,
          diffSize: this.diffSize ?? [1, 1], ...this.levels(view, width, height, kind === "printed"),
        },
        ["a", "b", "inkA", "inkB", "bend", "diff"],
      );
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  }

  /** How much each picture is reduced where it is shown, as levels of its smaller copies. */
  levels([x, y, per], width, height, printed) {
    const level = (name, scale) => Math.max(0, Math.log2((per * scale * this.wide[name]) / this[/a$/i.test(name) || name === "diff" ? "a" : "b"].width) - 0.15);
    const b = printed ? 1 : scaleAt(this.matrix, x + (per * width) / 2, y + (per * height) / 2);
    return { levels: [level("a", 1), level("inkA", 1), level("b", b), level("inkB", b)], differ: level("diff", 1) };
  }

  dispose() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
