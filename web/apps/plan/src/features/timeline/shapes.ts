/** The day of a route as a few paths: a row of a thousand stops stays a handful of elements. */
import type { RouteView, StopView } from "../../lib/data.ts";

export interface Scale {
  from: number;
  till: number;
  width: number;
}

export const ROW_PX = 30;
const BOX_TOP = 7;
const BOX_PX = 16;
const MIDDLE = BOX_TOP + BOX_PX / 2;
const LEAST_PX = 2.5;
const LANES_PX = 170;
const REACH_PX = 5;

export interface Shapes {
  driving: string;
  service: string;
  late: string;
  waiting: string;
  breaks: string;
}

export interface Lane {
  number: number;
  y: number;
  left: number;
  right: number;
  eta: number;
  late: boolean;
}

const HOUR = 3_600_000;

export function at(scale: Scale, moment: number): number {
  return ((moment - scale.from) / (scale.till - scale.from)) * scale.width;
}

/** A box with round corners, at least wide enough to be seen. */
function box(from: number, till: number, top = BOX_TOP, tall = BOX_PX): string {
  const wide = Math.max(LEAST_PX, till - from - 1);
  const r = Math.min(3.5, wide / 2);
  const f = (value: number): string => value.toFixed(1);
  const [w, h] = [f(wide - 2 * r), f(tall - 2 * r)];
  return `M${f(from + r)} ${top}h${w}q${r} 0 ${r} ${r}v${h}q0 ${r} ${-r} ${r}h${-w}q${-r} 0 ${-r} ${-r}v${-h}q0 ${-r} ${r} ${-r}z`;
}

export function shapesOf(each: RouteView, scale: Scale): Shapes {
  const shapes: Shapes = { driving: "", service: "", late: "", waiting: "", breaks: "" };
  const x = (moment: number): number => at(scale, moment);
  let free = each.leaves;
  const drive = (till: number): void => {
    if (till > free) shapes.driving += `M${x(free).toFixed(1)} ${MIDDLE}H${x(till).toFixed(1)}`;
  };
  const acts = [
    ...each.stops.map((stop) => ({ from: stop.arrives, till: stop.leaves, stop })),
    ...each.breaks.map(({ starts, ends }) => ({ from: starts, till: ends, stop: null })),
  ].sort((one, other) => one.from - other.from);
  for (const { from, till, stop } of acts) {
    drive(from);
    if (stop === null) shapes.breaks += box(x(from), x(till));
    else {
      if (stop.starts > stop.arrives) shapes.waiting += box(x(stop.arrives), x(stop.starts) + 1, MIDDLE - 3, 6);
      shapes[stop.lateS > 0 ? "late" : "service"] += box(x(stop.starts), x(stop.leaves));
    }
    free = Math.max(free, till);
  }
  drive(each.returns);
  return shapes;
}

/** One thin lane for each stop below the row: the promised window and the arrival in it. */
export function lanesOf(each: RouteView, scale: Scale): { lanes: Lane[]; step: number; height: number } {
  const step = Math.max(3, Math.min(9, LANES_PX / Math.max(1, each.stops.length)));
  const lanes = each.stops.map((stop, index) => ({
    number: stop.stop.number,
    y: ROW_PX + 2 + index * step,
    left: stop.opens === null ? 0 : Math.max(0, at(scale, stop.opens)),
    right: stop.closes === null ? 0 : Math.min(scale.width, at(scale, stop.closes)),
    eta: at(scale, stop.starts),
    late: stop.lateS > 0,
  }));
  return { lanes, step, height: ROW_PX + lanes.length * step + 8 };
}

export function stopBox(stop: StopView, scale: Scale): string {
  return box(at(scale, stop.starts), at(scale, stop.leaves), BOX_TOP - 1.5, BOX_PX + 3);
}

/** The stop under a point of the row, or in its lane. */
export function stopAt(each: RouteView, scale: Scale, px: number, y: number, step: number): StopView | null {
  if (y > ROW_PX) return each.stops[Math.floor((y - ROW_PX - 2) / step)] ?? null;
  let best: StopView | null = null;
  let least = REACH_PX;
  for (const stop of each.stops) {
    const away = Math.max(at(scale, stop.arrives) - px, px - at(scale, stop.leaves), 0);
    if (away < least) {
      least = away;
      best = stop;
    }
  }
  return best;
}

/** Whole hours of the plan's zone, thinned out until the labels have room. */
export function hoursOf(scale: Scale, clock: (moment: number) => string, leastPx = 56): { moment: number; label: string }[] {
  const hours: { moment: number; label: string }[] = [];
  const quarter = HOUR / 4;
  for (let moment = Math.ceil(scale.from / quarter) * quarter; moment <= scale.till; moment += quarter) {
    const label = clock(moment);
    if (label.endsWith("00")) hours.push({ moment, label });
  }
  const px = (scale.width * HOUR) / (scale.till - scale.from);
  const every = Math.max(1, Math.ceil(leastPx / Math.max(1, px)));
  return hours.filter((_, index) => index % every === 0);
}
