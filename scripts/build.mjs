// Builds what changed since the last build. A server that runs from the output meanwhile goes on: the names of files hold
// a hash of their content, each appears whole, and those of the build before stay until the next.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fingerprint, readStamp, stampName, steps } from './build-steps.mjs'

for (const step of steps) {
  const { name, output, run } = step
  const before = readStamp(step)
  const sources = fingerprint(step)
  if (before.sources === sources) continue
  const startedAt = performance.now()
  const built = await run(output)
  for (const [file, content] of built) write(join(output, file), content)
  const files = [...built.keys()]
  write(join(output, stampName), JSON.stringify({ sources, files, previousFiles: before.files }))
  const kept = new Set([...files, ...before.files])
  for (const file of before.previousFiles) if (!kept.has(file)) rmSync(join(output, file), { force: true })
  console.log(`Built the ${name} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`)
}

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, content)
  renameSync(unfinished, path)
}
