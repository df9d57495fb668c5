// The fast checks, side by side: format and lint, types, dead code, import rules.
import { spawn } from 'node:child_process'

const checks = {
  'format and lint': 'biome check --error-on-warnings .',
  types: 'tsc --noEmit && tsc --noEmit -p packages/sdk && tsc --noEmit -p packages/web',
  'dead code': 'knip',
  'import rules': 'depcruise packages/server/src --output-type err',
}
const results = await Promise.all(
  Object.entries(checks).map(
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
  if (code !== 0) console.log(output)
}
process.exitCode = results.some(({ code }) => code !== 0) ? 1 : 0
