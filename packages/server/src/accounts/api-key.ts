import { createHash, randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const secretLength = 32
/** Twice what the characters hold, so that none is likelier than another by more than one in 2^190. */
export const apiKeyBytes = 48
export const quivrKeyBytes = 16
const shownLength = 5

/** `qk_` and 32 base62 characters: 190 random bits, of which the 27 characters never shown again still hold 160. */
export function makeApiKey(random: Buffer = randomBytes(apiKeyBytes)): string {
  let rest = BigInt(`0x${random.toString('hex')}`)
  let characters = ''
  for (let index = 0; index < secretLength; index++) {
    characters += alphabet[Number(rest % BigInt(alphabet.length))]
    rest /= BigInt(alphabet.length)
  }
  return `qk_${characters}`
}

/** A key as Quivr's clients expect it: 32 lower-case hex characters, 128 random bits. */
export function makeQuivrKey(random: Buffer = randomBytes(quivrKeyBytes)): string {
  return random.toString('hex')
}

export function isApiKey(text: string): boolean {
  return /^qk_[0-9A-Za-z]{32}$/.test(text)
}

/**
 * What is stored instead of a key. Plain SHA-256, since keys are random: nothing to guess, so nothing to slow down.
 * Keys are found by this hash, so how long the comparison takes tells nothing about a key.
 */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** The start of a key, by which people tell theirs apart; nothing of a short one that an operator chose. */
export function keyPrefix(key: string): string {
  if (isApiKey(key)) return key.slice(0, 'qk_'.length + shownLength)
  return key.length >= 32 ? key.slice(0, 4) : ''
}
