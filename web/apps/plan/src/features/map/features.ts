/** The plan as features of the map: ways, stops, names of routes, depots and orders left out. */
import type { Feature, FeatureCollection } from "geojson";
import type { LonLat } from "@zaguan/map/polyline.ts";
import type { LegView, PlanView, RouteView } from "../../lib/data.ts";

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

/** The name of each route, at its stop nearest to the middle of them. */
export function tagFeatures(view: PlanView): FeatureCollection {
  return collection(
    view.routes.flatMap(({ index, route }) => {
      const points = route.stops.map((stop) => stop.point);
      if (points.length === 0) return [];
      const lon = points.reduce((sum, each) => sum + each.lon, 0) / points.length;
      const lat = points.reduce((sum, each) => sum + each.lat, 0) / points.length;
      const away = (each: { lon: number; lat: number }): number => Math.hypot(each.lon - lon, each.lat - lat);
      const middle = points.reduce((best, each) => (away(each) < away(best) ? each : best));
      return [point(middle.lon, middle.lat, { route: index, ref: route.ref })];
    }),
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
