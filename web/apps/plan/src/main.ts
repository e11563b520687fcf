import "@zaguan/ui/tokens.css";
import { mount } from "svelte";
import App from "./app/App.svelte";
import type { PageData } from "./lib/data.ts";
import { Page } from "./lib/page.svelte.ts";

const textOf = (id: string): string => document.getElementById(id)?.textContent ?? "";

const data = JSON.parse(textOf("zaguan-data")) as PageData;
const page = new Page(data);
page.wear(page.theme);
mount(App, { target: document.getElementById("app")!, props: { page, tiles: textOf("zaguan-tiles") } });
