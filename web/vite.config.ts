/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { onePage } from "./one-page.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("apps/plan"),
  plugins: [svelte(), onePage()],
  resolve: {
    alias: {
      "@zaguan/ui": here("packages/ui"),
      "@zaguan/map": here("packages/map"),
      "@zaguan/words": here("packages/words"),
      "@words": here("../src/zaguan/base/kit/words"),
    },
  },
  server: { fs: { allow: [here("..")] } },
  build: {
    outDir: here("dist/plan"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4096,
    rolldownOptions: { output: { codeSplitting: false } },
  },
  test: { root: here("."), include: ["{apps,packages}/**/*.test.ts"], environment: "node" },
});
