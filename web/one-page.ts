/** Folds the built script and style into the page, so that it is one file that opens from a disk. */
import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** What may run and load: our own script, by its hash, and nothing at all from outside. */
const policy = (script: string): string =>
  [
    "default-src 'none'",
    `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data:",
    "worker-src blob: data:",
    "connect-src blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

/** A script element ends at the first `</script`, and `<!--` changes how it is read: neither may be spelled. */
const sealed = (script: string): string => script.replace(/<\/(?=script)/gi, "<\\/").replace(/<!--/g, "\\x3C!--");

export function onePage(): Plugin {
  return {
    name: "one-page",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const page = files.find((file) => file.fileName === "index.html");
      const scripts = files.filter((file) => file.type === "chunk");
      const styles = files.filter((file) => file.fileName.endsWith(".css"));
      if (page?.type !== "asset" || scripts.length !== 1) {
        this.error(`one page and one script expected, found ${files.map((file) => file.fileName).join(", ")}`);
      }
      const script = sealed(scripts[0]!.code);
      const style = styles.map((file) => (file.type === "asset" ? String(file.source) : "")).join("\n");
      const parts: Record<string, string> = {
        "<!-- policy -->": `<meta http-equiv="Content-Security-Policy" content="${policy(script)}">`,
        "<!-- style -->": `<style>${style}</style>`,
        "<!-- script -->": `<script type="module">${script}</script>`,
      };
      let text = String(page!.type === "asset" ? page!.source : "")
        .replace(/<script type="module"[^>]*src=[^>]*><\/script>\s*/g, "")
        .replace(/<link rel="stylesheet"[^>]*>\s*/g, "");
      for (const [mark, part] of Object.entries(parts)) {
        if (text.split(mark).length !== 2) this.error(`index.html must hold ${mark} once`);
        text = text.replace(mark, () => part);
      }
      for (const file of files) delete bundle[file.fileName];
      this.emitFile({ type: "asset", fileName: "plan.html", source: text });
    },
  };
}
