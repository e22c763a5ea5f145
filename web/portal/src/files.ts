// Files as the browser hands them over: chosen, a whole folder, or dropped.

export interface PickedFile {
  /** With its folders, parted by `/`. */
  readonly name: string;
  readonly file: File;
}

/** A file that is in the list, as far as it is told from others. */
export interface KnownFile {
  readonly name: string;
  readonly size: number;
  /** When it was changed last, in milliseconds. */
  readonly changed: number;
}

/** A file of the list; `picked` only where it was chosen in this visit. */
export type DeviceFile = KnownFile & { readonly picked?: PickedFile };

/** By the key of its record. A plain map: pages draw nothing from it. */
export const createDevices = () => new Map<number, DeviceFile>();

export const known = ({ name, file }: PickedFile): KnownFile => ({
  name,
  size: file.size,
  changed: file.lastModified,
});

/** What an `<input type=file>` holds, with the folder's path where a folder was chosen. */
export function filesOfInput(input: HTMLInputElement): PickedFile[] {
  return Array.from(input.files ?? [], (file) => ({
    name: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath,
    file,
  }));
}

/** More of them take so long to be read that the page says it. */
export const filesAtOnce = 100;

/**
 * What the files add up to. A browser asks the device for the size of each file of a folder, which
 * takes seconds for thousands: `pause` lets the page answer meanwhile. Later the sizes are known.
 */
export async function bytesOf(
  picked: readonly PickedFile[],
  pause: () => Promise<void>,
): Promise<number> {
  let bytes = 0;
  for (const [at, { file }] of picked.entries()) {
    if (at > 0 && at % filesAtOnce === 0) await pause();
    bytes += file.size;
  }
  return bytes;
}

/** Of files that were dropped: what could be read, and what could not. */
export interface Dropped {
  readonly files: readonly PickedFile[];
  /** The paths of files and folders that the browser could not open. */
  readonly unreadable: readonly string[];
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

const pathOf = (entry: FileSystemEntry) => entry.fullPath.replace(/^\//, "");

/**
 * All that lies in these entries and below them, folder by folder. It stops once there are more
 * than `filesMax`: then all are too many, and whoever dropped a whole disk does not wait for it.
 */
export async function filesOfEntries(
  entries: readonly FileSystemEntry[],
  filesMax: number,
): Promise<Dropped> {
  const files: PickedFile[] = [];
  const unreadable: string[] = [];
  const left = [...entries];
  while (files.length + unreadable.length <= filesMax) {
    const entry = left.pop();
    if (!entry) break;
    try {
      if (entry.isFile) {
        files.push({ name: pathOf(entry), file: await fileOf(entry as FileSystemFileEntry) });
      } else {
        left.push(...(await entriesOf(entry as FileSystemDirectoryEntry)));
      }
    } catch {
      unreadable.push(pathOf(entry));
    }
  }
  return { files, unreadable };
}

/** What was dropped, folders with all that lies in them. */
export async function filesOfDrop(transfer: DataTransfer, filesMax: number): Promise<Dropped> {
  // The entries must be asked for before the first await: later the list is empty.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const found = entries.filter((entry) => entry !== null);
  if (found.length > 0) return filesOfEntries(found, filesMax);
  const files = Array.from(transfer.files, (file) => ({ name: file.name, file }));
  return { files, unreadable: [] };
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

/** Alike for what is the same file. */
const keyOf = ({ name, size, changed }: KnownFile): string => JSON.stringify([name, size, changed]);

/** What of `picked` is not held yet, by name, under names that `names` does not hold. */
export function newFiles(
  picked: readonly PickedFile[],
  held: readonly KnownFile[],
  names: readonly string[],
): PickedFile[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const there = new Set(held.map(keyOf));
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...picked]
    .sort((one, other) => order.compare(one.name, other.name))
    .filter((one) => !there.has(keyOf(known(one))))
    .map(({ name, file }) => {
      const free = freeName(name, taken);
      taken.add(free.toLowerCase());
      return { name: free, file };
    });
}

/** For each of `picked` the one of `others` that is the same file. */
export function sameOf<T extends KnownFile>(
  picked: readonly PickedFile[],
  others: readonly T[],
): (T | undefined)[] {
  const there = new Map(others.map((one) => [keyOf(one), one]));
  return picked.map((one) => there.get(keyOf(known(one))));
}
