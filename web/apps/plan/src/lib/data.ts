/** The plan as the page works with it: the file's routes with moments as numbers, places decoded, a colour each. */
import { decode, type LonLat } from "@zaguan/map/polyline.ts";
import { assignColours } from "@zaguan/ui/palette.ts";
import type { Locale } from "@zaguan/words/index.ts";
import type { Plan, PlannedBreak, Route, Stop, Unassigned } from "../generated/plan.ts";

export interface Texts {
  unassigned: { reason: string; remedies: string[] }[];
  notices: string[];
  because: Record<string, string>;
}

/** What write_plan_page puts into the page. */
export interface PageData {
  locale: Locale;
  plan: Plan;
  texts: Record<Locale, Texts>;
  minor_units: number;
  map_box: [number, number, number, number];
}

export interface StopView {
  stop: Stop;
  arrives: number; // milliseconds since 1970
  starts: number;
  leaves: number;
  opens: number | null; // the promise that all orders of the stop share: latest opening, earliest closing
  closes: number | null;
  lateS: number;
}

export interface BreakView {
  pause: PlannedBreak;
  starts: number;
  ends: number;
}

export interface LegView {
  line: LonLat[];
  straight: boolean;
}

export interface RouteView {
  index: number;
  route: Route;
  colour: number; // its place in the palette
  leaves: number;
  returns: number;
  stops: StopView[];
  breaks: BreakView[];
  legs: LegView[];
  lateStops: number;
  loadShare: number; // of the fullest dimension
}

export interface LeftOut {
  index: number;
  order: Unassigned;
}

export interface PlanView {
  plan: Plan;
  routes: RouteView[];
  leftOut: LeftOut[];
  from: number;
  till: number;
  straightLegs: number;
}

const moment = (text: string): number => Date.parse(text);

export function viewOf(plan: Plan): PlanView {
  const colours = assignColours(plan.routes.map(middleOf));
  const routes = plan.routes.map((route, index) => routeView(route, index, colours[index]!));
  const leftOut = plan.unassigned.map((order, index) => ({ index, order }));
  const from = Math.min(...routes.map((each) => each.leaves));
  const till = Math.max(...routes.map((each) => each.returns));
  const straightLegs = routes.reduce((sum, each) => sum + each.legs.filter((leg) => leg.straight).length, 0);
  return { plan, routes, leftOut, from, till, straightLegs };
}

function routeView(route: Route, index: number, colour: number): RouteView {
  const stops = route.stops.map(stopView);
  return {
    index,
    route,
    colour,
    leaves: moment(route.leaves_at),
    returns: moment(route.returns_at),
    stops,
    breaks: route.breaks.map((pause) => ({ pause, starts: moment(pause.starts_at), ends: moment(pause.ends_at) })),
    legs: route.geometry.map((text, leg) => ({ line: decode(text), straight: route.straight_legs.includes(leg) })),
    lateStops: stops.filter((each) => each.lateS > 0).length,
    loadShare: loadShare(route),
  };
}

function stopView(stop: Stop): StopView {
  const opens = stop.orders.flatMap((order) => (order.window_opens_at ? [moment(order.window_opens_at)] : []));
  const closes = stop.orders.flatMap((order) => (order.window_closes_at ? [moment(order.window_closes_at)] : []));
  return {
    stop,
    arrives: moment(stop.arrives_at),
    starts: moment(stop.starts_at),
    leaves: moment(stop.leaves_at),
    opens: opens.length > 0 ? Math.max(...opens) : null,
    closes: closes.length > 0 ? Math.min(...closes) : null,
    lateS: Math.max(0, ...stop.orders.map((order) => order.late_s)),
  };
}

export function loadShare(route: Route): number {
  const pairs: [number, number][] = [
    [route.load.weight_g, route.capacity.weight_g],
    [route.load.volume_ml, route.capacity.volume_ml],
    [route.load.pieces, route.capacity.pieces],
  ];
  return Math.max(0, ...pairs.map(([load, capacity]) => (capacity > 0 ? load / capacity : 0)));
}

/** The middle of a route's stops, in degrees stretched so that both axes are alike. */
function middleOf(route: Route): readonly [number, number] {
  const points = route.stops.length > 0 ? route.stops.map((stop) => stop.point) : [route.depot_point];
  const lon = points.reduce((sum, point) => sum + point.lon, 0) / points.length;
  const lat = points.reduce((sum, point) => sum + point.lat, 0) / points.length;
  return [lon * Math.cos((lat * Math.PI) / 180), lat];
}

/** The box of what is drawn of some routes, and of other points. */
export function boxOf(routes: readonly RouteView[], points: readonly { lon: number; lat: number }[] = []): [LonLat, LonLat] | null {
  let west = Infinity;
  let south = Infinity;
  let east = -Infinity;
  let north = -Infinity;
  const add = (lon: number, lat: number): void => {
    west = Math.min(west, lon);
    south = Math.min(south, lat);
    east = Math.max(east, lon);
    north = Math.max(north, lat);
  };
  for (const { route, legs } of routes) {
    for (const { line } of legs) for (const [lon, lat] of line) add(lon, lat);
    for (const { point } of route.stops) add(point.lon, point.lat);
  }
  for (const { lon, lat } of points) add(lon, lat);
  return west <= east ? [[west, south], [east, north]] : null;
}
