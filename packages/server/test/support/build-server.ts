import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Before all tests, for those that start the server as a process: does nothing when no source changed. */
export function setup(): void {
  const script = join(import.meta.dirname, '../../../../scripts/build.mjs')
  execFileSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] })
}
