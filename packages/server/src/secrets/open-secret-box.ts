import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { deriveKey, SecretBox } from './secret-box.ts'

type SecretConfig = Pick<Config, 'secret' | 'previousSecrets' | 'dataDir' | 'databaseUrl'>

const fileName = 'secret-key'

/**
 * Seals with QUORY_SECRET, or with a key that is made once in the data folder. Opens what was sealed with either and with
 * QUORY_SECRET_PREVIOUS. The folder's key never seals with PostgreSQL: other nodes could not open it.
 */
export async function openSecretBox(config: SecretConfig): Promise<SecretBox> {
  const path = join(config.dataDir, fileName)
  const isFolderEnough = config.databaseUrl === undefined && config.secret === undefined
  const kept = (await readKey(path)) ?? (isFolderEnough ? await makeKey(path) : undefined)
  const folderKey = kept === undefined ? undefined : deriveKey(kept)
  const previous = config.previousSecrets.map((secret) => deriveKey(secret.reveal()))
  const current = config.secret === undefined ? undefined : deriveKey(config.secret.reveal())
  return new SecretBox({
    current: isFolderEnough ? folderKey : current,
    previous: folderKey === undefined ? previous : [...previous, folderKey],
  })
}

async function readKey(path: string): Promise<string | undefined> {
  try {
    const key = (await readFile(path, 'utf8')).trim()
    if (/^[0-9a-f]{64}$/.test(key)) return key
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  throw new Error(`${path} does not hold a key that Quory made. Without it, stored passwords cannot be read.`)
}

/** Whole or not at all, and never readable by others, not even while it is written. */
async function makeKey(path: string): Promise<string> {
  const key = randomBytes(32).toString('hex')
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${randomBytes(6).toString('hex')}`
  await using file = await open(unfinished, 'wx', 0o600)
  await file.writeFile(`${key}\n`)
  await file.sync()
  await rename(unfinished, path)
  await using folder = await open(join(path, '..'))
  await folder.sync()
  return key
}
