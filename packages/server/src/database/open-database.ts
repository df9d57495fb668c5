import type { Config } from '../config.ts'
import type { Database } from './database.ts'

/** Opens what `config` names; only the driver in use is loaded. */
export async function openDatabase(config: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<Database> {
  if (config.databaseUrl === undefined) return (await import('./sqlite.ts')).openSqlite(config.dataDir)
  return (await import('./postgres.ts')).openPostgres(config.databaseUrl)
}
