declare module "virtual:alert-texts" {
  /** Of each language. */
  export const texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
