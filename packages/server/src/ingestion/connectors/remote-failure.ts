import { EgressFailure, EgressRefused } from '../../egress/egress.ts'
import { ConnectorFailure } from './connector.ts'

interface RefusalOptions {
  readonly isPassing?: boolean
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** A service answered, but not with what was asked for. */
export class RemoteRefusal extends ConnectorFailure {
  readonly status: number

  constructor(status: number, message: string, options: RefusalOptions = {}) {
    super(message, options)
    this.status = status
  }
}

export function isRefusedWith(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof RemoteRefusal && statuses.includes(error.status)
}

/** What stopped a call on its way, which clients wrap in errors of their own, as a failure in words; else the error itself. */
export function toConnectorFailure(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  let each = error
  for (let depth = 0; each instanceof Error && depth < 6; depth++) {
    if (each instanceof ConnectorFailure) return each
    if (each instanceof EgressRefused) return new ConnectorFailure(each.message, { cause: error })
    if (each instanceof EgressFailure) {
      const isPassing = each.kind === 'unreachable' || each.kind === 'timeout'
      return new ConnectorFailure(each.message, { isPassing, cause: error })
    }
    each = each.cause
  }
  return error
}

/** What a `retry-after` header asks for, in seconds or as a date. */
export function retryAfter(header: string | null | undefined): { readonly retryAfterMs?: number } {
  if (header === null || header === undefined || header === '') return {}
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(ms, 0) } : {}
}
