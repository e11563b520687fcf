// Written by `make docs` from the schema of plan.json: change the plan's dataclasses, not this file.

export interface Load {
  weight_g: number;
  volume_ml: number;
  pieces: number;
}

export interface Notice {
  code: string;
  facts: Record<string, string | number>;
  order_ref: string;
}

export interface Plan {
  service_on: string;
  time_zone: string;
  currency: string;
  region_name: string;
  region_hash: string;
  attribution: string;
  made_at: string;
  seed: number;
  search_seconds: number;
  iterations: number;
  routes: Route[];
  unassigned: Unassigned[];
  notices: Notice[];
  totals: Totals;
  schema_version: number;
}

export interface PlannedBreak {
  after_stop: number;
  starts_at: string;
  ends_at: string;
  /** "break" of the shift, or "rest" that the hours of service ask for */
  kind: string;
}

export interface Point {
  lon: number;
  lat: number;
}

export interface Remedy {
  /** a key of the words: "planning.remedy.wider_window", ... */
  code: string;
  facts: Record<string, string | number>;
}

export interface Route {
  ref: string;
  driver_ref: string;
  driver_name: string;
  driver_locale: string;
  vehicle_ref: string;
  vehicle_kind: string;
  depot_ref: string;
  depot_name: string;
  depot_point: Point;
  shift_starts_at: string;
  shift_ends_at: string;
  leaves_at: string;
  returns_at: string;
  ends_at_depot: boolean;
  stops: Stop[];
  breaks: PlannedBreak[];
  /** encoded polyline (precision 5) of each leg, the way back included */
  geometry: string[];
  /** legs drawn as straight lines, because no road could be used */
  estimated_legs: number;
  distance_m: number;
  driving_s: number;
  service_s: number;
  waiting_s: number;
  /** from leaving to coming back, breaks included */
  duration_s: number;
  overtime_s: number;
  /** the most that is aboard at one time */
  load: Load;
  capacity: Load;
  cost_minor: number;
  /** CO2 equivalent */
  emission_g: number;
  energy: string;
  /** litres, kilograms or kilowatt-hours */
  energy_units: number;
  /** which of `geometry` (from 0) are straight lines: the `estimated_legs` */
  straight_legs: number[];
}

export interface ServedOrder {
  ref: string;
  kind: string;
  recipient: string;
  phone: string;
  notes: string;
  proofs: string[];
  cash_minor: number;
  load: Load;
  barcodes: string[];
  /** the window that is kept, of those promised */
  window_opens_at: string | null;
  window_closes_at: string | null;
  window_is_hard: boolean;
  /** beyond a soft window */
  late_s: number;
  /** why this route: keys of the words, "planning.because.depot_zone", ... */
  because: string[];
  /** what its zones add to the route's cost */
  surcharge_minor: number;
}

export interface Stop {
  /** 1, 2, ... along the route */
  number: number;
  address: string;
  commune: string;
  access_notes: string;
  point: Point;
  grade: "given" | "rooftop" | "interpolated" | "street" | "commune" | "none";
  arrives_at: string;
  /** after waiting for the window */
  starts_at: string;
  leaves_at: string;
  /** from the stop before, or the depot */
  leg_distance_m: number;
  leg_duration_s: number;
  orders: ServedOrder[];
}

export interface Totals {
  orders: number;
  served: number;
  unassigned: number;
  routes: number;
  stops: number;
  distance_m: number;
  driving_s: number;
  duration_s: number;
  waiting_s: number;
  overtime_s: number;
  /** of the served orders that have a window */
  on_time_share: number;
  /** mean over routes of the fullest dimension */
  load_share: number;
  /** most stops of a route less fewest */
  stops_spread: number;
  duration_spread_s: number;
  cost_minor: number;
  emission_g: number;
  energy_by_kind: Record<string, number>;
  /** the same stops, each to its nearest unserved neighbour by the same rules */
  baseline_distance_m: number;
  baseline_cost_minor: number;
  /** found by the independent checker; a plan with any does not leave */
  violations: number;
  baseline_routes: number;
  /** the same stops in the order of the file, by the same rules */
  file_order_distance_m: number;
  file_order_cost_minor: number;
  file_order_routes: number;
  /** stops with an order served after its soft window */
  late_stops: number;
  /** of the routes' time that is neither driving nor service: waiting and pauses */
  idle_share: number;
  /** driven without goods: to the first pickup, back from the last delivery */
  empty_distance_m: number;
  baseline_energy_by_kind: Record<string, number>;
  baseline_emission_g: number;
  baseline_idle_share: number;
  baseline_empty_distance_m: number;
  /** in the order of the fleet, those that stay in the depot left out */
  vehicles: VehicleUse[];
}

export interface Unassigned {
  ref: string;
  address: string;
  point: Point | null;
  /** a key of the words: "planning.reason.capacity", ... */
  reason: string;
  facts: Record<string, string | number>;
  remedies: Remedy[];
}

export interface VehicleUse {
  vehicle_ref: string;
  energy: string;
  distance_m: number;
  /** litres, kilograms or kilowatt-hours */
  energy_units: number;
  /** further vehicles like it included, where the plain plan needs them */
  baseline_distance_m: number;
  baseline_energy_units: number;
}
