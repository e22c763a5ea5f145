// PDF by pdf.js: read in a worker that can reach nothing, drawn to a canvas. No script of a PDF is
// run, none of its fonts is handed to the browser, and nothing of it becomes part of the page.

import { fail, pass, type Result } from "@couvert/core";
import {
  AnnotationMode,
  getDocument,
  GlobalWorkerOptions,
  PDFDataRangeTransport,
  VerbosityLevel,
  type PDFDocumentProxy,
} from "pdfjs-dist/legacy/build/pdf.mjs";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";

GlobalWorkerOptions.workerSrc = workerUrl;

/** Where the build puts what pdf.js loads where a PDF needs it (vite.config.ts). */
const library = `${import.meta.env.BASE_URL}assets/${__PDF_FOLDER__}/`;
const pieceBytes = 256 * 1024;
/** A canvas of more pixels is refused by some phones. */
const pixelsMax = 16_000_000;

type Read = (range: readonly [number, number]) => Promise<Result<Uint8Array>>;

class Ranges extends PDFDataRangeTransport {
  private readonly read: Read;
  private readonly failed: () => void;

  constructor(size: number, read: Read, failed: () => void) {
    super(size, null);
    this.read = read;
    this.failed = failed;
  }

  override requestDataRange(begin: number, end: number): void {
    void this.read([begin, end]).then((answer) => {
      if (answer.ok) this.onDataRange(begin, answer.value);
      else this.failed();
    });
  }
}

/** A PDF that is open. Order: end() once. */
export interface Pdf {
  readonly pages: number;
  /** Draws a page, counted from 1, `width` pixels of the screen wide; gives its text. A later call
   * ends an earlier one, which gives undefined. */
  draw(canvas: HTMLCanvasElement, page: number, width: number): Promise<string | undefined>;
  end(): void;
}

function readable(document: PDFDocumentProxy, end: () => void): Pdf {
  let stop: (() => void) | undefined;
  async function draw(canvas: HTMLCanvasElement, no: number, width: number) {
    stop?.();
    let stopped = false;
    stop = () => (stopped = true);
    const page = await document.getPage(no);
    if (stopped) return undefined;
    const { width: own, height } = page.getViewport({ scale: 1 });
    const wanted = (width * devicePixelRatio) / own;
    const scale = Math.min(wanted, Math.sqrt(pixelsMax / (own * height)));
    const viewport = page.getViewport({ scale });
    canvas.width = Math.floor(viewport.width);
    canvas.height = Math.floor(viewport.height);
    const task = page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE });
    stop = () => {
      stopped = true;
      task.cancel();
    };
    try {
      await task.promise;
    } catch (error) {
      if (stopped) return undefined;
      throw error;
    }
    const { items } = await page.getTextContent();
    return items
      .map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : " ") : ""))
      .join("");
  }
  return { pages: document.numPages, draw, end };
}

/** Errors: `refused` (`pdf_password`) where it has a password of its own; `damaged` where it is no
 * PDF; `unavailable` where its bytes do not come. */
export async function openPdf(size: number, read: Read): Promise<Result<Pdf>> {
  let lost = false;
  const range = new Ranges(size, read, () => {
    lost = true;
    end();
  });
  const loading = getDocument({
    range,
    rangeChunkSize: pieceBytes,
    disableStream: true,
    disableAutoFetch: true,
    cMapUrl: `${library}cmaps/`,
    standardFontDataUrl: `${library}fonts/`,
    wasmUrl: `${library}images/`,
    useWasm: false,
    useWorkerFetch: false,
    disableFontFace: true,
    enableXfa: false,
    maxImageSize: 100_000_000,
    verbosity: VerbosityLevel.ERRORS,
  });
  const end = () => void loading.destroy();
  try {
    return pass(readable(await loading.promise, end));
  } catch (error) {
    end();
    if (lost) return fail("unavailable");
    const closed = (error as Error).name === "PasswordException";
    return closed ? fail("refused", { reason: "pdf_password" }) : fail("damaged");
  }
}
