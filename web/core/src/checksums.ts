// Checksums as a table for programs that compare them (CSV, RFC 4180).

interface Summed {
  readonly name: string;
  readonly size: number;
  readonly sha256?: string;
}

/** One cell. What a spreadsheet would take for a formula gets a quote before it. */
function cell(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Names, sizes and SHA-256, a file a line; with the mark by which spreadsheets know UTF-8. */
export function checksumTable(files: readonly Summed[]): string {
  const lines = files.map(({ name, size, sha256 }) => [name, String(size), sha256 ?? ""]);
  const all = [["name", "bytes", "sha256"], ...lines];
  return `\uFEFF${all.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}
