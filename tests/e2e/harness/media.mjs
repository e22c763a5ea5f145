// Small real files of the kinds that browsers show, made here so that each byte is known.
import { crc32, deflateSync } from "node:zlib";

/** @param {string} type @param {Buffer} content */
function chunk(type, content) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32BE(content.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), 4 + body.length);
  return out;
}

/** A grey picture. @param {number} width @param {number} height */
export function pngOf(width, height) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits; one channel, nothing else
  const rows = Buffer.alloc((width + 1) * height, 0x60);
  for (let row = 0; row < height; row++) rows[row * (width + 1)] = 0;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A quiet tone, 16 bits, one channel, 22,050 a second. @param {number} seconds */
export function wavOf(seconds) {
  const rate = 22_050;
  const bytes = seconds * rate * 2;
  const out = Buffer.alloc(44 + bytes);
  out.write("RIFF", 0);
  out.writeUInt32LE(36 + bytes, 4);
  out.write("WAVEfmt ", 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate * 2, 28);
  out.writeUInt16LE(2, 32);
  out.writeUInt16LE(16, 34);
  out.write("data", 36);
  out.writeUInt32LE(bytes, 40);
  for (let at = 44; at < out.length; at += 100) out.writeInt16LE(500, at);
  return out;
}

/** A PDF of some pages, each with a line of text in a font that is not in it and a dark bar; with a
 * script that a reader would run when it opens it.
 * @param {string[]} lines @param {string} script */
export function pdfOf(lines, script) {
  const pages = lines.map((_, index) => `${5 + 2 * index} 0 R`).join(" ");
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>`,
    `<< /Type /Pages /Kids [${pages}] /Count ${lines.length} >>`,
    `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>`,
    `<< /S /JavaScript /JS (app.${script}; ${script}) >>`,
  ];
  lines.forEach((line, index) => {
    const content = `20 20 160 30 re f BT /F1 18 Tf 20 150 Td (${line}) Tj ET`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents ${6 + 2 * index} 0 R ` +
        `/Resources << /Font << /F1 3 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  });
  let out = "%PDF-1.7\n";
  const offsets = objects.map((object, index) => {
    const offset = out.length;
    out += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${out.length}`;
  const head = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  return Buffer.from(`${out}${head}${table}${trailer}\n%%EOF\n`, "latin1");
}

/** @param {string} id in hexadecimal @param {Buffer[]} content */
function element(id, ...content) {
  const bytes = Buffer.concat(content);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(bytes.length));
  size[0] |= 1; // of eight bytes
  return Buffer.concat([Buffer.from(id, "hex"), size, bytes]);
}

/** @param {string} id @param {number} value */
function number(id, value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return element(id, bytes);
}

/** A film in WebM, a picture a second, with a table of where each lies.
 * @param {Buffer[]} pictures key frames of VP8: those of lossy WebP are some
 * @param {{ width: number, height: number, seconds: number }} size */
export function webmOf(pictures, { width, height, seconds }) {
  const duration = Buffer.alloc(8);
  duration.writeDoubleBE(seconds * 1000);
  const program = Buffer.from("couvert");
  const info = element(
    "1549a966",
    number("2ad7b1", 1_000_000), // times are in milliseconds
    element("4489", duration),
    element("4d80", program),
    element("5741", program),
  );
  const video = element("e0", number("b0", width), number("ba", height));
  const codec = element("86", Buffer.from("V_VP8"));
  const track = [number("d7", 1), number("73c5", 1), number("83", 1), codec, video];
  const tracks = element("1654ae6b", element("ae", ...track));
  const clusters = Array.from({ length: seconds }, (_, second) => {
    const block = Buffer.concat([
      Buffer.from("81000080", "hex"),
      pictures[second % pictures.length],
    ]);
    return element("1f43b675", number("e7", second * 1000), element("a3", block));
  });
  /** @param {number} first where the first cluster begins */
  const cues = (first) => {
    let at = first;
    const points = clusters.map(({ length }, second) => {
      const place = element("b7", number("f7", 1), number("f1", at));
      at += length;
      return element("bb", number("b3", second * 1000), place);
    });
    return element("1c53bb6b", ...points);
  };
  const before = info.length + tracks.length + cues(0).length;
  const head = element(
    "1a45dfa3",
    element("4282", Buffer.from("webm")),
    number("4287", 4),
    number("4285", 2),
  );
  return Buffer.concat([head, element("18538067", info, tracks, cues(before), ...clusters)]);
}
