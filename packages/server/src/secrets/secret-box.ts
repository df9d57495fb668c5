import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { QuoryError } from '../errors.ts'

const version = 'v1'
const nonceBytes = 12
const tagBytes = 16

/** A secret as it is stored: useless without the key, and anywhere but in its place. */
export interface SealedSecret {
  readonly sealed: string
}

export function isSealed(value: unknown): value is SealedSecret {
  return typeof value === 'object' && value !== null && 'sealed' in value && typeof value.sealed === 'string'
}

export interface SecretKey {
  readonly id: string
  readonly bytes: Uint8Array
}

/** The same secret gives the same key on every node. The id says which key it was and nothing about it. */
export function deriveKey(secret: string): SecretKey {
  const bytes = new Uint8Array(hkdfSync('sha256', secret, 'quory', 'secrets of data sources', 32))
  return { id: createHash('sha256').update('key id').update(bytes).digest('hex').slice(0, 12), bytes }
}

/** Stored under a key that this server does not have, or changed since. */
export class SecretLostError extends Error {
  override readonly name = 'SecretLostError'
}

/**
 * Encrypts with AES-256-GCM what must be given back in clear later: `v1.<key id>.<nonce, text and tag>`. Every secret is
 * bound to its place, so that one that is copied elsewhere in the database opens there for nobody.
 */
export class SecretBox {
  readonly #current: SecretKey | undefined
  readonly #keys: ReadonlyMap<string, SecretKey>

  constructor({ current, previous }: { current: SecretKey | undefined; previous: readonly SecretKey[] }) {
    this.#current = current
    this.#keys = new Map([...previous, ...(current === undefined ? [] : [current])].map((key) => [key.id, key]))
  }

  /** Of the key that seals; absent when there is none. */
  get keyId(): string | undefined {
    return this.#current?.id
  }

  seal(text: string, place: string): SealedSecret {
    const key = this.#current
    if (key === undefined) throw missingKey()
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(Buffer.from(`${version}/${place}`))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return { sealed: `${version}.${key.id}.${sealed.toString('base64url')}` }
  }

  /** Throws `SecretLostError`. */
  open({ sealed }: SealedSecret, place: string): string {
    const [format, id = '', content = ''] = sealed.split('.')
    const key = this.#keys.get(id)
    if (format !== version || key === undefined) throw new SecretLostError('there is no key for this secret')
    const bytes = Buffer.from(content, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(Buffer.from(`${version}/${place}`)).setAuthTag(bytes.subarray(-tagBytes))
    try {
      return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
    } catch (error) {
      throw new SecretLostError('the secret was changed, or stands in another place', { cause: error })
    }
  }
}

function missingKey(): QuoryError {
  return new QuoryError(
    'secret_key_missing',
    'This server keeps no passwords: with PostgreSQL, QUORY_SECRET must be set, the same on every node',
  )
}
