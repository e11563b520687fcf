/** Holds the map: builds its style once, then changes only what a new selection or theme changes. */
import { Map as StreetMap, type LayerSpecification, type StyleSpecification } from "maplibre-gl";
import { background, groundLayers, groundSource, nameLayers } from "@zaguan/map/ground.ts";
import { arrow, depot, disc, leftOut, tag, type Mark } from "@zaguan/map/marks.ts";
import { serveTiles } from "@zaguan/map/tiles.ts";
import { bringWorker } from "@zaguan/map/worker.ts";
import { boxOf, type PlanView } from "../../lib/data.ts";
import { lineFeatures, placeFeatures, stopFeatures, tagFeatures } from "./features.ts";
import { LINE_LAYERS, lineLayers, STOP_LAYERS, stopLayers, TAG_LAYERS, type Looks } from "./layers.ts";

export type Hit = { route: number; stop: number | null } | { leftOut: number } | null;
type Box = [number, number, number, number];
const NARROW_PX = 600;
const REACH = 7; // pixels around a click that still count
const FONT_TEXT = "0123456789 Avenida Águas";

export interface Wishes {
  container: HTMLElement;
  tiles: string;
  view: PlanView;
  mapBox: Box;
  looks: Looks;
  onHit: (hit: Hit) => void;
  onHover: (route: number | null) => void;
}

export class PlanMap {
  readonly map: StreetMap;
  readonly #view: PlanView;
  readonly #zooms: { least: number; most: number } | null;
  #layers: LayerSpecification[];
  readonly #leftOut: readonly { lon: number; lat: number }[];
  readonly #padding: { top: number; bottom: number; left: number; right: number };

  /** Bring the page's own tiles and letters, then the map. */
  static async make(wishes: Wishes): Promise<PlanMap> {
    bringWorker();
    const [zooms] = await Promise.all([serveTiles(wishes.tiles), document.fonts.load("400 16px 'Inter Variable'", FONT_TEXT)]);
    const made = new PlanMap(wishes, zooms);
    await new Promise<void>((resolve) => made.map.once("load", () => resolve()));
    return made;
  }

  private constructor(wishes: Wishes, zooms: { least: number; most: number } | null) {
    this.#view = wishes.view;
    const edge = wishes.container.clientWidth < NARROW_PX ? 24 : 40;
    this.#padding = { top: edge, bottom: edge, left: edge, right: edge };
    this.#zooms = zooms;
    this.#layers = this.#layersFor(wishes.looks);
    const [west, south, east, north] = wishes.mapBox;
    // who was left out belongs in the picture, unless it lies off the map
    this.#leftOut = wishes.view.plan.unassigned
      .flatMap(({ point }) => (point ? [point] : []))
      .filter(({ lon, lat }) => west <= lon && lon <= east && south <= lat && lat <= north);
    const wide = Math.max(east - west, north - south);
    this.map = new StreetMap({
      container: wishes.container,
      style: this.#style(),
      bounds: boxOf(wishes.view.routes, this.#leftOut) ?? [[west, south], [east, north]],
      fitBoundsOptions: { padding: this.#padding },
      maxBounds: [[west - wide, south - wide], [east + wide, north + wide]],
      maxZoom: 18,
      fadeDuration: 0,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      rollEnabled: false,
      refreshExpiredTiles: false,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    const marks: Record<string, () => Mark> = { depot, left_out: leftOut, arrow };
    this.map.setMissingStyleImageResolver((name) => {
      const mark = marks[name]?.() ?? disc(name) ?? tag(name);
      if (mark) this.map.addImage(name, mark.data, mark.options);
    });
    this.#listen(wishes);
  }

  /** Wear what the selection and the theme ask for. */
  wear(looks: Looks): void {
    const before = new Map(this.#layers.map((layer) => [layer.id, layer]));
    this.#layers = this.#layersFor(looks);
    for (const layer of this.#layers) {
      const old = before.get(layer.id)!;
      for (const [name, value] of changed(old.paint, layer.paint)) this.map.setPaintProperty(layer.id, name as never, value as never);
      for (const [name, value] of changed(old.layout, layer.layout)) this.map.setLayoutProperty(layer.id, name as never, value as never);
      const filters = [old, layer].map((each) => ("filter" in each ? each.filter : undefined));
      if (JSON.stringify(filters[0]) !== JSON.stringify(filters[1])) this.map.setFilter(layer.id, filters[1] ?? null);
    }
  }

  /** Show all routes, or one; `right` keeps clear what lies over the map's right side. */
  fit(route: number | null, right: number): void {
    const chosen = route === null ? this.#view.routes : [this.#view.routes[route]!];
    const box = boxOf(chosen, route === null ? this.#leftOut : []);
    const animate = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const padding = { ...this.#padding, right: this.#padding.right + right };
    if (box) this.map.fitBounds(box, { padding, maxZoom: 16, duration: animate ? 450 : 0, linear: true });
  }

  /** Bring a point into view, where it is not yet. */
  reveal(lon: number, lat: number, right: number): void {
    if (this.map.isMoving()) return; // on the way to the whole route already
    const at = this.map.project([lon, lat]);
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const inside = at.x > 40 && at.y > 40 && at.x < width - right - 40 && at.y < height - 40;
    if (!inside) this.map.easeTo({ center: [lon, lat], offset: [-right / 2, 0], zoom: Math.max(this.map.getZoom(), 13) });
  }

  /** The map as it stands, for paper. */
  picture(): string {
    this.map.redraw();
    return this.map.getCanvas().toDataURL("image/jpeg", 0.9);
  }

  remove(): void {
    this.map.remove();
  }

  #layersFor(looks: Looks): LayerSpecification[] {
    const [ground, names] = this.#zooms === null ? [[], []] : [groundLayers(looks.dark), nameLayers(looks.dark)];
    return [background(looks.dark), ...ground, ...lineLayers(looks), ...names, ...stopLayers(looks)];
  }

  #style(): StyleSpecification {
    // no `glyphs`: letters are drawn with the page's own font
    return {
      version: 8,
      sources: {
        ...(this.#zooms === null ? {} : { ground: groundSource(this.#zooms) }),
        lines: { type: "geojson", data: lineFeatures(this.#view), tolerance: 0.3 },
        stops: { type: "geojson", data: stopFeatures(this.#view) },
        tags: { type: "geojson", data: tagFeatures(this.#view) },
        places: { type: "geojson", data: placeFeatures(this.#view) },
      },
      layers: this.#layers,
    };
  }

  #listen({ onHit, onHover }: Wishes): void {
    this.map.on("click", ({ point }) => onHit(this.#hitAt(point.x, point.y)));
    let asked = 0;
    this.map.on("mousemove", ({ point }) => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => {
        const hit = this.#hitAt(point.x, point.y);
        this.map.getCanvas().style.cursor = hit ? "pointer" : "";
        onHover(hit && "route" in hit ? hit.route : null);
      });
    });
    this.map.on("mouseout", () => onHover(null));
  }

  #hitAt(x: number, y: number): Hit {
    const around = (reach: number): [[number, number], [number, number]] => [[x - reach, y - reach], [x + reach, y + reach]];
    const [place] = this.map.queryRenderedFeatures(around(2), { layers: ["places"], filter: ["==", ["get", "kind"], "left_out"] });
    if (place) return { leftOut: place.properties["index"] as number };
    const [tagged] = this.map.queryRenderedFeatures(around(1), { layers: TAG_LAYERS });
    if (tagged) return { route: tagged.properties["route"] as number, stop: null };
    const [stop] = this.map.queryRenderedFeatures(around(REACH / 2), { layers: STOP_LAYERS });
    if (stop) return { route: stop.properties["route"] as number, stop: stop.properties["number"] as number };
    const [line] = this.map.queryRenderedFeatures(around(REACH), { layers: LINE_LAYERS });
    return line ? { route: line.properties["route"] as number, stop: null } : null;
  }
}

function changed(old: object | undefined, now: object | undefined): [string, unknown][] {
  const before = new Map(Object.entries(old ?? {}));
  return Object.entries(now ?? {}).filter(([name, value]) => JSON.stringify(before.get(name)) !== JSON.stringify(value));
}

