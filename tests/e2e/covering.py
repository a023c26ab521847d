"""What lies over what: controls that something fixed to the window hides where the keyboard leads to them."""

from __future__ import annotations

from playwright.sync_api import Page

_MOST = 80  # controls of a page that are looked at, from its top
_HIDDEN = """(most) => {
  const parent = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  const within = (outer, node) => {
    for (; node; node = parent(node)) if (node === outer) return true;
    return false;
  };
  const stuck = (node) => {
    for (; node; node = parent(node)) if (["fixed", "sticky"].includes(getComputedStyle(node).position)) return node;
    return null;
  };
  const at = (x, y) => {
    let node = document.elementFromPoint(x, y);
    for (;;) {
      const inner = node?.shadowRoot?.elementFromPoint(x, y);
      if (!inner || inner === node) return node;
      node = inner;
    }
  };
  const called = (node) => {
    const words = node.getAttribute("aria-label") || node.textContent.trim() || node.tagName;
    return `${node.dataset?.testid ?? node.className ?? ""} “${words.slice(0, 40)}”`;
  };
  const controls = [];
  const gather = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.matches("a[href], button, input, select, textarea, summary, [tabindex='0']")) controls.push(node);
      if (node.shadowRoot) gather(node.shadowRoot);
    }
  };
  const main = document.querySelector("[data-testid=stMain]");
  gather(main);
  const found = [];
  let looked = 0;
  for (const node of controls.slice(0, most)) {
    if (node.disabled || !node.checkVisibility({ visibilityProperty: true })) continue;
    main.scrollTop += node.getBoundingClientRect().bottom - innerHeight; // at the foot of the window, where it may lie
    node.focus();
    const box = node.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const over = at(x, y);
    if (!over) continue;
    looked += 1;
    const by = within(node, over) || within(over, node) ? null : stuck(over);
    if (by && !within(by, node)) found.push(`${called(node)} under ${called(by)}`);
  }
  document.activeElement?.blur();
  return [looked, found];
}"""


def hidden(page: Page) -> list[str]:
    """The controls of a page that lie under something fixed or sticky once they have the focus, each with what by."""
    looked, found = page.evaluate(_HIDDEN, _MOST)
    assert looked or not page.get_by_test_id("stMain").locator("button, a, input").count()
    return [str(one) for one in found]
