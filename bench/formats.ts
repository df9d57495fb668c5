import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { openParser } from '../packages/server/src/ingestion/open-parser.ts'
import { parseFolder } from '../packages/server/src/ingestion/parse-folder.ts'
import { parseDocument } from '../packages/server/src/ingestion/parsers/parse-document.ts'
import { ParseFailure } from '../packages/server/src/ingestion/parsers/parse-failure.ts'

// What every file of a folder gives, read here one after the other; then all of them by the server's parsing processes.
const { values } = parseArgs({
  options: { data: { type: 'string' }, text: { type: 'string' }, processes: { type: 'string', default: '2' } },
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
  const pages = new Set(blocks.map(({ page }) => page)).size
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
