/** The base map that travels inside the page: a PMTiles archive in memory, spoken to by its own protocol. */
import { addProtocol } from "maplibre-gl";
import { PMTiles, type RangeResponse, type Source } from "pmtiles";

export const SCHEME = "zaguan";

class MemorySource implements Source {
  readonly #bytes: ArrayBuffer;

  constructor(bytes: ArrayBuffer) {
    this.#bytes = bytes;
  }

  getKey(): string {
    return SCHEME;
  }

  getBytes(offset: number, length: number): Promise<RangeResponse> {
    return Promise.resolve({ data: this.#bytes.slice(offset, offset + length) });
  }
}

/** Make the tiles known to the map; return their zooms, or null where the page has none. */
export async function serveTiles(base64: string): Promise<{ least: number; most: number } | null> {
  if (base64.trim() === "") return null;
  const archive = new PMTiles(new MemorySource(bytesOf(base64)));
  const header = await archive.getHeader();
  addProtocol(SCHEME, async ({ url }) => {
    const [zoom, x, y] = url.slice(SCHEME.length + 3).split("/").map(Number) as [number, number, number];
    const tile = await archive.getZxy(zoom, x, y);
    return { data: tile?.data ?? new ArrayBuffer(0) };
  });
  return { least: header.minZoom, most: header.maxZoom };
}

function bytesOf(base64: string): ArrayBuffer {
  const letters = atob(base64.trim());
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes.buffer;
}
