import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { describeSettings } from '../src/config.ts'
import { startTestApp } from './support/start-test-app.ts'

const root = join(import.meta.dirname, '../../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const run = promisify(execFile)
const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`

it('the README’s first conversation does what it says', async () => {
  await using app = await startTestApp()
  const block = /```bash\n(.*?)```/s.exec(readme)?.[1] ?? ''
  expect(block).toContain('curl')
  const script = block.replace('http://127.0.0.1:3000', app.url).replace('$(cat .quory/admin-key)', app.adminKey)
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: root, env: { PATH: path } })
  expect(stdout).toContain('Everyone has 28 days of holiday a year')
  expect(stdout).toContain('event: citation')
  expect(stdout).toMatch(/event: message_complete\ndata: .*"status":"completed"/)
})

it('the example script ends with the quote, read from the stored text', async () => {
  await using app = await startTestApp()
  const env = { PATH: path, URL: app.url, KEY: app.adminKey }
  const { stdout } = await run('bash', [join(root, 'examples/first-conversation.sh')], { cwd: root, env })
  expect(stdout.trim().split('\n').at(-1)).toContain('28 days of holiday')
})

it('the README lists every setting with its default and meaning', () => {
  const rows = describeSettings({}).map(({ name, meaning, value }) => `| \`${name}\` | ${value} | ${meaning} |`)
  const table = /<!-- settings -->\n(.*)<!-- \/settings -->/s.exec(readme)?.[1]
  expect(table).toBe(`| name | default | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`)
})
