// What `npm start` serves, in parts that are built on their own and anew only when their sources changed.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * A new part, such as a page for browsers, is one more row and one more `build-….mjs`: `run` returns what shall lie in
 * `output`, name by name.
 */
export const steps = [
  {
    name: 'server',
    sources: ['packages/server/src', 'packages/server/package.json', 'scripts/build-server.mjs', 'package-lock.json'],
    output: join(root, 'packages/server/dist'),
    run: async (output) => (await import('./build-server.mjs')).buildServer(output),
  },
  {
    name: 'page',
    sources: [
      'packages/web/src',
      'packages/web/public',
      'packages/web/index.html',
      'packages/web/package.json',
      'packages/web/vite.config.ts',
      'packages/sdk/src',
      'scripts/build-web.mjs',
      'package-lock.json',
    ],
    output: join(root, 'packages/server/dist/web'),
    run: async () => (await import('./build-web.mjs')).buildWeb(),
  },
]

/** In each output: what its sources were, the files of this build, and those of the one before. */
export const stampName = '.built.json'

export function readStamp({ output }) {
  const file = join(output, stampName)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { sources: '', files: [], previousFiles: [] }
}

export function isOutdated(step) {
  return readStamp(step).sources !== fingerprint(step)
}

/** By size and time of change: reading all sources would take longer than everything else before a start. */
export function fingerprint({ sources }) {
  const hash = createHash('sha256')
  for (const source of sources) addFiles(source, hash)
  return hash.digest('hex')
}

function addFiles(path, hash) {
  if (/\.test\.tsx?$/.test(path)) return
  const found = statSync(join(root, path))
  if (!found.isDirectory()) hash.update(`${path} ${found.size} ${found.mtimeMs}\n`)
  else for (const name of readdirSync(join(root, path)).sort()) addFiles(`${path}/${name}`, hash)
}
