// Unpacks the browser of @sparticuz/chromium into the folder that is named, its libraries and letters included.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
process.env.TMPDIR = folder; // the package unpacks to the folder for temporary files
const { inflate } = await import("@sparticuz/chromium");
const packed = join(import.meta.dirname, "node_modules", "@sparticuz", "chromium", "bin");
for (const name of ["fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br", "chromium.br"]) {
  await inflate(join(packed, name));
}
