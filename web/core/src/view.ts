// Files that are looked at in the page: which may be offered, and how their bytes become text.

/** How a file is shown. */
export type ViewKind = "image" | "pdf" | "text" | "audio" | "video";

/** By the media type that the server found in the file's first bytes. */
export function viewKind(type: string): ViewKind | undefined {
  const essence = type.split(";")[0]?.trim() ?? "";
  if (essence === "application/pdf") return "pdf";
  if (essence === "text/plain") return "text";
  const [kind] = essence.split("/");
  return kind === "image" || kind === "audio" || kind === "video" ? kind : undefined;
}

const shownEndings = new Set(
  (
    "png jpg jpeg jpe jfif gif webp avif bmp pdf " +
    "mp3 wav wave ogg oga opus flac m4a m4b aac mp4 m4v webm ogv " +
    "txt text log csv tsv md json xml html htm svg css yaml yml ini conf eml ics vcf tex asc " +
    "hl7 ldt gdt bdt xdt edi"
  ).split(" "),
);

/** The last part of a path, without its folders. */
export const baseName = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/** What stands behind the last dot, in small letters; empty where nothing does. */
export function endingOf(name: string): string {
  const base = baseName(name);
  const dot = base.lastIndexOf(".");
  return dot > 0 ? base.slice(dot + 1).toLowerCase() : "";
}

/** Whether an eye is offered beside a file. What it really is, the server says later. */
export function mayView(file: { name: string; type: string; size: number }): boolean {
  if (file.size === 0) return false;
  return shownEndings.has(endingOf(file.name)) || viewKind(file.type) !== undefined;
}

/** So much of a text is shown. */
export const viewTextMax = 1024 * 1024;

/** The text of some bytes: UTF-16 where a mark says so, UTF-8 where it is that, else Windows-1252,
 * which many programs still write. `cut`: the bytes may end within a character. */
export function textOfBytes(bytes: Uint8Array, cut = false): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    // A stream may end anywhere: what is not whole yet is left out.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
