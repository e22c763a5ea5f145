// Lists of recipients as people type and paste them: from a mail program, a spreadsheet, a letter.
//
// Whatever is not an address is kept and marked, so that its writer sees it.

export interface Recipient {
  /** As typed, without name and brackets. */
  readonly address: string;
  readonly valid: boolean;
}

const addressLengthMax = 254;
const localLengthMax = 64;

/** Whether this looks like an address of the internet. The server has the last word. */
export function isAddress(text: string): boolean {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  if (at < 1 || local.length > localLengthMax || text.length > addressLengthMax) return false;
  if (/[\s<>()[\]\\,;:"@\p{Cc}\p{Cf}]/u.test(local) || /^\.|\.\.|\.$/.test(local)) return false;
  return /^([\p{L}\p{N}]([\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)+[\p{L}\p{N}-]{2,63}$/u.test(
    domain,
  );
}

/** Two addresses are one person's where this is the same. */
export const addressKey = (address: string): string => address.trim().toLowerCase();

interface Piece {
  text: string;
  /** What ended it: a separator, or nothing at the end. */
  end: string;
}

/** Cuts at comma, semicolon and tab, but not inside quotes or angle brackets. */
function pieces(line: string): Piece[] {
  const found = line.matchAll(
    /((?:"[^"]*"|<[^<>]*>|[^,;，；、،؛\t"<>]|["<>])*?)([,;，；、،؛\t]|$)/g,
  );
  return Array.from(found, ([, text = "", end = ""]) => ({ text: text.trim(), end })).filter(
    (piece) => piece.text !== "",
  );
}

const inBrackets = (text: string) => /<\s*([^<>\s]+@[^<>\s]+)\s*>/.exec(text)?.[1];

/** `Doe, Ann <ann@…>`: the first half of a name that holds a comma. */
function isHalfName(piece: Piece, next: Piece | undefined): boolean {
  return (
    piece.end === "," &&
    !piece.text.includes("@") &&
    next !== undefined &&
    inBrackets(next.text) !== undefined
  );
}

function bare(word: string): string {
  const text = word.replace(/^mailto:/i, "").replace(/^["'(<]+|["')>.:]+$/g, "");
  const query = text.indexOf("?", text.indexOf("@")); // a local part may hold a question mark
  return query < 0 ? text : text.slice(0, query);
}

function recipient(text: string): Recipient {
  const stripped = bare(text);
  const address = isAddress(stripped) ? stripped : text;
  return { address, valid: isAddress(address) };
}

/** `To: ann@…`, `Team: ann@…`: what stands before the first address of a copied line. */
const withoutLabel = (text: string) => text.replace(/^[^@<>"]{1,80}:\s+(?=\S*@)/, "");

function ofPiece(piece: string): Recipient[] {
  const text = withoutLabel(piece);
  const bracketed = [...text.matchAll(/<\s*([^<>\s]+@[^<>\s]+)\s*>/g)];
  if (bracketed.length > 0) return bracketed.map((match) => recipient(match[1] ?? ""));
  if (!text.includes("@")) return [{ address: text, valid: false }];
  return text.split(/\s+/).map(recipient);
}

const holdsAddress = (piece: Piece) => piece.text.includes("@");
const isQuoted = (piece: Piece) => /^"[^"]*"$/.test(piece.text);

/** Rows of one length of which each holds one address: a table, whatever parts its cells. */
function isTable(lines: readonly (readonly Piece[])[]): boolean {
  const width = lines[0]?.length ?? 0;
  const rows = lines.filter((line) => line.some(holdsAddress));
  return (
    width > 1 &&
    rows.length > 1 &&
    rows.length >= lines.length - 1 && // the first line may name the columns
    lines.every((line) => line.length === width) &&
    rows.every((row) => row.filter(holdsAddress).length === 1) &&
    !rows.some((row) => row.some((piece, at) => isHalfName(piece, row[at + 1])))
  );
}

function ofLine(line: readonly Piece[], inTable: boolean): Recipient[] {
  const holdsSome = line.some(holdsAddress);
  const inCells = inTable || (holdsSome && line.some((piece) => piece.end === "\t"));
  return line.flatMap((piece, at) => {
    if (isHalfName(piece, line[at + 1])) return [];
    // The other cells of a row are names and numbers.
    const isOther = !holdsAddress(piece) && (inCells || (holdsSome && isQuoted(piece)));
    return isOther ? [] : ofPiece(piece.text);
  });
}

/** Everybody in `text`, in its order, each once. */
export function parseRecipients(text: string): Recipient[] {
  const seen = new Set<string>();
  const lines = text
    .replace(/\p{Cf}/gu, "") // no sign that cannot be seen belongs to an address
    .split(/[\r\n\u2028\u2029]+/)
    .map(pieces)
    .filter((line) => line.length > 0);
  const inTable = isTable(lines);
  return lines
    .flatMap((line) => ofLine(line, inTable))
    .filter(({ address }) => {
      const key = addressKey(address);
      if (key === "" || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}
