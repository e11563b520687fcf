/** The map's worker, carried inside the page: nothing is fetched from outside. */
import { setWorkerUrl } from "maplibre-gl";
import source from "maplibre-gl/dist/maplibre-gl-worker.mjs?raw";

export function bringWorker(): void {
  setWorkerUrl(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}
