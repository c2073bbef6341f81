import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const page = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // The gateway puts a nonce of its own in place of this word, in each answer that carries a page.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    target: "chrome78",
    // A data: address would break the policy `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: false,
    manifest: "manifest.json",
    rollupOptions: {
      input: { office: page("index.html"), phone: page("m/index.html") },
      onwarn(warning, warn) {
        // "use client" is for servers that render pages; there is none.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
});
