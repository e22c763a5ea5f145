/// <reference types="svelte" />
/// <reference types="vite/client" />

declare module "virtual:texts/*" {
  export const texts: Record<string, string>;
}

/** The folder below assets/ with what pdf.js loads (vite.config.ts). */
declare const __PDF_FOLDER__: string;
