// Writes the checked-in description of each dialect; with --check it only says which of them are out of date.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import type { Dialect } from '../src/http/openapi.ts'

const dialects: readonly Dialect[] = ['chicory', 'quivr']
const isCheck = process.argv.includes('--check')
const dataDir = mkdtempSync(join(tmpdir(), 'quory-openapi-'))
try {
  await using app = await openApp(readConfig({ QUORY_DATA_DIR: dataDir, QUORY_LOG_LEVEL: 'error' }))
  for (const dialect of dialects) {
    const file = join(import.meta.dirname, `${dialect}.json`)
    const text = `${JSON.stringify(app.server.openApi(dialect), undefined, 2)}\n`
    if (!isCheck) writeFileSync(file, text)
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`openapi/${dialect}.json does not match the routes: run npm run openapi`)
      process.exitCode = 1
    }
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}
