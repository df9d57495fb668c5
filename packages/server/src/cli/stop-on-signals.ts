import type { Logger } from '../logger.ts'

/** How long an orderly stop may take before the process leaves anyway. */
const stopWithinMs = 4_500

interface Stoppable {
  readonly logger: Logger
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Opens a node that the first signal stops in order, with exit code 0; a second one leaves at once. Listening comes first:
 * a signal during the start closes again what was opened, and the process numbered 1 of a container would not hear it at all.
 */
export async function openUntilSignal<Node extends Stoppable>(open: () => Promise<Node>): Promise<Node> {
  let node: Node | undefined
  let isStopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1)
    isStopping = true
    setTimeout(() => process.exit(), stopWithinMs).unref()
    node?.logger.info({ signal }, 'stopping')
    if (node !== undefined) void close(node)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  try {
    node = await open()
  } catch (error) {
    // Whatever it was, the process was told to leave.
    if (isStopping) process.exit()
    throw error
  }
  if (isStopping) {
    await close(node)
    process.exit()
  }
  return node
}

async function close(node: Stoppable): Promise<void> {
  try {
    await node[Symbol.asyncDispose]()
  } catch (error) {
    node.logger.error({ err: error }, 'stopping failed')
    process.exitCode = 1
  }
  // Nothing of ours is left; a library's idle handle must not keep the process.
  setTimeout(() => process.exit(), 200).unref()
}
