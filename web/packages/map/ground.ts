/** The ground: the region's own streets, water, green, houses and names, in a light and a dark dress. */
import type { LayerSpecification, SourceSpecification } from "maplibre-gl";
import { SCHEME } from "./tiles.ts";

export const FONT = ["Inter Variable, system-ui, sans-serif"];
export const FONT_BOLD = ["Inter Variable, system-ui, sans-serif"];

interface Dress {
  land: string;
  water: string;
  green: string;
  house: string;
  path: string;
  minor: string;
  major: string;
  casing: string;
  name: string;
  street: string;
  river: string;
  halo: string;
}

const LIGHT: Dress = {
  land: "#f3f2ee",
  water: "#c5dce8",
  green: "#dce8d3",
  house: "#e6e3dc",
  path: "#e2ded5",
  minor: "#ffffff",
  major: "#ffffff",
  casing: "#dbd7cd",
  name: "#4b5563",
  street: "#6b7280",
  river: "#5b8ba6",
  halo: "#f8f7f4",
};

const DARK: Dress = {
  land: "#16191e",
  water: "#1d3040",
  green: "#1a2620",
  house: "#1e2229",
  path: "#24282f",
  minor: "#2a2f37",
  major: "#353b45",
  casing: "#111418",
  name: "#a3acba",
  street: "#808a99",
  river: "#5d89a3",
  halo: "#14171c",
};

// class of road: widths at zooms 9, 12, 14, 18
const WIDTHS: [string[], [number, number, number, number]][] = [
  [["service"], [0, 0.3, 1, 6]],
  [["residential"], [0, 0.7, 2.4, 14]],
  [["tertiary"], [0.3, 1.3, 3.6, 17]],
  [["secondary"], [0.6, 1.9, 4.6, 20]],
  [["primary"], [0.9, 2.6, 5.6, 22]],
  [["motorway", "trunk"], [1.2, 3.1, 6.4, 24]],
];

export function groundSource(zooms: { least: number; most: number }): SourceSpecification {
  return { type: "vector", tiles: [`${SCHEME}://{z}/{x}/{y}`], minzoom: zooms.least, maxzoom: zooms.most };
}

export function background(dark: boolean): LayerSpecification {
  return { id: "land", type: "background", paint: { "background-color": (dark ? DARK : LIGHT).land } };
}

/** The layers below the routes. */
export function groundLayers(dark: boolean): LayerSpecification[] {
  const dress = dark ? DARK : LIGHT;
  const area = (layer: string, color: string): LayerSpecification => ({
    id: layer,
    type: "fill",
    source: "ground",
    "source-layer": layer,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": color, "fill-antialias": layer !== "buildings" },
  });
  return [
    area("green", dress.green),
    area("water", dress.water),
    {
      id: "rivers",
      type: "line",
      source: "ground",
      "source-layer": "water",
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": dress.water, "line-width": byZoom([0.5, 1.4, 2.5, 8]) },
    },
    { ...area("buildings", dress.house), minzoom: 14 } as LayerSpecification,
    {
      id: "paths",
      type: "line",
      source: "ground",
      "source-layer": "roads",
      minzoom: 14,
      filter: ["==", ["get", "class"], "path"],
      paint: { "line-color": dress.path, "line-width": byZoom([0, 0, 0.8, 3]) },
    },
    ...WIDTHS.map(([classes, widths]) => road(`casing-${classes[0]}`, classes, dress.casing, widths.map((w) => (w > 0.6 ? w + 1.4 : 0)))),
    ...WIDTHS.map(([classes, widths], rank) => road(`road-${classes[0]}`, classes, rank < 2 ? dress.minor : dress.major, widths)),
  ];
}

/** The names, above the routes: streets along their line, places at their point. */
export function nameLayers(dark: boolean): LayerSpecification[] {
  const dress = dark ? DARK : LIGHT;
  const halo = { "text-halo-color": dress.halo, "text-halo-width": 1.6, "text-halo-blur": 0.4 };
  return [
    {
      id: "river-names",
      type: "symbol",
      source: "ground",
      "source-layer": "water",
      minzoom: 12,
      filter: ["all", ["==", ["geometry-type"], "LineString"], ["has", "name"]],
      layout: { "symbol-placement": "line", "symbol-spacing": 480, "text-field": ["get", "name"], "text-font": FONT, "text-size": 11 },
      paint: { "text-color": dress.river, ...halo },
    },
    {
      id: "street-names",
      type: "symbol",
      source: "ground",
      "source-layer": "roads",
      minzoom: 12,
      filter: ["match", ["get", "class"], ["motorway", "trunk", "primary", "secondary"], true, ["step", ["zoom"], false, 14.5, true]],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 420,
        "text-field": ["coalesce", ["get", "name"], ""],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 12, 10.5, 17, 13],
        "text-padding": 6,
      },
      paint: { "text-color": dress.street, ...halo },
    },
    {
      id: "place-names",
      type: "symbol",
      source: "ground",
      "source-layer": "places",
      filter: [
        "match",
        ["get", "kind"],
        ["neighbourhood"],
        [">=", ["zoom"], 13.5],
        ["suburb", "village"],
        [">=", ["zoom"], 11],
        true,
      ],
      layout: {
        "text-field": ["coalesce", ["get", "name"], ""],
        "text-font": FONT_BOLD,
        "text-size": ["match", ["get", "kind"], "city", 15, "town", 13.5, "neighbourhood", 11, 12],
        "text-max-width": 8,
        "text-padding": 10,
      },
      paint: { "text-color": dress.name, ...halo },
    },
  ];
}

function road(id: string, classes: string[], color: string, widths: number[]): LayerSpecification {
  return {
    id,
    type: "line",
    source: "ground",
    "source-layer": "roads",
    filter: ["in", ["get", "class"], ["literal", classes]],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": color, "line-width": byZoom(widths) },
  };
}

function byZoom(widths: number[]): ["interpolate", ["exponential", number], ["zoom"], ...number[]] {
  const [far, middle, near, close] = widths as [number, number, number, number];
  return ["interpolate", ["exponential", 1.5], ["zoom"], 9, far, 12, middle, 14, near, 18, close];
}
