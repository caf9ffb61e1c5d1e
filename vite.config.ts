import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [sveltekit()],
  build: {
    target: 'es2022',
    // .vite/manifest.json in the output: scripts/bench/first-load.ts counts from it.
    manifest: true,
    chunkSizeWarningLimit: 900
  }
});
