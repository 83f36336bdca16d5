import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The agent serves the result from its own origin under a strict content policy: nothing inline, nothing from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    // An inlined font or style would need `data:` in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
