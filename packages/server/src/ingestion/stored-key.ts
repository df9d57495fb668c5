import { createHash } from 'node:crypto'
import { storable } from './parsing/storable-text.ts'

/** Room for a key in an index of PostgreSQL, whose rows are at most 2,704 bytes. */
const maxKeyBytes = 2_000

/** A file's key as it is stored: one that is too long stands as its beginning and its hash. */
export function storedKey(key: string): string {
  const clean = storable(key)
  if (Buffer.byteLength(clean) <= maxKeyBytes) return clean
  // Half of a character comes back from a database as another one, and would not be found again.
  const start = clean.slice(0, maxKeyBytes / 8).replace(/[\uD800-\uDBFF]$/, '')
  return `${start}… ${createHash('sha256').update(key).digest('hex')}`
}

/** Why a file cannot be asked for by the key under which it is stored. */
export function whyNotAsked(key: string): string | undefined {
  const stored = storedKey(key)
  if (stored === key) return undefined
  return stored === storable(key)
    ? 'What the source calls it holds characters that cannot be stored.'
    : 'What the source calls it is longer than 2,000 bytes.'
}
