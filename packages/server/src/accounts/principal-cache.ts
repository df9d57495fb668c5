import type { ApiKeyId, UserId } from '../ids.ts'
import type { Principal } from './principal.ts'

/** A checked credential: whose it is, or nobody's. */
export interface CheckedCredential {
  readonly principal: Principal | undefined
  readonly keyId: ApiKeyId | undefined
  /** When the credential itself ends. */
  readonly endsAtMs: number
}

export type ForgetTarget = { readonly keyId: ApiKeyId } | { readonly userId: UserId }

/** Less than the 5 s within which a revoked key must stop working, counted from before the database was read. */
const knownForMs = 4_000
const unknownForMs = 1_000
const maxKnown = 10_000
/** Apart from the known ones, so that a flood of nonsense pushes out only other nonsense. */
const maxUnknown = 1_000

interface Entry extends CheckedCredential {
  readonly checkedAtMs: number
  readonly untilMs: number
}

/** Credentials checked in the last seconds, by their hash. */
export function createPrincipalCache() {
  const known = new Map<string, Entry>()
  const unknown = new Map<string, Entry>()
  let generation = 0

  function find(hash: string): CheckedCredential | undefined {
    const entry = known.get(hash) ?? unknown.get(hash)
    if (entry === undefined) return undefined
    const nowMs = Date.now()
    // Earlier than it was checked: the clock was set back, and nothing can be said about its age.
    if (nowMs >= entry.checkedAtMs && nowMs < entry.untilMs) return entry
    known.delete(hash)
    unknown.delete(hash)
    return undefined
  }

  /** Takes note of the time before a check; the result is not kept when something was forgotten while it ran. */
  function beginCheck(): (hash: string, checked: CheckedCredential) => void {
    const checkedAtMs = Date.now()
    const startedIn = generation
    return (hash, checked) => {
      if (startedIn !== generation) return
      const isKnown = checked.principal !== undefined
      const untilMs = Math.min(checked.endsAtMs, checkedAtMs + (isKnown ? knownForMs : unknownForMs))
      const entries = isKnown ? known : unknown
      entries.delete(hash)
      entries.set(hash, { ...checked, checkedAtMs, untilMs })
      const oldest = entries.size > (isKnown ? maxKnown : maxUnknown) ? entries.keys().next().value : undefined
      if (oldest !== undefined) entries.delete(oldest)
    }
  }

  function forget(target: ForgetTarget): void {
    generation++
    for (const [hash, { keyId, principal }] of known) {
      if ('keyId' in target ? keyId === target.keyId : principal?.userId === target.userId) known.delete(hash)
    }
  }

  return { find, beginCheck, forget, size: () => known.size + unknown.size }
}
