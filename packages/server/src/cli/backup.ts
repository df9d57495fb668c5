import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite'
import { create } from 'tar'
import { readConfig } from '../config.ts'
import { sqlitePath } from '../database/sqlite.ts'

/** What the data folder holds beside the database that a restored server needs. */
const kept = ['files', 'admin-key', 'secret-key']

/**
 * One tar file that unpacks into a working data folder. The database is copied first, page by page beside a running
 * server; a file uploaded later than that is in the tar for nothing, and none that the copy names is missing.
 */
export async function backup(env: Readonly<Record<string, string | undefined>>, file: string): Promise<void> {
  const { databaseUrl, dataDir } = readConfig(env)
  if (databaseUrl !== undefined) throw new Error('Everything is in PostgreSQL: use pg_dump.')
  const source = sqlitePath(dataDir)
  if (!existsSync(source)) throw new Error(`There is no database in ${dataDir}.`)
  const target = resolve(file)
  if (existsSync(target)) throw new Error(`${target} exists already.`)
  const staging = await mkdtemp(join(dirname(target), '.quory-backup-'))
  try {
    using database = new DatabaseSync(source, { readOnly: true })
    await copyDatabase(database, join(staging, 'quory.db'))
    for (const name of kept) {
      if (existsSync(join(dataDir, name))) await cp(join(dataDir, name), join(staging, name), { recursive: true })
    }
    const unfinished = join(staging, 'backup.tar')
    const names = ['quory.db', ...kept].filter((name) => existsSync(join(staging, name)))
    await create({ file: unfinished, cwd: staging, portable: true }, names)
    await chmod(unfinished, 0o600)
    await rename(unfinished, target)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  process.stdout.write(`Wrote ${target}.\n`)
}
