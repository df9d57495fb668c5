import { readConfig } from '../config.ts'
import { lockDataFolder } from '../database/data-folder-lock.ts'
import { openDatabase } from '../database/open-database.ts'
import { resealSecrets } from '../ingestion/reseal-secrets.ts'
import { createLogger } from '../logger.ts'
import { openSecretBox } from '../secrets/open-secret-box.ts'

/** A data source is a transaction of its own, so that a run that was cut off is finished by the next one. */
export async function rotateSecrets(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const config = readConfig(env)
  await using resources = new AsyncDisposableStack()
  // A running server owns its folder; servers on PostgreSQL go on, if they know both secrets.
  if (config.databaseUrl === undefined) resources.use(lockDataFolder(config.dataDir))
  const secrets = await openSecretBox(config)
  if (secrets.keyId === undefined) throw new Error('Set QUORY_SECRET to the new secret, the same on every node.')
  const db = resources.use(await openDatabase(config))
  const { resealed, lost } = await resealSecrets({ db, secrets, logger: createLogger(config.logLevel) })
  process.stdout.write(`Encrypted the passwords of ${count(resealed)} with the current secret.\n`)
  if (lost === 0) return
  throw new Error(
    `Those of ${count(lost)} open with none of the secrets: name the one they were encrypted with in QUORY_SECRET_PREVIOUS.`,
  )
}

function count(sources: number): string {
  return sources === 1 ? '1 data source' : `${sources} data sources`
}
