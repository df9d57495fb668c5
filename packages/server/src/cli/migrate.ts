import { readConfig } from '../config.ts'
import { lockDataFolder } from '../database/data-folder-lock.ts'
import { migrate } from '../database/migrate.ts'
import { openDatabase } from '../database/open-database.ts'

export async function migrateDatabase(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const config = readConfig(env)
  await using resources = new AsyncDisposableStack()
  if (config.databaseUrl === undefined) resources.use(lockDataFolder(config.dataDir))
  const applied = await migrate(resources.use(await openDatabase(config)))
  process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`)
}
