/** Colours of routes. One route has one colour on the map, in the list and in the timeline.
 *
 * The first twelve are chosen, the rest were found one by one as the colour farthest from all before it (OKLab, as
 * seen by normal, deutan and protan eyes, on light and dark ground), each at least 3:1 against white. Colour is
 * never the only mark: routes have their number, states have words and signs.
 */
export const LIGHT = [
  "#2563eb", "#d06a06", "#0d8a5f", "#d6256f", "#7c3aed", "#0887a8", "#d42424", "#5f8f0b", "#7a4a12", "#1e3a8a",
  "#0f5c57", "#8f1450", "#a670da", "#af09bd", "#64479a", "#e92fb7", "#4c0eb3", "#0b8ffc", "#68296e", "#ab578e",
  "#ea4f60", "#8a050d", "#27a675", "#2a27d7", "#41741c", "#ad1e72", "#ad4c44", "#8f4484", "#96353e", "#534ecd",
  "#676ad4", "#433fa6", "#579c96", "#683739", "#a13bab", "#cb49a2", "#485eae", "#7b7fec", "#c46349", "#bf45cb",
  "#8361fc", "#377bc3", "#7c0f5f", "#60a231", "#c05e80", "#a7560e", "#88087c", "#b6174d", "#84328c", "#a966af",
  "#ac0311", "#c54854", "#7a1eb9", "#8e3664", "#8e5e74", "#9b1478", "#497394", "#621496", "#c45dce", "#a1738f",
] as const;

/** The same hues, lighter, for the dark theme. */
export const DARK = [
  "#6c9dff", "#fea263", "#5dbb90", "#fd78a1", "#a586ff", "#5db8d8", "#ff7367", "#91c059", "#a97a4b", "#4b6ab8",
  "#4d8a84", "#c1527e", "#d3aafe", "#e05fed", "#9178c8", "#fe98d9", "#7456e1", "#90c4fe", "#965a9c", "#dd8abe",
  "#fea2a5", "#bb4b43", "#70d7a8", "#506dfc", "#73a456", "#e05fa1", "#df8075", "#bf77b3", "#c7696d", "#7f83fc",
  "#979ffe", "#6e72d4", "#8fcdc8", "#976566", "#d274db", "#fd83d3", "#778fdd", "#b1b9fe", "#f6987e", "#f181fc",
  "#b0a7fe", "#6fadf2", "#ac4c8c", "#95d470", "#f293b1", "#d88952", "#b94faa", "#e95d7d", "#b467bb", "#da9adf",
  "#df554c", "#f87f86", "#a85fe8", "#bf6992", "#be8ea3", "#cd56a6", "#7ca4c4", "#8e52c4", "#f595fe", "#d2a4c0",
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
