// Texts in the reader's language, as imgsim/base/translation.py says them in Python. Where it is not English, a script
// that the page loads before all others puts the catalogue there.

const { language = "en", plural, texts = {}, counted = {} } = globalThis.imgsimWords ?? {};
const CUSTOM = language === "en" ? "en-GB" : language;

/** A text, its {values} filled in. */
export function tr(message, values = {}) {
  return filled(texts[message] ?? message, values);
}

/** A text that depends on a number, which it has as {n}, written by the reader's custom. */
export function trn(one, many, n, values = {}) {
  const said = counted[one]?.[plural(n)] ?? (n === 1 ? one : many);
  return filled(said, { n: number(n), ...values });
}

/** A number as the reader writes it: 13,151. */
export function number(value) {
  return value.toLocaleString(CUSTOM);
}

function filled(said, values) {
  return said.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
