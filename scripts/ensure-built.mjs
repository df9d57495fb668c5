// Before `npm start`: installs and builds, each only when something changed.
import { spawnSync } from 'node:child_process'
import './ensure-installed.mjs'
import { isOutdated, steps } from './build-steps.mjs'

if (steps.some(isOutdated)) {
  // Not in this process, which runs on whatever Node the machine has: the one that was just installed comes first now.
  const { status } = spawnSync('node', ['scripts/build.mjs'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  process.exitCode = status ?? 1
}
