import { extname } from 'node:path'

// `src/` while working and `dist/` when built: in both, programs lie under the same names, and the package one above.
const folder = new URL('./', import.meta.url)
const extension = extname(import.meta.filename)

/** What is started as a thread or process of its own. The build makes an entry of each. */
export type ProgramName =
  | 'database/checkpoint-worker'
  | 'ingestion/archives/unpack-process'
  | 'ingestion/parsing/parse-process'
  | 'models/local-embedding-worker'
  | 'retrieval/vectors/vector-worker'
  | 'tables/import-process'
  | 'tables/query-process'

export function programUrl(name: ProgramName): URL {
  return new URL(`${name}${extension}`, folder)
}

/** The package's own folder, with `package.json` and `prompts/`. */
export const packageFolder = new URL('../', folder)
