// What the graphics card computes. Places are pixels of plate A's original from its top left corner, y downwards.

const COMMON = `#version 300 es
precision highp float;
uniform mat3 u_matrix;
uniform float u_bent;
uniform vec2 u_sizeA, u_sizeB;
uniform sampler2D u_inkA, u_inkB, u_bend;
out vec4 o_colour;

vec2 toB(vec2 place) {
  vec3 moved = u_matrix * vec3(place, 1.0);
  vec2 found = moved.z > 1e-6 ? moved.xy / moved.z : vec2(-1e6);
  if (u_bent > 0.5) {
    vec2 node = clamp(place / u_sizeA, 0.0, 1.0) * (u_bent - 1.0);
    found += textureLod(u_bend, (node + 0.5) / u_bent, 0.0).rg;
  }
  return found;
}

float inside(vec2 place, vec2 size) {
  vec2 within = step(vec2(0.0), place) * step(place, size);
  return within.x * within.y;
}
`;

/** Ink of A without any of B nearby (red), of B without any of A (green), of both (blue); alpha: both plates are there. */
export const DIFFERENCE = `${COMMON}
uniform vec2 u_target;
uniform float u_tolerance, u_grow;

const vec2 ROUND[8] = vec2[8](vec2(1, 0), vec2(0.7071), vec2(0, 1), vec2(-0.7071, 0.7071),
  vec2(-1, 0), vec2(-0.7071), vec2(0, -1), vec2(0.7071, -0.7071));

float reduced(sampler2D ink, vec2 size, float per) {
  return max(0.0, log2(per * float(textureSize(ink, 0).x) / size.x));
}

float nearby(sampler2D ink, vec2 place, vec2 size, float reach) {
  // a blurred copy, so that eight looks leave no gap between them
  float level = max(0.0, reduced(ink, size, reach) - 0.6);
  float most = textureLod(ink, place / size, level).r;
  for (int i = 0; i < 8; i++) most = max(most, textureLod(ink, (place + ROUND[i] * reach) / size, level).r);
  return most;
}

void main() {
  vec2 a = gl_FragCoord.xy / u_target * u_sizeA;
  vec2 b = toB(a);
  float both = inside(b, u_sizeB);
  float per = u_sizeA.x / u_target.x;
  float inkA = textureLod(u_inkA, a / u_sizeA, reduced(u_inkA, u_sizeA, per)).r;
  float inkB = both * textureLod(u_inkB, b / u_sizeB, reduced(u_inkB, u_sizeB, per * u_grow)).r;
  // Most of a plate is blank: only where one has ink is the other looked round.
  float nearA = inkB > 0.4 ? nearby(u_inkA, a, u_sizeA, u_tolerance) : 1.0;
  float nearB = inkA > 0.4 ? nearby(u_inkB, b, u_sizeB, u_tolerance * u_grow) * both : 1.0;
  float onlyA = smoothstep(0.4, 0.75, inkA) * (1.0 - smoothstep(0.12, 0.3, nearB)) * both;
  float onlyB = smoothstep(0.4, 0.75, inkB) * (1.0 - smoothstep(0.12, 0.3, nearA));
  o_colour = vec4(onlyA, onlyB, max(inkA - onlyA, inkB - onlyB), both);
}`;

export const PLATE = `${COMMON}
uniform sampler2D u_a, u_b, u_diff;
uniform vec2 u_corner, u_diffSize;
uniform vec3 u_view;
uniform int u_kind, u_even;
uniform float u_mix, u_split, u_differ;
uniform vec4 u_levels; // of A, its ink, B, its ink

const vec3 PAPER = vec3(0.992, 0.984, 0.965);
const vec3 ONLY_A = vec3(0.835, 0.369, 0.0), ONLY_B = vec3(0.0, 0.447, 0.698);

vec3 printed(sampler2D ink, vec2 at, float level) {
  return PAPER * (1.0 - 0.93 * textureLod(ink, at, level).r);
}

void main() {
  vec2 here = vec2(gl_FragCoord.x - u_corner.x, u_corner.y - gl_FragCoord.y);
  vec2 a = u_view.xy + here * u_view.z;
  vec2 b = u_kind == 6 ? a : toB(a);
  float onA = u_kind == 6 ? 0.0 : inside(a, u_sizeA), onB = inside(b, u_sizeB);
  float weightA = onA, weightB = 0.0;
  if (u_kind == 1 || u_kind == 6) { weightA = 0.0; weightB = onB; }
  if (u_kind == 2) { weightA = onA * (1.0 - u_mix); weightB = onB * u_mix; }
  if (u_kind == 4) { float right = step(u_split, here.x); weightA = onA * (1.0 - right); weightB = onB * right; }
  float alpha = u_kind == 3 || u_kind == 5 ? max(onA, onB) : min(1.0, weightA + weightB);
  // Levels of detail are given, not derived, so that each pixel asks only for what it shows.
  o_colour = vec4(0.0);
  if (alpha == 0.0) return;
  vec2 atA = a / u_sizeA, atB = b / u_sizeB;
  if (u_kind != 3 && u_kind != 5) {
    vec3 sum = vec3(0.0);
    if (weightA > 0.0) sum += weightA * (u_even == 1 ? printed(u_inkA, atA, u_levels.y) : textureLod(u_a, atA, u_levels.x).rgb);
    if (weightB > 0.0) sum += weightB * (u_even == 1 ? printed(u_inkB, atB, u_levels.w) : textureLod(u_b, atB, u_levels.z).rgb);
    o_colour = vec4(sum / max(weightA + weightB, 1e-4) * alpha, alpha);
    return;
  }
  float inkA = textureLod(u_inkA, atA, u_levels.y).r * onA, inkB = textureLod(u_inkB, atB, u_levels.w).r * onB;
  vec3 colour = vec3(1.0 - inkB, vec2(1.0 - inkA)) * PAPER;
  if (u_kind == 5) {
    vec2 at = atA;
    vec4 found = textureLod(u_diff, at, u_differ);
    float fine = log2(max(u_diffSize.x, u_diffSize.y) / 1000.0);
    // A speck of a pixel or two is dirt: what counts has others of its kind about it.
    vec2 around = smoothstep(vec2(0.05), vec2(0.16), textureLod(u_diff, at, max(0.0, 2.3 + fine)).rg);
    vec2 wide = textureLod(u_diff, at, max(0.0, 4.6 + fine)).rg;
    vec2 glow = smoothstep(vec2(0.02), vec2(0.14), wide) * onA;
    vec2 only = found.rg * around * onA;
    float same = found.b * onA;
    float compared = onA * onB;
    colour = mix(PAPER * 0.94, PAPER, compared);
    colour = mix(colour, mix(ONLY_A, vec3(1.0), 0.35), 0.42 * glow.x * compared);
    colour = mix(colour, mix(ONLY_B, vec3(1.0), 0.35), 0.42 * glow.y * compared);
    colour = mix(colour, vec3(0.62, 0.60, 0.57), max(same * compared, max(inkA, inkB) * (1.0 - compared) * 0.6) * 0.85);
    colour = mix(colour, ONLY_A, only.x);
    colour = mix(colour, ONLY_B, only.y);
  }
  o_colour = vec4(colour * alpha, alpha);
}`;
