// What the components share. All text from outside is set as text, never as markup.

/** Make an element. Attributes are set as attributes, strings among the children as text. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(made, name, value);
  made.append(...children);
  return made;
}

/** Set an attribute, or remove it for null, undefined and false. */
export function set(target, name, value) {
  if (value === null || value === undefined || value === false) target.removeAttribute(name);
  else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value === true ? "" : value);
}

/** Change an element's text only where it differs, so that unchanged nodes are left alone. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Fill a node with keys, each [caps, what they do], as keyboard.py has them. */
export function keyCaps(node, keys) {
  const key = JSON.stringify(keys);
  if (node.dataset.keys === key) return;
  node.dataset.keys = key;
  const cap = (text) => (text === "–" ? text : element("kbd", {}, text));
  node.replaceChildren(...keys.map(([caps, does]) => element("span", {}, ...caps.map(cap), ` ${does}`)));
}

/** Load common.css, others that lie here, and last the style sheet that lies beside a module: all of them at once. */
export function styles(others, own, module) {
  return Promise.all([...["common.css", ...others].map((name) => sheet(name, import.meta.url)), sheet(own, module)]);
}

async function sheet(name, module) {
  const made = new CSSStyleSheet();
  const answer = await fetch(new URL(name, module));
  if (answer.ok) await made.replace(await answer.text());
  return made;
}

/**
 * Turn a class into the function that Streamlit calls at every rerun.
 *
 * The class is made once for each place on the page; its update(data) is called at every rerun and change of
 * theme, its dispose() when the place goes. `send` has trigger(name, value) and state(name, value).
 */
export function component(Part, ...sheets) {
  const parts = new WeakMap();
  return ({ data, parentElement, setTriggerValue, setStateValue }) => {
    let part = parts.get(parentElement);
    if (!part) {
      const root = parentElement.host ? parentElement : parentElement.getRootNode();
      root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter((sheet) => !sheets.includes(sheet)), ...sheets];
      part = { send: {}, part: null };
      part.part = new Part(parentElement, part.send, data);
      parts.set(parentElement, part);
    }
    part.send.trigger = setTriggerValue;
    part.send.state = setStateValue;
    part.part.update(data, isDark(parentElement.host ?? parentElement));
    // Streamlit may also call this while the place stays, before or after it is drawn anew: then nothing is over.
    return () => setTimeout(() => {
      if (parentElement.isConnected || parts.get(parentElement) !== part) return;
      parts.delete(parentElement);
      part.part.dispose();
    }, 500);
  };
}

/** Whether the page's background is dark, from the theme's own variable. */
function isDark(host) {
  const [red, green, blue] = rgb(getComputedStyle(host).getPropertyValue("--st-background-color")) ?? [255, 255, 255];
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

/** [red, green, blue], 0 to 255, of a colour written #rgb, #rrggbb or rgb(...); null for any other. */
export function rgb(text) {
  const written = text.trim();
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(written);
  if (short) return short.slice(1).map((digit) => parseInt(digit + digit, 16));
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(written);
  if (long) return long.slice(1).map((pair) => parseInt(pair, 16));
  const numbers = /^rgba?\(([^)]+)\)$/.exec(written);
  return numbers ? numbers[1].split(/[\s,/]+/).slice(0, 3).map(Number) : null;
}

/** Bytes of a base64 text. */
export function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** base64 text of bytes. */
export function base64(data) {
  let text = "";
  for (let start = 0; start < data.length; start += 8192) {
    text += String.fromCharCode(...data.subarray(start, start + 8192));
  }
  return btoa(text);
}

/** An image that is there whole, ready to be drawn. */
export async function decode(src) {
  const image = new Image();
  image.src = src;
  await image.decode();
  return image;
}

/** How far a wheel event turns, in pixels, whatever unit the browser counts in. */
export function wheelPixels(event) {
  return event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
}
