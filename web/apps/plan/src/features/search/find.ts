/** Everything one can look for in a plan, with its text folded once. */
import type { PlanView } from "../../lib/data.ts";
import { fold } from "../../lib/fold.ts";

export type Target = { route: number; stop: number | null } | { leftOut: number };

export interface Entry {
  title: string;
  detail: string;
  target: Target;
  folded: string;
}

export const MAX_SHOWN = 8;

export function entriesOf(view: PlanView): Entry[] {
  const entries: Entry[] = [];
  const add = (title: string, detail: string, target: Target, more: string[] = []): void => {
    entries.push({ title, detail, target, folded: fold([title, detail, ...more].join(" ")) });
  };
  for (const { index, route, stops } of view.routes) {
    add(`${route.ref} ${route.driver_name}`.trim(), route.vehicle_ref, { route: index, stop: null }, [route.driver_ref]);
    for (const { stop } of stops) {
      for (const order of stop.orders) {
        const place = [order.recipient, stop.address, stop.commune].filter(Boolean).join(" · ");
        add(order.ref, place, { route: index, stop: stop.number }, [order.phone, ...order.barcodes]);
      }
    }
  }
  for (const { index, order } of view.leftOut) add(order.ref, order.address, { leftOut: index });
  return entries;
}

/** Entries that hold every word of the question; those that begin with it come first. */
export function find(entries: readonly Entry[], question: string): { shown: Entry[]; more: number } {
  const words = fold(question).split(/\s+/).filter(Boolean);
  if (words.length === 0) return { shown: [], more: 0 };
  const found = entries.filter((entry) => words.every((word) => entry.folded.includes(word)));
  const first = words[0]!;
  found.sort((one, other) => Number(other.folded.startsWith(first)) - Number(one.folded.startsWith(first)));
  return { shown: found.slice(0, MAX_SHOWN), more: Math.max(0, found.length - MAX_SHOWN) };
}
