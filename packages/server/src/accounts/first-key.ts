import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Database, inTransaction, type Tx } from '../database/database.ts'
import type { UserId } from '../ids.ts'
import { hashApiKey, isApiKey, makeApiKey } from './api-key.ts'
import { type FirstKey, findFirstKey, isKeyKnown, replaceFirstKey } from './api-key-store.ts'
import { ensureFirstAdministrator, lockUser } from './user-store.ts'

export interface FirstKeyResult {
  readonly userId: UserId
  /** Absent when only another node knows it: PostgreSQL holds nothing but its hash. */
  readonly key: string | undefined
  /** Made by this call: the one time that it is printed. */
  readonly isNew: boolean
  /** Revoked through the API. It stays so over restarts: set another QUORY_API_KEY, or with SQLite remove the file to have one made. */
  readonly isRevoked: boolean
}

type FirstKeyConfig = Pick<Config, 'apiKey' | 'dataDir' | 'databaseUrl'>

const environmentName = 'QUORY_API_KEY'
const fileName = 'admin-key'

export function firstKeyPath(dataDir: string): string {
  return join(dataDir, fileName)
}

/**
 * The first administrator and their key: QUORY_API_KEY, or one made once and kept in the data folder. Their row is
 * locked meanwhile, so of nodes that start at once one makes the key and the others find it made.
 */
export async function ensureFirstKey({
  db,
  config,
}: {
  db: Database
  config: FirstKeyConfig
}): Promise<FirstKeyResult> {
  // Whoever has the key, since they may have given themselves a name and an e-mail of their own.
  const userId = (await findFirstKey(db.query))?.user_id ?? (await ensureFirstAdministrator(db.query))
  return await inTransaction(db, async (tx) => {
    await lockUser(db, tx, userId)
    const current = await findFirstKey(tx)
    if (config.apiKey !== undefined) return await useEnvironmentKey(tx, userId, current, config.apiKey.reveal())
    return await useFileKey(tx, userId, current, config)
  })
}

async function useEnvironmentKey(
  tx: Tx,
  userId: UserId,
  current: FirstKey | undefined,
  key: string,
): Promise<FirstKeyResult> {
  if (current?.hash === hashApiKey(key)) return { userId, key, isNew: false, isRevoked: current.revoked_at !== null }
  if (await isKeyKnown(tx, key))
    throw new Error('QUORY_API_KEY is a key made through the API, now or before: choose another')
  await replaceFirstKey(tx, userId, key, environmentName)
  return { userId, key, isNew: false, isRevoked: false }
}

async function useFileKey(
  tx: Tx,
  userId: UserId,
  current: FirstKey | undefined,
  config: FirstKeyConfig,
): Promise<FirstKeyResult> {
  const path = firstKeyPath(config.dataDir)
  const kept = await readKey(path)
  if (kept !== undefined && current?.hash === hashApiKey(kept)) {
    return { userId, key: kept, isNew: false, isRevoked: current.revoked_at !== null }
  }
  // On PostgreSQL it may be another node's, from its folder or its settings, and a node that does not know it must not end
  // it. A SQLite file has one server, so there a key that is in neither place is nobody's.
  if (current !== undefined && config.databaseUrl !== undefined) {
    return { userId, key: undefined, isNew: false, isRevoked: current.revoked_at !== null }
  }
  if (kept !== undefined && (await isKeyKnown(tx, kept))) {
    throw new Error(`${path} holds a key that was revoked; remove it to have a new one made`)
  }
  const key = kept ?? makeApiKey()
  if (kept === undefined) await writeKey(path, key)
  await replaceFirstKey(tx, userId, key, fileName)
  return { userId, key, isNew: kept === undefined, isRevoked: false }
}

async function readKey(path: string): Promise<string | undefined> {
  try {
    const key = (await readFile(path, 'utf8')).trim()
    if (isApiKey(key)) return key
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  throw new Error(`${path} does not hold a key that Quory made; remove it to have a new one made`)
}

/** Whole or not at all, and never readable by others, not even while it is written. */
async function writeKey(path: string, key: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`
  await using file = await open(unfinished, 'wx', 0o600)
  await file.writeFile(`${key}\n`)
  await file.sync()
  await rename(unfinished, path)
}
