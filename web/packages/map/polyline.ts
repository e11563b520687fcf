/** Google's encoded polylines of precision 5. */
export type LonLat = [number, number];

export function decode(text: string): LonLat[] {
  const points: LonLat[] = [];
  let at = 0;
  let lat = 0;
  let lon = 0;
  const delta = (): number => {
    let value = 0;
    let shift = 0;
    let chunk: number;
    do {
      if (at >= text.length) throw new Error("the polyline is cut off");
      chunk = text.charCodeAt(at++) - 63;
      value |= (chunk & 0x1f) << shift;
      shift += 5;
    } while (chunk >= 0x20);
    return value & 1 ? ~(value >> 1) : value >> 1;
  };
  while (at < text.length) {
    lat += delta();
    lon += delta();
    points.push([lon / 1e5, lat / 1e5]);
  }
  return points;
}
