/** The plan's own layers: routes, stops, depots, orders left out. A selected route is drawn again, on top. */
import type { FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Feature, FeatureCollection } from "geojson";
import { FONT_BOLD } from "@zaguan/map/ground.ts";
import type { LonLat } from "@zaguan/map/polyline.ts";
import type { LegView, PlanView, RouteView } from "../../lib/data.ts";

export const STOP_LAYERS = ["chosen-stops", "stops"];
export const LINE_LAYERS = ["chosen-line", "chosen-straight", "lines", "straights"];
const NONE = -1;

const collection = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });

const point = (lon: number, lat: number, properties: Record<string, unknown>): Feature => ({
  type: "Feature",
  geometry: { type: "Point", coordinates: [lon, lat] },
  properties,
});

/** One line a run of legs of the same kind, so that dashes and arrows flow through. */
export function lineFeatures(view: PlanView): FeatureCollection {
  return collection(view.routes.flatMap((each) => runs(each)));
}

function runs(each: RouteView): Feature[] {
  const features: Feature[] = [];
  let run: LonLat[] = [];
  let straight = false;
  const close = (): void => {
    if (run.length > 1) {
      features.push({
        type: "Feature",
        geometry: { type: "LineString", coordinates: run },
        properties: { route: each.index, straight },
      });
    }
  };
  each.legs.forEach((leg: LegView) => {
    if (leg.straight !== straight) {
      close();
      run = [];
      straight = leg.straight;
    }
    run.push(...leg.line);
  });
  close();
  return features;
}

export function stopFeatures(view: PlanView): FeatureCollection {
  return collection(
    view.routes.flatMap((each) =>
      each.stops.map(({ stop, lateS }) =>
        point(stop.point.lon, stop.point.lat, { route: each.index, number: stop.number, late: lateS > 0 }),
      ),
    ),
  );
}

export function placeFeatures(view: PlanView): FeatureCollection {
  const depots = new Map(view.routes.map(({ route }) => [route.depot_ref, route]));
  return collection([
    ...[...depots.values()].map((route) =>
      point(route.depot_point.lon, route.depot_point.lat, { kind: "depot", name: route.depot_name || route.depot_ref }),
    ),
    ...view.leftOut.flatMap(({ index, order }) =>
      order.point ? [point(order.point.lon, order.point.lat, { kind: "left_out", index, name: order.ref })] : [],
    ),
  ]);
}

export interface Looks {
  colours: string[]; // by route
  dark: boolean;
  chosen: number | null;
  stop: number | null;
  hovered: number | null;
  shown: ReadonlySet<number> | null; // null: all
}

export function planLayers(looks: Looks): LayerSpecification[] {
  const { dark } = looks;
  const surface = dark ? "#15181e" : "#ffffff";
  const ink = dark ? "#e9ebef" : "#14171d";
  const bad = dark ? "#ff7a86" : "#c4293a";
  const colour = ["match", ["get", "route"], ...looks.colours.flatMap((each, index) => [index, each]), ink] as never;
  const one = looks.colours.length > 0 ? colour : ink;
  const route = looks.chosen ?? looks.hovered ?? NONE;
  const dim = looks.chosen === null ? (looks.hovered === null ? 0.9 : 0.5) : dark ? 0.22 : 0.25;
  const listed: FilterSpecification = looks.shown === null ? true : (["in", ["get", "route"], ["literal", [...looks.shown]]] as never);
  const chosen: FilterSpecification = ["==", ["get", "route"], route];
  const round = { "line-cap": "round", "line-join": "round" } as const;
  const thin = ["interpolate", ["linear"], ["zoom"], 9, 1.6, 13, 3, 16, 4.5] as never;
  const thick = ["interpolate", ["linear"], ["zoom"], 9, 3, 13, 5, 16, 7] as never;
  const edge = ["interpolate", ["linear"], ["zoom"], 9, 5, 13, 8.5, 16, 11] as never;
  const small = ["interpolate", ["linear"], ["zoom"], 9, 1.6, 12, 3.2, 14, 5, 16, 9] as never;
  const line = (id: string, straight: boolean, only: FilterSpecification, paint: Record<string, unknown>): LayerSpecification => ({
    id,
    type: "line",
    source: "lines",
    filter: ["all", ["==", ["get", "straight"], straight], only] as never,
    layout: straight ? { "line-join": "round" } : round,
    paint: { "line-color": one, ...(straight ? { "line-dasharray": [1.6, 1.4] } : {}), ...paint } as never,
  });
  return [
    line("lines", false, listed, { "line-width": thin, "line-opacity": dim }),
    line("straights", true, listed, { "line-width": thin, "line-opacity": dim }),
    {
      id: "stops",
      type: "circle",
      source: "stops",
      filter: listed,
      paint: {
        "circle-radius": small,
        "circle-color": surface,
        "circle-stroke-color": one,
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 9, 1.2, 14, 2] as never,
        "circle-opacity": looks.chosen === null ? 1 : 0.35,
        "circle-stroke-opacity": looks.chosen === null ? 1 : 0.35,
      },
    },
    numbers("numbers", ["all", listed, ["!=", ["get", "route"], route]] as never, ink, looks.chosen === null ? 1 : 0.35, 15.5),
    line("chosen-edge", false, chosen, { "line-width": edge, "line-color": surface }),
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
        "symbol-spacing": 70,
        "icon-image": "arrow",
        "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.42, 16, 0.62],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "icon-rotation-alignment": "map",
      },
    },
    {
      id: "chosen-stops",
      type: "circle",
      source: "stops",
      filter: chosen,
      paint: {
        "circle-radius": looks.chosen === null ? small : (["case", ["==", ["get", "number"], looks.stop ?? NONE], 13, 9.5] as never),
        "circle-color": ["case", ["==", ["get", "number"], looks.stop ?? NONE], ink, surface] as never,
        "circle-stroke-color": ["case", ["get", "late"], bad, one] as never,
        "circle-stroke-width": ["case", ["get", "late"], 3.2, 2.4] as never,
      },
    },
    numbers(
      "chosen-numbers",
      looks.chosen === null ? false : chosen,
      ["case", ["==", ["get", "number"], looks.stop ?? NONE], surface, ink],
      1,
      0,
    ),
    {
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
    },
  ];
}

function numbers(id: string, filter: FilterSpecification, color: unknown, opacity: number, minzoom: number): LayerSpecification {
  return {
    id,
    type: "symbol",
    source: "stops",
    minzoom,
    filter,
    layout: {
      "text-field": ["to-string", ["get", "number"]],
      "text-font": FONT_BOLD,
      "text-size": 10.5,
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
    paint: { "text-color": color as never, "text-opacity": opacity },
  };
}
