// FileLink's links of a mail as a line that its draft keeps: no secret, and no password.

export interface KeptLink {
  /** Its recipient's own: it stands in the link. */
  readonly transferId: string;
  /** Whom it is for. */
  readonly address: string;
  readonly name: string;
  readonly expires: string;
}

/** Of the name; a line of a mail has room for all of it. */
const charactersMax = 40;
/** More attachments than that no mail has. */
const linksMax = 500;

const isLink = (value: unknown): value is KeptLink => {
  const { transferId, address, name, expires } = (value ?? {}) as Partial<KeptLink>;
  return (
    [address, name, expires].every((one) => typeof one === "string") &&
    /^[a-z2-7]{26}$/.test(String(transferId))
  );
};

function linkOf(word: string): KeptLink | undefined {
  try {
    const value: unknown = JSON.parse(decodeURIComponent(word));
    return isLink(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const writeKept = (links: readonly KeptLink[]): string =>
  links
    .map(({ transferId, address, name, expires }) => {
      const short = [...name].slice(0, charactersMax).join("");
      return encodeURIComponent(JSON.stringify({ transferId, address, name: short, expires }));
    })
    .join(" ");

export const readKept = (line: string | undefined): KeptLink[] =>
  (line ?? "")
    .split(/\s+/, linksMax)
    .map(linkOf)
    .filter((one) => one !== undefined);
