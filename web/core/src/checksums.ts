// Checksums as a table for programs that compare them (CSV, RFC 4180).

interface Summed {
  readonly name: string;
  readonly size: number;
  readonly crc32: string;
  readonly sha256?: string;
}

/** One cell. What a spreadsheet would take for a formula gets a quote before it. */
function cell(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Names, sizes and checksums, a file a line; with the mark by which spreadsheets know UTF-8. */
export function checksumTable(files: readonly Summed[]): string {
  const sha = files.some(({ sha256 }) => sha256 !== undefined);
  const head = ["name", "bytes", "crc32", ...(sha ? ["sha256"] : [])];
  const lines = files.map((file) => [
    file.name,
    String(file.size),
    file.crc32,
    ...(sha ? [file.sha256 ?? ""] : []),
  ]);
  return `\uFEFF${[head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}
