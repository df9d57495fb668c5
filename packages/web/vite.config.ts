import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

export default defineConfig({
  plugins: [react(), tailwindcss(), compressed()],
  build: {
    target: 'es2023',
    // Whatever is not shown yet is not loaded yet; nothing may slip into the page as `data:` that its policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_000,
    reportCompressedSize: false,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:3000' } },
})

/** Compressed once, here, rather than at every request. */
function compressed(): Plugin {
  const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)]
  return {
    name: 'compressed',
    apply: 'build',
    async generateBundle(_options, bundle) {
      const files = Object.values(bundle).map((file) => ({
        fileName: file.fileName,
        bytes: Buffer.from(file.type === 'chunk' ? file.code : file.source),
      }))
      for (const { fileName, bytes } of files) {
        if (!/\.(js|css|html|svg|wasm|json|ttf)$/.test(fileName) || bytes.length < 1024) continue
        const quality = { [constants.BROTLI_PARAM_QUALITY]: bytes.length > 500_000 ? 9 : 11 }
        this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: await brotli(bytes, { params: quality }) })
        this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: await zip(bytes, { level: 9 }) })
      }
    },
  }
}
