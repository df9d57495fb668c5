import { EgressFailure } from '../../egress/egress-error.ts'
import { FileSkipped } from './connector.ts'
import { toConnectorFailure } from './remote-failure.ts'

/** What the way out said, as a connector says it; any other error stays what it is. */
export function asConnectorError(error: unknown, signal: AbortSignal): unknown {
  if (!(error instanceof EgressFailure) || error.kind !== 'too_large') return toConnectorFailure(error, signal)
  return new FileSkipped(error.message, { cause: error })
}
