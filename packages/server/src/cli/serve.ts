import { firstKeyPath } from '../accounts/first-key.ts'
import { type HttpNode, openApp, openHttpNode } from '../app.ts'
import { type Config, readConfig } from '../config.ts'
import { describeStart } from './describe-start.ts'
import { linkAddress } from './link-address.ts'
import { openUntilSignal } from './stop-on-signals.ts'

type Environment = Readonly<Record<string, string | undefined>>

export async function serve(env: Environment, { worker: hasWorkers = true }: { worker?: boolean } = {}): Promise<void> {
  const config = readConfig(env)
  const node = await openUntilSignal<HttpNode>(() => (hasWorkers ? openApp(config) : openHttpNode(config)))
  const url = await node.listen()
  const token = await node.makeFirstLink()
  const firstLink = token === undefined ? undefined : linkAddress(config.publicUrl ?? url, token)
  process.stdout.write(describeServer(node, config, { url, hasWorkers, firstLink }))
}

/** One clear block: where, what with, the link to begin with until somebody did, and the first key once. */
function describeServer(
  node: HttpNode,
  config: Config,
  { url, hasWorkers, firstLink }: { url: string; hasWorkers: boolean; firstLink: string | undefined },
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
  if (firstLink !== undefined) {
    lines.push('', '  Nobody can sign in yet. Open this link to begin; it works once:', '', `  ${firstLink}`)
  }
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
