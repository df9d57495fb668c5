// Writes the checked-in description of each dialect, and the types that the SDK has of ours; with --check it only says
// which of them are out of date.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'

const root = join(import.meta.dirname, '../../..')
const isCheck = process.argv.includes('--check')
const dataDir = mkdtempSync(join(tmpdir(), 'quory-openapi-'))
try {
  await using app = await openApp(readConfig({ QUORY_DATA_DIR: dataDir, QUORY_LOG_LEVEL: 'error' }))
  const native = textOf(app.server.openApi('chicory'))
  write('packages/server/openapi/chicory.json', native)
  write('packages/server/openapi/quivr.json', textOf(app.server.openApi('quivr')))
  const types = await openapiTS(native, { rootTypes: true, rootTypesNoSchemaPrefix: true, silent: true })
  write(
    'packages/sdk/src/schema.ts',
    `// Made from the server's description by \`npm run openapi\`.\n\n${astToString(types)}`,
  )
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}

function textOf(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}

function write(path: string, text: string): void {
  const file = join(root, path)
  if (!isCheck) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${relative(root, file)} does not match the routes: run npm run openapi`)
    process.exitCode = 1
  }
}
