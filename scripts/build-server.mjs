// The server as a few JavaScript files: hundreds of small ones take longer to find and read than to run.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const packageFolder = fileURLToPath(new URL('../packages/server', import.meta.url))
/** Loaded at every start, and made of hundreds of files themselves. All other packages stay as they are installed. */
const included = ['kysely', 'zod']

/** Programs that are started as threads and processes are listed in `program-files.ts`, by path below `src/`. */
function listPrograms() {
  const source = readFileSync(join(packageFolder, 'src/program-files.ts'), 'utf8')
  return ['main', ...[...source.matchAll(/^ {2}\| '(.+)'$/gm)].map(([, name]) => name)]
}

export async function buildServer(output) {
  await using bundle = await rolldown({
    cwd: packageFolder,
    platform: 'node',
    input: Object.fromEntries(listPrograms().map((name) => [name, `src/${name}.ts`])),
    external: (id) => /^[^./]/.test(id) && !included.some((name) => id === name || id.startsWith(`${name}/`)),
  })
  const { output: files } = await bundle.generate({
    dir: output,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // Stack traces name the TypeScript files; the text of the sources is not needed for it.
    sourcemap: true,
    sourcemapExcludeSources: true,
    codeSplitting: { groups: [{ name: 'libraries', test: /[\\/]node_modules[\\/]/ }] },
  })
  return new Map(files.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]))
}
