// What was dropped or chosen, as a flat list of {path, file}: folders are walked through, hidden files left out.

/** The files of an input, with their paths below the folder that was chosen. */
export function chosen(files) {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })).filter(visible);
}

/** The files of a drop, folders walked through. */
export async function dropped(transfer) {
  // All entries are asked for at once: after the first wait the drop is over.
  const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const entry of entries) if (entry) await walk(entry, found);
  return found.filter(visible);
}

/** What cannot be read is in the list, too, without a file. */
async function walk(entry, found) {
  try {
    await into(entry, found);
  } catch {
    found.push({ path: entry.fullPath.replace(/^\//, ""), file: null });
  }
}

async function into(entry, found) {
  if (entry instanceof File) {
    found.push({ path: entry.name, file: entry });
  } else if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
  } else {
    const reader = entry.createReader();
    for (;;) {
      // A reader gives at most a hundred at a time.
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) break;
      for (const one of some) await walk(one, found);
    }
  }
}

function visible({ path }) {
  return !path.split("/").some((part) => part.startsWith(".") || part === "Thumbs.db" || part === "__MACOSX");
}
