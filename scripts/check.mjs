// The fast checks, side by side: format and lint, types, dead code, import rules. With --chaos the short chaos as well,
// which mostly waits: beside them it costs little time.
import { spawn } from 'node:child_process'

const checks = {
  'format and lint': 'biome check --error-on-warnings .',
  types: 'tsc --noEmit && tsc --noEmit -p packages/sdk && tsc --noEmit -p packages/web',
  'dead code': 'knip',
  'import rules': 'depcruise packages/server/src --output-type err',
}
const chaos = {
  'chaos on SQLite': 'node chaos/main.ts --short --engine sqlite',
  'chaos on PostgreSQL': 'node chaos/main.ts --short --engine postgres',
}
const chosen = { ...checks, ...(process.argv.includes('--chaos') ? chaos : {}) }
const results = await Promise.all(
  Object.entries(chosen).map(
    ([name, command]) =>
      new Promise((resolve) => {
        const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
        let output = ''
        child.stdout.on('data', (chunk) => (output += chunk))
        child.stderr.on('data', (chunk) => (output += chunk))
        child.on('close', (code) => resolve({ name, code, output }))
      }),
  ),
)
for (const { name, code, output } of results) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  // What chaos did is of interest, whatever came of it.
  if (code !== 0 || name in chaos) console.log(output)
}
process.exitCode = results.some(({ code }) => code !== 0) ? 1 : 0
