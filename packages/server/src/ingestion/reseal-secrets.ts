import { type Database, inTransaction } from '../database/database.ts'
import type { Logger } from '../logger.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { ConnectorFailure } from './connectors/connector.ts'
import { openConfiguration, sealConfiguration, sealingKey } from './seal-configuration.ts'
import type { SourceRef } from './source.ts'
import { listSealedOtherwise, lockSource, updateSource } from './source-store.ts'

interface ResealDependencies {
  readonly db: Database
  readonly secrets: SecretBox
  readonly logger: Logger
}

/**
 * Encrypts with the current key what an older one encrypted, or what was stored before secrets were encrypted. Each
 * source is a transaction of its own, so a restart goes on with the rest. Returns how many could not be opened.
 */
export async function resealSecrets(
  { db, secrets, logger }: ResealDependencies,
  signal?: AbortSignal,
): Promise<{ readonly resealed: number; readonly lost: number }> {
  const { keyId } = secrets
  if (keyId === undefined) return { resealed: 0, lost: 0 }
  let [resealed, lost] = [0, 0]
  let after: SourceRef | undefined
  for (;;) {
    const refs = await listSealedOtherwise(db.query, keyId, after)
    if (refs.length === 0) return { resealed, lost }
    for (const ref of refs) {
      signal?.throwIfAborted()
      if (await reseal({ db, secrets, logger }, ref)) resealed += 1
      else lost += 1
    }
    after = refs.at(-1)
  }
}

async function reseal({ db, secrets, logger }: ResealDependencies, ref: SourceRef): Promise<boolean> {
  try {
    await inTransaction(db, async (tx) => {
      const source = await lockSource(db, tx, ref)
      if (source === undefined) return
      const { type } = source
      const open = openConfiguration(secrets, ref, type, source.configuration)
      const configuration = sealConfiguration(secrets, ref, type, open)
      await updateSource(tx, ref, { configuration, secret_key: sealingKey(secrets, type, configuration) })
    })
    return true
  } catch (error) {
    if (!(error instanceof ConnectorFailure)) throw error
    logger.warn({ project: ref.projectId, source: ref.sourceId }, error.message)
    return false
  }
}
