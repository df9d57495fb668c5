import { ConnectorFailure } from '../../src/ingestion/connectors/connector.ts'

/** The failure in words that something ends with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<ConnectorFailure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ConnectorFailure) return error
  throw new Error('It ended otherwise', { cause: error })
}
