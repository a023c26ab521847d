// Files and folders are dropped or chosen, and sent one after the other as they lie on the disk: none is read into memory.
//
// For tests: [data-testid="imgsim-drop"] with data-state "idle" or "sending", data-sent and data-failed (numbers); its
// inputs are "imgsim-drop-files" and "imgsim-drop-folder".

import { component, element, set, styles, write } from "../shared/common.js";
import { number, tr } from "../shared/translation.js";
import { dropped, chosen } from "./drop_files.js";

const SHOWN = 50; // failures that are listed
const EVERY = 250; // milliseconds between two looks at how far a file has come

class Drop {
  constructor(root, send) {
    this.send = send;
    this.queue = [];
    this.sending = false;
    this.done = { files: 0, bytes: 0 };
    this.all = { files: 0, bytes: 0 };
    this.failed = 0;
    this.build(root);
  }

  build(root) {
    this.files = element("input", { type: "file", multiple: true, hidden: true, "data-testid": "imgsim-drop-files" });
    this.folder = element("input", { type: "file", webkitdirectory: true, hidden: true, "data-testid": "imgsim-drop-folder" });
    const pick = (input, words) => {
      const button = element("button", { type: "button" }, words);
      button.addEventListener("click", () => input.click());
      input.addEventListener("change", () => {
        this.add(chosen(input.files));
        input.value = "";
      });
      return button;
    };
    this.hint = element("p");
    this.bar = element("progress", { max: 1, value: 0, "aria-label": tr("Files that have come") });
    this.line = element("span", { role: "status" });
    const stop = element("button", { type: "button" }, tr("Stop"));
    stop.addEventListener("click", () => this.stop());
    this.going = element("div", { class: "going", hidden: true }, this.bar, element("div", { class: "line" }, this.line, stop));
    this.list = element("ul", { class: "failed", hidden: true, role: "alert" });
    this.node = element(
      "div",
      { "data-testid": "imgsim-drop", "data-state": "idle", "data-sent": 0, "data-failed": 0 },
      element(
        "div",
        { class: "drop" },
        element("b", {}, tr("Drop your scans here")),
        this.hint,
        element("div", { class: "choose" }, pick(this.files, tr("Choose files")), pick(this.folder, tr("Choose a folder"))),
        this.files,
        this.folder,
      ),
      this.going,
      this.list,
    );
    const area = this.node.firstElementChild;
    const over = (event, is) => {
      event.preventDefault();
      set(area, "data-over", is);
    };
    area.addEventListener("dragover", (event) => over(event, true));
    area.addEventListener("dragleave", (event) => over(event, false));
    area.addEventListener("drop", async (event) => {
      over(event, false);
      this.add(await dropped(event.dataTransfer));
    });
    root.append(this.node);
  }

  update({ url, hint }) {
    this.url = url;
    write(this.hint, hint);
  }

  add(files) {
    if (!this.sending) {
      this.done = { files: 0, bytes: 0 };
      this.all = { files: 0, bytes: 0 };
      this.failed = 0;
      this.list.replaceChildren();
    }
    this.queue.push(...files);
    this.all.files += files.length;
    this.all.bytes += files.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
    this.draw();
    if (!this.sending) this.work();
  }

  stop() {
    this.queue = [];
    this.request?.abort();
  }

  async work() {
    this.sending = true;
    while (this.queue.length) {
      const one = this.queue.shift();
      const wrong = await this.put(one);
      if (wrong) this.fail(one.path, wrong);
      else this.done.files += 1;
      this.done.bytes += one.file?.size ?? 0;
      this.draw();
    }
    this.sending = false;
    this.draw();
    this.send.trigger("arrived", this.done.files);
  }

  /** Send a file; what hindered it, "" where nothing did. */
  put({ path, file }) {
    return new Promise((resolve) => {
      if (!file) return resolve(tr("it cannot be read."));
      const request = (this.request = new XMLHttpRequest());
      let looked = 0;
      request.open("PUT", this.url + path.split("/").map(encodeURIComponent).join("/"));
      request.upload.addEventListener("progress", (event) => {
        if (event.timeStamp - looked < EVERY) return;
        looked = event.timeStamp;
        this.draw(event.loaded);
      });
      request.addEventListener("load", () => resolve(request.status === 201 ? "" : sentence(request)));
      request.addEventListener("abort", () => resolve(tr("stopped.")));
      request.addEventListener("error", () => resolve(tr("imgsim did not answer. Is it still running?")));
      request.send(file);
      return undefined;
    });
  }

  fail(path, why) {
    this.failed += 1;
    if (this.failed <= SHOWN) this.list.append(element("li", {}, element("b", {}, path), ` ${why}`));
    else if (this.failed === SHOWN + 1) this.list.append(element("li", {}, tr("and more …")));
  }

  draw(more = 0) {
    const bytes = this.done.bytes + more;
    this.bar.value = this.all.bytes ? bytes / this.all.bytes : 1;
    write(
      this.line,
      this.sending || this.queue.length
        ? tr("{sent} of {all} files, {bytes} of {size}", {
            sent: number(this.done.files), all: number(this.all.files), bytes: size(bytes), size: size(this.all.bytes),
          })
        : "",
    );
    set(this.going, "hidden", !this.sending && !this.queue.length);
    set(this.list, "hidden", !this.failed);
    set(this.node, "data-state", this.sending || this.queue.length ? "sending" : "idle");
    set(this.node, "data-sent", this.done.files);
    set(this.node, "data-failed", this.failed);
  }

  dispose() {
    this.stop();
  }
}

function sentence(request) {
  try {
    return JSON.parse(request.responseText).said;
  } catch {
    return tr("it was not taken in ({status}).", { status: request.status });
  }
}

function size(bytes) {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

export default component(Drop, ...(await styles([], "drop.css", import.meta.url)));
