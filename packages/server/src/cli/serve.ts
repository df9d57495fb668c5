import { firstKeyPath } from '../accounts/first-key.ts'
import { type HttpNode, openApp, openHttpNode } from '../app.ts'
import { type Config, readConfig } from '../config.ts'
import { describeStart } from './describe-start.ts'
import { openUntilSignal } from './stop-on-signals.ts'

type Environment = Readonly<Record<string, string | undefined>>

export async function serve(env: Environment, { worker: hasWorkers = true }: { worker?: boolean } = {}): Promise<void> {
  const config = readConfig(env)
  const node = await openUntilSignal<HttpNode>(() => (hasWorkers ? openApp(config) : openHttpNode(config)))
  const url = await node.listen()
  process.stdout.write(describeServer(node, config, { url, hasWorkers }))
}

/** One clear block: where, what with, and the first key once. */
function describeServer(
  node: HttpNode,
  config: Config,
  { url, hasWorkers }: { url: string; hasWorkers: boolean },
): string {
  const start = describeStart(node.models, config)
  const [data = ''] = start
  const lines = [
    '',
    `  Quory is ready at ${url}`,
    '',
    ...(hasWorkers ? start : [data, '  answers  by the workers of this cluster: run at least one with "quory worker"']),
    `  API      ${url}/docs`,
  ]
  const { key, isNew } = node.firstKey
  if (isNew && key !== undefined) {
    lines.push(
      '',
      `  Your administrator key, shown this once and kept in ${firstKeyPath(config.dataDir)}:`,
      '',
      `  ${key}`,
    )
  }
  return `${lines.join('\n')}\n\n`
}
