import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const benches: Readonly<Record<string, string>> = {
  'first-token': 'time to the first token and CPU per token, against the model server itself and a bare byte pipe',
  streams: 'how many streams one node holds at 99 % of the speed of the model itself, against a bare byte pipe',
  'fan-out': '1,000 readers of one answer, and 200 answers at once: delay from persisted to written, memory',
  cluster: 'what a token costs with readers on other nodes, and what nodes without readers read',
  append: 'questions accepted per second on PostgreSQL, against pgbench running the same statement',
  jobs: 'claiming a job among 100 that wait and among 10,000, on both engines',
  lists: 'first and last pages of long lists, against those of short ones, on both engines',
  start: 'time from exec to /health and idle memory, against a bare Fastify with its database',
  'install-size': 'MB of a production install, and what each dependency adds; needs the npm registry',
  citations: 'what becomes of right, half-right and wrong quotations of a model; needs --data DIR',
  retrieval: 'nDCG and recall of search, and its speed on 100,000 passages; needs --data DIR',
  neighbours: 'a search of a small project alone in its database, and among 99 others; needs --data DIR',
  textsearch: 'quality and speed of pg_textsearch against segments, in PGlite; needs --data DIR',
  hybrid: 'nDCG, recall and MRR of words, vectors and both, with vectors learned from the corpus; needs --data DIR',
  formats: 'what each file of a folder gives, and how fast files are parsed; needs --data DIR',
  ingestion: 'MB of text a second to searchable against parsing alone, memory meanwhile, and what questions notice',
  vectors: 'recall and speed of the vector indexes, on both engines',
  tables: 'a CSV file of a million rows: time and memory to load it, and how fast SQL over it is',
  extractive: 'how often quoted sentences hold the answer; needs --data DIR',
}

const [name = '--help', ...options] = process.argv.slice(2)
if (Object.hasOwn(benches, name)) {
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  process.exitCode = spawnSync(process.execPath, [script, ...options], { stdio: 'inherit' }).status ?? 1
} else {
  const isHelp = name === '--help' || name === '-h'
  const lines = Object.entries(benches).map(([bench, meaning]) => `  ${bench.padEnd(12)} ${meaning}`)
  console.log(
    [
      ...(isHelp ? [] : [`There is no bench "${name}".`, '']),
      'Usage: npm run bench -- NAME [options]',
      '',
      ...lines,
      '',
      'Options and what each measures: bench/README.md',
    ].join('\n'),
  )
  if (!isHelp) process.exitCode = 1
}
