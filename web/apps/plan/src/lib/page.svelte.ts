/** The state that the whole page shares: language, theme, and one selection for list, map and timeline. */
import { count, isWord, say, type Facts, type Locale, type Word } from "@zaguan/words/index.ts";
import { DARK, LIGHT } from "@zaguan/ui/palette.ts";
import { viewOf, type PageData, type PlanView, type RouteView, type StopView, type Texts } from "./data.ts";
import { Format } from "./format.ts";

export type Theme = "system" | "light" | "dark";
export type Pane = "routes" | "map" | "timeline" | "left_out";
export type Tab = "routes" | "left_out" | "notices";

const THEME_KEY = "zaguan.theme";

export class Page {
  readonly view: PlanView;
  readonly #data: PageData;
  readonly #systemDark = matchMedia("(prefers-color-scheme: dark)");

  locale = $state<Locale>("en");
  theme = $state<Theme>("system");
  systemIsDark = $state(false);
  tab = $state<Tab>("routes");
  pane = $state<Pane>("routes"); // what a narrow screen shows
  route = $state<number | null>(null);
  stop = $state<number | null>(null); // its number along the route
  leftOut = $state<number | null>(null);
  hovered = $state<number | null>(null); // a route under the pointer
  onlyLate = $state(false);
  fits = $state(0); // counts the wishes to see the whole plan

  readonly format: Format;
  readonly dark: boolean;
  readonly texts: Texts;
  readonly shown: RouteView[];

  constructor(data: PageData) {
    this.#data = data;
    this.view = viewOf(data.plan);
    this.locale = data.locale;
    this.theme = storedTheme();
    this.systemIsDark = this.#systemDark.matches;
    this.#systemDark.addEventListener("change", (event) => (this.systemIsDark = event.matches));
    this.format = $derived(new Format(this.locale, data.plan.time_zone, data.plan.currency, data.minor_units));
    this.dark = $derived(this.theme === "dark" || (this.theme === "system" && this.systemIsDark));
    this.texts = $derived(this.#data.texts[this.locale]);
    this.shown = $derived(this.onlyLate ? this.view.routes.filter((each) => each.lateStops > 0) : this.view.routes);
  }

  get mapBox(): [number, number, number, number] {
    return this.#data.map_box;
  }

  get selected(): RouteView | null {
    return this.route === null ? null : (this.view.routes[this.route] ?? null);
  }

  say(key: Word, facts: Facts = {}): string {
    return say(this.locale, key, facts);
  }

  count(noun: "stops" | "orders" | "straight", many: number): string {
    return count(this.locale, noun, many);
  }

  /** The word for a code of the plan, such as "van"; a code that has none is shown as it is. */
  name(group: "vehicle" | "energy" | "proof" | "kind" | "grade", code: string): string {
    const key = `${group}.${code}`;
    return isWord(key) ? this.say(key) : code;
  }

  colour(route: RouteView): string {
    const palette = this.dark ? DARK : LIGHT;
    return palette[route.colour % palette.length]!;
  }

  driver(route: RouteView): string {
    return route.route.driver_name || route.route.driver_ref || route.route.vehicle_ref;
  }

  choose(route: number | null, stop: number | null = null): void {
    this.route = route;
    this.stop = stop;
    this.leftOut = null;
    if (route !== null) {
      this.tab = "routes";
      if (this.onlyLate && this.view.routes[route]?.lateStops === 0) this.onlyLate = false;
    }
  }

  chooseLeftOut(index: number): void {
    this.choose(null);
    this.leftOut = index;
    this.tab = "left_out";
  }

  /** Let go of the innermost thing that is selected. */
  letGo(): void {
    if (this.stop !== null) this.stop = null;
    else this.choose(null);
  }

  selectedStop(): StopView | null {
    return this.selected?.stops.find((each) => each.stop.number === this.stop) ?? null;
  }

  speak(locale: Locale): void {
    this.locale = locale;
    document.documentElement.lang = locale;
    const { region_name: region, service_on: day } = this.view.plan;
    document.title = this.say("title", { region, day });
  }

  wear(theme: Theme): void {
    this.theme = theme;
    document.documentElement.dataset["theme"] = theme;
    try {
      localStorage.setItem(THEME_KEY, theme);
    } catch {
      // a page from a disk may not be allowed to remember: then it follows the system next time
    }
  }
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(THEME_KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}
