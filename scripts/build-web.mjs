// The page, with what compresses well compressed once, here, rather than at every request.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'vite'

const root = fileURLToPath(new URL('../packages/web', import.meta.url))
const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)]

export async function buildWeb() {
  const { output } = await build({ root, logLevel: 'error', build: { write: false } })
  const files = new Map(
    output.map((file) => [file.fileName, Buffer.from(file.type === 'chunk' ? file.code : file.source)]),
  )
  // Vite copies these only when it writes.
  const folder = join(root, 'public')
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(relative(folder, path).split(sep).join('/'), readFileSync(path))
  }
  for (const [name, content] of [...files]) {
    if (!/\.(js|mjs|css|html|svg|wasm|json|ttf)$/.test(name) || content.length < 1024) continue
    const params = { [constants.BROTLI_PARAM_QUALITY]: content.length > 300_000 ? 9 : 11 }
    files.set(`${name}.br`, await brotli(content, { params }))
    files.set(`${name}.gz`, await zip(content, { level: 9 }))
  }
  return files
}
