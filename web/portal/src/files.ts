// Files as the browser hands them over: chosen, a whole folder, or dropped.

export interface PickedFile {
  /** With its folders, parted by `/`. */
  readonly name: string;
  readonly file: File;
}

/** What an `<input type=file>` holds, with the folder's path where a folder was chosen. */
export function filesOfInput(input: HTMLInputElement): PickedFile[] {
  return Array.from(input.files ?? [], (file) => ({
    name: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath,
    file,
  }));
}

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => {
    entry.file(resolve, reject);
  });

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    // Chromium hands out 100 at a time, then none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return entries;
    entries.push(...some);
  }
}

async function filesOfEntry(entry: FileSystemEntry): Promise<PickedFile[]> {
  if (entry.isFile) {
    const file = await fileOf(entry as FileSystemFileEntry);
    return [{ name: entry.fullPath.replace(/^\//, ""), file }];
  }
  const entries = await entriesOf(entry as FileSystemDirectoryEntry);
  const files = await Promise.all(entries.map(filesOfEntry));
  return files.flat();
}

/** What was dropped, folders with all that lies in them. */
export async function filesOfDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  // The entries must be asked for before the first await: later the list is empty.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const found = entries.filter((entry) => entry !== null);
  if (found.length === 0) {
    return Array.from(transfer.files, (file) => ({ name: file.name, file }));
  }
  return (await Promise.all(found.map(filesOfEntry))).flat();
}

/** The name, or `name (2)`, `name (3)` … where it is taken already. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  const dot = name.lastIndexOf(".");
  const cut = dot > name.lastIndexOf("/") + 1 ? dot : name.length;
  let free = name;
  for (let count = 2; taken.has(free.toLowerCase()); count += 1) {
    free = `${name.slice(0, cut)} (${count})${name.slice(cut)}`;
  }
  return free;
}

function sameFile(one: PickedFile, other: PickedFile): boolean {
  return (
    one.name === other.name &&
    one.file.size === other.file.size &&
    one.file.lastModified === other.file.lastModified
  );
}

/** What of `picked` is not held yet, by name, under names that `names` does not hold. */
export function newFiles(
  picked: readonly PickedFile[],
  held: readonly PickedFile[],
  names: readonly string[],
): PickedFile[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...picked]
    .sort((one, other) => order.compare(one.name, other.name))
    .filter((one) => !held.some((other) => sameFile(one, other)))
    .map(({ name, file }) => {
      const free = freeName(name, taken);
      taken.add(free.toLowerCase());
      return { name: free, file };
    });
}
