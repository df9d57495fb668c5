import type { Logger } from '../logger.ts'

/** How long an orderly stop may take before the process leaves anyway. */
const stopWithinMs = 4_500

/** The first signal stops in order and exits 0; a second one leaves at once. */
export function stopOnSignals(node: { readonly logger: Logger; [Symbol.asyncDispose](): Promise<void> }): void {
  let isStopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1)
    isStopping = true
    node.logger.info({ signal }, 'stopping')
    const overdue = setTimeout(() => process.exit(0), stopWithinMs)
    node[Symbol.asyncDispose]()
      .catch((error: unknown) => {
        node.logger.error({ err: error }, 'stopping failed')
        process.exitCode = 1
      })
      .finally(() => {
        clearTimeout(overdue)
        // Nothing of ours is left; a library's idle handle must not keep the process.
        setTimeout(() => process.exit(), 200).unref()
      })
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
