/** The plan's own layers: routes, stops, depots, orders left out. A selected route is drawn again, on top. */
import type { FilterSpecification, LayerSpecification } from "maplibre-gl";
import { FONT_BOLD } from "@zaguan/map/ground.ts";

export const STOP_LAYERS = ["chosen-stops", "stops"];
export const TAG_LAYERS = ["tags"];
export const LINE_LAYERS = ["chosen-line", "chosen-straight", "lines", "straights"];
const NONE = -1;

export interface Looks {
  colours: string[]; // by route
  dark: boolean;
  chosen: number | null;
  stop: number | null;
  hovered: number | null;
  shown: ReadonlySet<number> | null; // null: all
}

const RADIUS = 10.5; // pixels of a disc at full size

interface Paints {
  surface: string;
  ink: string;
  bad: string;
  colour: never; // by route
  chosen: FilterSpecification;
  listed: FilterSpecification;
}

function paintsOf(looks: Looks): Paints {
  const ink = looks.dark ? "#e9ebef" : "#14171d";
  const colours = looks.colours.flatMap((each, index) => [index, each]);
  return {
    surface: looks.dark ? "#15181e" : "#ffffff",
    ink,
    bad: looks.dark ? "#ff7a86" : "#c4293a",
    colour: (colours.length > 0 ? ["match", ["get", "route"], ...colours, ink] : ink) as never,
    chosen: ["==", ["get", "route"], looks.chosen ?? looks.hovered ?? NONE],
    listed: looks.shown === null ? true : (["in", ["get", "route"], ["literal", [...looks.shown]]] as never),
  };
}

const byZoom = (...steps: number[]): never => ["interpolate", ["linear"], ["zoom"], ...steps] as never;

/** The ways, below the names of the ground. */
export function lineLayers(looks: Looks): LayerSpecification[] {
  const { surface, colour, chosen, listed } = paintsOf(looks);
  const dim = looks.chosen !== null ? 0.25 : looks.hovered !== null ? 0.45 : 0.9;
  const thin = byZoom(9, 1.6, 13, 3, 16, 4.5);
  const thick = byZoom(9, 3, 13, 5, 16, 7);
  const line = (id: string, straight: boolean, only: FilterSpecification, paint: Record<string, unknown>): LayerSpecification => ({
    id,
    type: "line",
    source: "lines",
    filter: ["all", ["==", ["get", "straight"], straight], only] as never,
    layout: straight ? { "line-join": "round" } : { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, ...(straight ? { "line-dasharray": [1.6, 1.4] } : {}), ...paint } as never,
  });
  return [
    line("lines", false, listed, { "line-width": thin, "line-opacity": dim }),
    line("straights", true, listed, { "line-width": thin, "line-opacity": dim }),
    line("chosen-edge", false, chosen, { "line-width": byZoom(9, 5, 13, 8.5, 16, 11), "line-color": surface }),
    line("chosen-line", false, chosen, { "line-width": thick }),
    line("chosen-straight", true, chosen, { "line-width": thick }),
    {
      id: "chosen-arrows",
      type: "symbol",
      source: "lines",
      minzoom: 12,
      filter: chosen,
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 64,
        "icon-image": "arrow",
        "icon-size": byZoom(12, 0.5, 16, 0.75),
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "icon-rotation-alignment": "map",
      },
    },
  ];
}

/** Stops, depots and orders left out, above all else. */
export function stopLayers(looks: Looks): LayerSpecification[] {
  const { surface, ink, colour, chosen, listed } = paintsOf(looks);
  const faint = looks.chosen === null ? 1 : 0.35;
  const rest = looks.chosen === null ? listed : (["all", listed, ["!", chosen]] as never);
  return [
    {
      id: "stops",
      type: "circle",
      source: "stops",
      filter: rest,
      paint: {
        "circle-radius": byZoom(9, 1.2, 12, 2.6, 14, 5, 16, 9),
        "circle-color": surface,
        "circle-stroke-color": colour,
        "circle-stroke-width": byZoom(9, 1, 12, 1.4, 14, 2),
        "circle-opacity": faint,
        "circle-stroke-opacity": faint,
      },
    },
    {
      id: "numbers",
      type: "symbol",
      source: "stops",
      minzoom: 15.5,
      filter: rest,
      layout: {
        "text-field": ["to-string", ["get", "number"]],
        "text-font": FONT_BOLD,
        "text-size": 10,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": ink, "text-opacity": faint },
    },
    {
      id: "tags",
      type: "symbol",
      source: "tags",
      maxzoom: 15,
      filter: looks.chosen === null ? listed : false,
      layout: {
        "icon-image": ["concat", "tag|", ["to-string", colour], "|", surface],
        "icon-text-fit": "both",
        "text-field": ["get", "ref"],
        "text-font": FONT_BOLD,
        "text-size": 11,
        "icon-padding": 3,
      },
      paint: { "text-color": surface },
    },
    placeLayer(surface, ink),
    chosenStops(looks),
  ];
}

function placeLayer(surface: string, ink: string): LayerSpecification {
  return {
    id: "places",
    type: "symbol",
    source: "places",
    layout: {
      "icon-image": ["get", "kind"],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "icon-size": ["match", ["get", "kind"], "depot", 1, 0.92],
      "text-field": ["get", "name"],
      "text-font": FONT_BOLD,
      "text-size": 11.5,
      "text-offset": [0, 1.3],
      "text-anchor": "top",
      "text-optional": true,
      "symbol-sort-key": ["match", ["get", "kind"], "depot", 0, 1],
    },
    paint: { "text-color": ink, "text-halo-color": surface, "text-halo-width": 1.8 },
  };
}

/** Numbered discs, each drawn whole before the next, the selected stop last. */
function chosenStops(looks: Looks): LayerSpecification {
  const { surface, ink, bad, colour, chosen } = paintsOf(looks);
  const isStop = ["==", ["get", "number"], looks.stop ?? NONE];
  const ring = ["case", ["get", "late"], bad, ["to-string", colour]];
  return {
    id: "chosen-stops",
    type: "symbol",
    source: "stops",
    filter: looks.chosen === null ? false : chosen,
    layout: {
      "icon-image": ["concat", "disc|", ring, "|", ["case", isStop, ink, surface], "|", ["case", ["get", "late"], 7, 5]] as never,
      "icon-size": scaled(RADIUS / 9.5, isStop),
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "text-field": ["to-string", ["get", "number"]],
      "text-font": FONT_BOLD,
      "text-size": scaled(10.5, isStop),
      "text-allow-overlap": true,
      "text-ignore-placement": true,
      "symbol-sort-key": ["case", isStop, 1e6, ["-", 0, ["get", "number"]]] as never,
    },
    paint: { "text-color": ["case", isStop, surface, ink] as never },
  };
}

/** Smaller from afar, larger for the selected stop. */
function scaled(size: number, isStop: unknown): never {
  const step = (share: number): unknown => ["case", isStop, size * Math.max(1, share) * 1.25, size * share];
  return ["interpolate", ["linear"], ["zoom"], 10, step(0.45), 12, step(0.68), 14, step(0.92), 16, step(1)] as never;
}
