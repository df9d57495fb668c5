import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { quickFolder } from './quick-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated, empty database file that nobody has open. */
    sqliteTemplate: string
  }
}

/** Before all tests: the file that every test's SQLite database begins as. */
export async function setup(project: TestProject): Promise<() => void> {
  const { openSqlite, sqlitePath } = await import('../../src/database/sqlite.ts')
  const { migrate } = await import('../../src/database/migrate.ts')
  const folder = mkdtempSync(join(quickFolder(), 'quory-template-'))
  {
    await using db = openSqlite(folder)
    await migrate(db)
  }
  project.provide('sqliteTemplate', sqlitePath(folder))
  return () => rmSync(folder, { recursive: true, force: true })
}
