// How the console is built: hashed assets, nothing inlined, so that a strict Content-Security-Policy holds.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server the development page talks to; the built page talks to the one that serves it.
const server = process.env.HANOI_IOC_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  worker: { format: "es" },
  server: { proxy: { "/api": { target: server, changeOrigin: false } } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_200,
    reportCompressedSize: false,
    // What most rooms need is one file: each file costs its own headers and its own place in the queue.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "common", minShareCount: 5 }] } } },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
