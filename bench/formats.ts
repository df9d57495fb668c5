import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseDocument } from '../packages/server/src/ingestion/parsers/parse-document.ts'
import { ParseFailure } from '../packages/server/src/ingestion/parsers/parse-failure.ts'
import { openParser } from '../packages/server/src/ingestion/parsing/open-parser.ts'
import { parseFile } from '../packages/server/src/ingestion/parsing/parse-file.ts'
import { parseFolder } from '../packages/server/src/ingestion/parsing/parse-folder.ts'
import { goodFiles, mutate } from '../packages/server/test/fixtures/mutate-files.ts'
import { seededRandom } from './bench-data.ts'

// What every file of a folder gives, read here one after the other; then all of them by the server's parsing processes.
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    /** A folder to write the text of each file to, to be read by somebody. */
    text: { type: 'string' },
    processes: { type: 'string', default: '2' },
    mutations: { type: 'string', default: '0' },
  },
})
const data = values.data ?? process.env['QUORY_BENCH_DATA']
if (data === undefined) throw new Error('Where is the data? Give --data DIR or set QUORY_BENCH_DATA.')
const folder = join(data, 'documents')

const rows: Record<string, string | number>[] = []
const warnings: string[] = []
for (const name of (await readdir(folder)).sort()) {
  const bytes = await readFile(join(folder, name))
  const start = performance.now()
  const outcome = await parseDocument(name, bytes).catch((error: unknown) => error)
  const ms = Math.round(performance.now() - start)
  if (outcome instanceof ParseFailure) {
    rows.push({ file: name, format: outcome.reason, ms })
    warnings.push(`${name}: ${outcome.message}`)
    continue
  }
  if (outcome instanceof Error) throw outcome
  const { text, blocks, format, ...document } = outcome as Awaited<ReturnType<typeof parseDocument>>
  const pages = new Set(blocks.flatMap(({ page }) => page ?? [])).size
  const headings = blocks.filter(({ kind }) => kind === 'heading').length
  rows.push({
    file: name,
    format,
    pages,
    blocks: blocks.length,
    headings,
    characters: text.length,
    warnings: document.warnings.length,
    ms,
  })
  warnings.push(...document.warnings.map((warning) => `${name}: ${warning}`))
  if (values.text !== undefined)
    await writeText(values.text, name, outcome as Awaited<ReturnType<typeof parseDocument>>)
}
console.table(rows)
for (const warning of warnings) console.log(warning)
await readByProcesses(Number(values.processes))
await readSmallFiles(100)
if (Number(values.mutations) > 0) await readDamaged(Number(values.mutations), Number(values.processes))

/** Each block on a line of its own, with its kind and place, to be read by somebody. */
async function writeText(
  target: string,
  name: string,
  { text, blocks }: Awaited<ReturnType<typeof parseDocument>>,
): Promise<void> {
  await mkdir(target, { recursive: true })
  const lines = blocks.map(({ kind, start, end, page, sheet, row, headingPath }) => {
    const place = [page ?? '', sheet ?? '', row ?? '', headingPath.join(' › ')].filter((part) => part !== '').join(' ')
    return `[${kind}${place === '' ? '' : ` ${place}`}]\n${text.slice(start, end)}\n`
  })
  await writeFile(join(target, `${basename(name)}.txt`), lines.join('\n'))
}

/** Two rounds: the first starts the processes, the second finds them running. */
async function readByProcesses(processes: number): Promise<void> {
  await using parser = openParser({ folders: [folder], processes, maxMemoryMb: 512 })
  for (const round of ['cold', 'warm']) {
    const start = performance.now()
    let bytes = 0
    let files = 0
    const signal = new AbortController().signal
    await parseFolder({ parser, folder, concurrency: processes, timeoutMs: 300_000, signal }, ({ size }) => {
      bytes += size
      files++
    })
    const seconds = (performance.now() - start) / 1000
    console.log(`${round}: ${files} files, ${(bytes / 1e6 / seconds).toFixed(2)} MB/s with ${processes} processes`)
  }
}

/** What a start costs: small files by one process that goes on, and each by a process of its own. */
async function readSmallFiles(count: number): Promise<void> {
  const target = await mkdtemp(join(tmpdir(), 'quory-small-'))
  try {
    const paths = Array.from({ length: count }, (_, index) => join(target, `${index}.txt`))
    await Promise.all(paths.map((path, index) => writeFile(path, `The pump ${index} runs, and its valve is closed.`)))
    const request = (path: string) => ({
      path,
      fileName: basename(path),
      timeoutMs: 60_000,
      signal: new AbortController().signal,
    })
    await using parser = openParser({ folders: [target], processes: 1, maxMemoryMb: 512 })
    const pooled = await msEach(paths, (path) => parser.parse(request(path)))
    const alone = await msEach(paths.slice(0, 20), (path) => parseFile({ ...request(path), maxMemoryMb: 512 }))
    console.log(
      `a small file: ${pooled.toFixed(1)} ms in a process that goes on, ${alone.toFixed(1)} ms in one of its own`,
    )
  } finally {
    await rm(target, { recursive: true, force: true })
  }
}

async function msEach(paths: readonly string[], parse: (path: string) => Promise<unknown>): Promise<number> {
  const start = performance.now()
  for (const path of paths) await parse(path)
  return (performance.now() - start) / paths.length
}

/** Good files of every format, damaged at random, each read by the server's processes: what came of them. */
async function readDamaged(count: number, processes: number): Promise<void> {
  const target = await mkdtemp(join(tmpdir(), 'quory-damaged-'))
  try {
    const files = Object.entries(goodFiles())
    for (let seed = 1; seed <= count; seed++) {
      const [name, bytes] = files[seed % files.length] ?? ['a.txt', new Uint8Array()]
      await writeFile(join(target, `${seed}-${name}`), mutate(bytes, seededRandom(seed)))
    }
    await using parser = openParser({ folders: [target], processes, maxMemoryMb: 512 })
    const outcomes = new Map<string, number>()
    let slowest = { name: '', ms: 0 }
    const signal = new AbortController().signal
    await parseFolder({ parser, folder: target, concurrency: processes, timeoutMs: 60_000, signal }, (file) => {
      const { outcome, name, ms } = file
      const kind = outcome instanceof ParseFailure ? outcome.reason : 'read'
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
      if (ms > slowest.ms) slowest = { name, ms }
      if (['crashed', 'time_out', 'out_of_memory'].includes(kind)) console.log(`${kind}: ${name}`)
    })
    console.log(Object.fromEntries(outcomes), `slowest: ${slowest.name}, ${Math.round(slowest.ms)} ms`)
  } finally {
    await rm(target, { recursive: true, force: true })
  }
}
