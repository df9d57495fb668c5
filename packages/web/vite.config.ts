import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

export default defineConfig({
  plugins: [react(), tailwindcss(), partsOfPdfReader()],
  build: {
    target: 'es2023',
    // Nothing may slip into the page as `data:` that its policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_000,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:3000' } },
})

/** What pdf.js fetches by name when a PDF needs it: character maps, the standard fonts, decoders of pictures. */
function partsOfPdfReader(): Plugin {
  const reader = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))
  return {
    name: 'parts-of-pdf-reader',
    apply: 'build',
    async generateBundle() {
      for (const part of ['cmaps', 'standard_fonts', 'wasm', 'iccs'])
        for (const name of await readdir(join(reader, part)))
          this.emitFile({
            type: 'asset',
            fileName: `pdf/${part}/${name}`,
            source: await readFile(join(reader, part, name)),
          })
    },
  }
}
