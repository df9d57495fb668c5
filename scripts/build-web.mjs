// The page, with what compresses well compressed once, here, rather than at every request.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'vite'

// Whoever builds: under a test run's `NODE_ENV`, Vite would make the page of React's parts for development.
process.env.NODE_ENV = 'production'

const root = fileURLToPath(new URL('../packages/web', import.meta.url))
const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)]

export async function buildWeb() {
  const { output } = await build({ root, logLevel: 'error', build: { write: false } })
  const files = new Map(
    output.map((file) => [file.fileName, Buffer.from(file.type === 'chunk' ? file.code : file.source)]),
  )
  const firstLoaded = new Set(firstLoadOf(output))
  // Vite copies these only when it writes.
  const folder = join(root, 'public')
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(relative(folder, path).split(sep).join('/'), readFileSync(path))
  }
  const compressible = [...files].filter(
    ([name, content]) => /\.(js|mjs|css|html|svg|wasm|json|ttf|bcmap)$/.test(name) && content.length >= 1024,
  )
  const compress = async ([name, content]) => {
    // Of what is loaded on demand, such as the grammars of 300 languages, the last percent is not worth a long build.
    const quality = firstLoaded.has(name) ? 11 : 9
    files.set(`${name}.br`, await brotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }))
    files.set(`${name}.gz`, await zip(content, { level: 9 }))
  }
  await Promise.all(compressible.map(compress))
  return files
}

/** What every visitor loads: the page's own script with all that it imports at once, and its style. */
function firstLoadOf(output) {
  const chunks = new Map(output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]))
  const names = new Set(output.map(({ fileName }) => fileName).filter((name) => /^assets\/index-.*\.css$/.test(name)))
  const add = (name) => {
    if (names.has(name)) return
    names.add(name)
    for (const imported of chunks.get(name)?.imports ?? []) add(imported)
  }
  for (const { fileName, isEntry } of chunks.values()) if (isEntry) add(fileName)
  return names
}
