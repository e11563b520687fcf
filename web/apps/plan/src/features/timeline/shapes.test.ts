import { describe, expect, it } from "vitest";
import type { RouteView, StopView } from "../../lib/data.ts";
import { at, hoursOf, lanesOf, shapesOf, stopAt, type Scale } from "./shapes.ts";

const HOUR = 3_600_000;
const scale: Scale = { from: 0, till: 10 * HOUR, width: 1000 };
const stop = (number: number, arrives: number, starts: number, leaves: number, lateS = 0): StopView =>
  ({ stop: { number }, arrives: arrives * HOUR, starts: starts * HOUR, leaves: leaves * HOUR, opens: 1 * HOUR, closes: 4 * HOUR, lateS }) as StopView;
const route = { leaves: 0.5 * HOUR, returns: 8 * HOUR, stops: [stop(1, 1, 2, 2.5), stop(2, 5, 5, 5.2, 60)], breaks: [{ starts: 3 * HOUR, ends: 4 * HOUR }] } as unknown as RouteView;

describe("a route's day as paths", () => {
  it("drives between what it does, waits before its window, marks what is late", () => {
    const shapes = shapesOf(route, scale);
    expect(shapes.driving.match(/M[\d.]+ [\d.]+H[\d.]+/g)).toEqual(["M50.0 15H100.0", "M250.0 15H300.0", "M400.0 15H500.0", "M520.0 15H800.0"]);
    for (const one of [shapes.service, shapes.late, shapes.waiting, shapes.breaks]) expect(one.match(/M/g)).toHaveLength(1);
    expect(JSON.stringify(shapes)).not.toContain("NaN");
  });

  it("finds the stop under a point, and in its lane", () => {
    const { lanes, step } = lanesOf(route, scale);
    expect(stopAt(route, scale, 230, 15, step)?.stop.number).toBe(1);
    expect(stopAt(route, scale, 350, 15, step)).toBeNull();
    expect(stopAt(route, scale, 0, lanes[1]!.y + 1, step)?.stop.number).toBe(2);
    expect([lanes[0]!.left, lanes[0]!.right]).toEqual([at(scale, HOUR), at(scale, 4 * HOUR)]);
  });

  it("labels whole hours, as many as have room", () => {
    const clock = (moment: number): string => `${String(moment / HOUR).padStart(2, "0")}:${moment % HOUR === 0 ? "00" : "30"}`;
    expect(hoursOf(scale, clock).map((each) => each.label)).toHaveLength(11);
    expect(hoursOf({ ...scale, width: 200 }, clock).map((each) => each.moment / HOUR)).toEqual([0, 3, 6, 9]);
  });
});
