/** Colours of routes. One route has one colour on the map, in the list and in the timeline.
 *
 * The first twelve were chosen and then moved apart; the rest were found one by one as the colour farthest from all
 * before it (OKLab, as seen by normal, deutan and protan eyes, in both themes). Each is at least 3:1 on its ground. Colour is
 * never the only mark: routes have their number, states have words and signs.
 */
export const LIGHT = [
  "#4048ea", "#a25107", "#1fa388", "#c0166f", "#6f06b1", "#1b7ca9", "#f45168", "#819011", "#593300", "#2a3676",
  "#026252", "#6f014a", "#9975e2", "#ca3eba", "#a12437", "#6f5a85", "#9c33c3", "#0b8ffc", "#633a89", "#b75469",
  "#198448", "#6564e5", "#4417d4", "#125ca1", "#a55999", "#7f1f2c", "#d66d06", "#5999a9", "#d23934", "#a10a68",
  "#64374c", "#7b986c", "#ad57d0", "#482f97", "#4d974e", "#447051", "#7c46ab", "#9d7495", "#4e5801", "#428681",
  "#1a7ad3", "#bb1891", "#663dd7", "#8361fc", "#616c1f", "#bc67c4", "#8f4b6c", "#7d4a4c", "#933d08", "#8266bc",
  "#962fa0", "#6e2665", "#6a36b5", "#60a231", "#fa1e87", "#9a6e51", "#7d4ccd", "#7d3d83", "#1799d0", "#5522bf",
] as const;

/** The same hues, lighter, for the dark theme. */
export const DARK = [
  "#718afe", "#d3844f", "#6cd5ba", "#f35f9f", "#9c54df", "#5fadd9", "#feacb0", "#b2c25e", "#956f47", "#6373b3",
  "#4b9080", "#b05185", "#c6b1fc", "#fd7ceb", "#d35f67", "#9d8ab4", "#cc70f3", "#90c4fe", "#906ab7", "#e98899",
  "#5eb47a", "#989ffd", "#6a64fc", "#4f8ccf", "#d68cca", "#b3575c", "#ffa86d", "#8fcada", "#fe7d71", "#d35496",
  "#95687c", "#aec9a0", "#dc90fe", "#7566c8", "#84c883", "#75a081", "#aa79da", "#cea5c6", "#7b8643", "#79b7b1",
  "#64adfd", "#ee61c1", "#917bfe", "#b0a7fe", "#909b58", "#ee9df5", "#bf7c9b", "#ad7a7a", "#c47048", "#b199eb",
  "#c669cf", "#a05b95", "#966de4", "#95d470", "#ff9ebc", "#ca9f83", "#ab83fc", "#ac6fb2", "#6dcbfe", "#7e61ee",
] as const;

type Lab = readonly [number, number, number];

/** Return OKLab of a colour such as "#2563eb". */
export function lab(hex: string): Lab {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

export function difference(one: Lab, other: Lab): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

const LABS = LIGHT.map(lab);
const NEIGHBOURS = 5;
const LEAST_CHOICE = 12;

/** Return for each route, given its middle, the place of its colour: near routes get colours far apart.
 *
 * With more routes than colours the colours begin again, far from where they were used.
 */
export function assignColours(middles: readonly (readonly [number, number])[]): number[] {
  const chosen: number[] = [];
  let free: number[] = [];
  middles.forEach((middle, route) => {
    if (free.length === 0) {
      const left = Math.min(LIGHT.length, Math.max(LEAST_CHOICE, middles.length - route));
      free = Array.from({ length: left }, (_, index) => index);
    }
    const near = chosen
      .map((colour, other) => ({ colour, away: Math.hypot(middles[other]![0] - middle[0], middles[other]![1] - middle[1]) }))
      .sort((one, other) => one.away - other.away)
      .slice(0, NEIGHBOURS);
    // rank says how much a nearer neighbour counts; an earlier colour is better where all else is equal
    const worth = (colour: number): number =>
      Math.min(1, ...near.map((each, rank) => difference(LABS[colour]!, LABS[each.colour]!) * (1 + 0.25 * rank))) - colour * 1e-3;
    const best = free.reduce((winner, colour) => (worth(colour) > worth(winner) ? colour : winner));
    free = free.filter((colour) => colour !== best);
    chosen.push(best);
  });
  return chosen;
}
