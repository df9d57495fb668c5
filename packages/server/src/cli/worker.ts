import { openWorkerNode } from '../app.ts'
import { readConfig } from '../config.ts'
import { describeStart } from './describe-start.ts'
import { openUntilSignal } from './stop-on-signals.ts'

export async function work(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const config = readConfig(env)
  const node = await openUntilSignal(() => openWorkerNode(config))
  const lines = ['', '  Quory works on answers and files, without HTTP', '', ...describeStart(node.models, config)]
  process.stdout.write(`${lines.join('\n')}\n\n`)
}
