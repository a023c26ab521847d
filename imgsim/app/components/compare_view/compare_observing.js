// Observations below the plates: a number, what is seen there, and what people wrote so far. A click on a number on the
// plates chooses it here.
//
// For tests: the form is "imgsim-observe"; its parts are a select, an input and two buttons.

import { element, set } from "../shared/common.js";
import { tr } from "../shared/translation.js";
import { pointAt } from "./compare_marks.js";

const LONGEST = 600; // letters, as the app takes them

export class Observing {
  /** view: dpr, drawn (the points on the plates), ask(), draw(). */
  constructor(view) {
    this.view = view;
    this.chosen = null; // the number that is marked on the plates
    this.number = element("select", { "aria-label": tr("Number of the point") });
    this.field = element("input", { type: "text", maxlength: LONGEST, "aria-label": tr("What you observe there"), autocomplete: "off" });
    this.save = element("button", { type: "submit", title: tr("Write it down under your name; an empty line removes yours") }, tr("Write down"));
    this.undo = element("button", { type: "button", title: tr("Take back what you wrote last on this pair") }, tr("Undo"));
    this.form = element(
      "form", { class: "observe", "data-testid": "imgsim-observe" },
      element("label", {}, `${tr("Observation at point")} `, this.number), this.field, this.save, this.undo,
    );
    this.list = element("ol", { class: "observations", "aria-label": tr("Observations"), "data-testid": "imgsim-observations" });
    this.node = element("div", {}, this.form, this.list);
    this.number.addEventListener("change", () => this.choose(Number(this.number.value)));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.field.disabled) view.ask("observe", { number: Number(this.number.value), text: this.field.value });
      this.field.value = "";
    });
    this.undo.addEventListener("click", () => view.ask("forget"));
    // What is typed here is no key of the page.
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") event.target.blur();
      event.stopPropagation();
    });
  }

  /** The numbers that can be chosen, who may write, and what was written. */
  update({ points, observed }) {
    const numbers = points.map(([number]) => String(number));
    if (numbers.join() !== [...this.number.options].map((one) => one.value).join()) {
      this.number.replaceChildren(...numbers.map((number) => element("option", { value: number }, number)));
    }
    set(this.node, "hidden", !numbers.length);
    set(this.field, "placeholder", observed.signed ? tr("the broken stem") : tr("Write your name first, above the plates"));
    for (const part of [this.field, this.save]) set(part, "disabled", !observed.signed);
    set(this.undo, "disabled", !observed.undo);
    const key = JSON.stringify(observed.said);
    if (key === this.told) return;
    this.told = key;
    this.list.replaceChildren(...observed.said.map(({ number, text, by }) => element(
      "li", {}, element("b", {}, `${number}: `), element("span", {}, text), element("small", {}, ` ${by}`),
    )));
  }

  /** Mark a point on the plates as the one that is written about. */
  choose(number) {
    this.chosen = number;
    this.number.value = String(number);
    this.view.draw();
  }

  /** Where a number is drawn, in CSS pixels of the stage. */
  placeOf(number) {
    const { drawn, dpr } = this.view;
    return drawn.find((one) => one.number === number)?.at[0].map((side) => side / dpr);
  }

  /** A click on the plates, in their CSS pixels: on a number it means that one. */
  clicked(x, y) {
    const { drawn, dpr } = this.view;
    const number = pointAt(drawn, x * dpr, y * dpr, dpr);
    if (number === null) return;
    this.choose(number);
    if (!this.field.disabled) this.field.focus({ preventScroll: true });
  }
}
