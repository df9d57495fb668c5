import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startModelServer } from './support/model-server.ts'
import { runCommandProcess } from './support/server-process.ts'
import { until } from './support/start-test-app.ts'

let dataDir: string
const children: ChildProcess[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'quory-process-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
  rmSync(dataDir, { recursive: true, force: true })
})

function run(args: readonly string[], env: Record<string, string> = {}) {
  const running = runCommandProcess(args, { QUORY_DATA_DIR: dataDir, ...env })
  children.push(running.child)
  return running
}

async function serve(env: Record<string, string> = {}) {
  const server = run(['serve'], env)
  const text = await until(
    async () => server.output.stdout,
    (shown) => shown.includes('API ') && shown.endsWith('\n\n'),
  ).catch((error) => Promise.reject(new Error(`${error.message}\n${server.output.stderr}`)))
  const url = /ready at (\S+)/.exec(text)?.[1] ?? ''
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim(),
  ) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
    return (await response.json()) as any
  }
  return { ...server, text, url, call }
}

describe('the server as a process', () => {
  it('prints where it is and, the first time only, the key it keeps for its owner alone', async () => {
    const first = await serve()
    expect(first.text).toContain(dataDir)
    expect(first.text).toContain('no model is configured')
    const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim()
    expect(key).toMatch(/^qk_\w{27,}$/)
    expect(first.text).toContain(key)
    expect(statSync(join(dataDir, 'admin-key')).mode & 0o777).toBe(0o600)
    expect(await first.call('GET', '/health')).toEqual({ status: 'ok' })
    first.child.kill('SIGTERM')
    expect(await first.exit).toBe(0)
    const second = await serve()
    expect(second.text).not.toContain(key)
    expect((await second.call('GET', '/v1/me')).role).toBe('admin')
  })

  it('refuses a folder that another process holds, and names that process', async () => {
    const first = await serve()
    const second = run(['serve'])
    expect(await second.exit).toBe(1)
    expect(second.output.stderr).toContain(`pid ${first.child.pid}`)
  })

  it('takes the folder over from a process that was killed', async () => {
    const first = await serve()
    first.child.kill('SIGKILL')
    await first.exit
    const second = await serve()
    expect(await second.call('GET', '/health')).toEqual({ status: 'ok' })
  })

  it('is itself what `npm start` runs, so that a signal to the one stops the other', async () => {
    const root = join(import.meta.dirname, '../../..')
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, PORT: '0', QUORY_DATA_DIR: dataDir }
    // As npm runs it. A shell that stayed in between would die of the signal and leave the server behind.
    const child = spawn('sh', ['-c', scripts.start], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    let shown = ''
    child.stdout.on('data', (chunk) => {
      shown += chunk
    })
    const exit = new Promise((resolve) => child.once('close', resolve))
    await until(
      async () => shown,
      (text) => text.includes('ready at'),
    )
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
  })

  it('leaves at once at a second signal', async () => {
    const server = await serve()
    // A request in the middle of its body keeps an orderly stop waiting for its grace.
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim()
    socket.write(
      `POST /v1/projects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    )
    await server.call('GET', '/health')
    server.child.kill('SIGTERM')
    await until(
      () =>
        fetch(server.url).then(
          () => false,
          () => true,
        ),
      (isRefused) => isRefused,
    )
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(1)
    socket.destroy()
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
    'keeps what was said through %s and finishes it after',
    async (signal) => {
      await using model = await startModelServer()
      const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' }
      const words: string[] = Array.from({ length: 400 }, (_, index) => `w${index} `)
      model.script((_, index) => (index === 0 ? { text: words, tokenDelayMs: 20 } : 'Whole.'))
      const first = await serve(env)
      const project = (await first.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).id
      const chat = (await first.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).id
      const { metadata } = await first.call('POST', `/v1/projects/${project}/chats/${chat}/messages`, { content: 'hi' })
      const reply = `/v1/projects/${project}/chats/${chat}/messages/${metadata.assistant_message_id}`
      const seen = await until(
        () => first.call('GET', reply),
        (message) => message.content.length > 20,
      )
      const stoppedAt = performance.now()
      first.child.kill(signal)
      const code = await first.exit
      expect(performance.now() - stoppedAt).toBeLessThan(5_000)
      expect(code).toBe(signal === 'SIGKILL' ? null : 0)
      const second = await serve(env)
      const done = await until(
        () => second.call('GET', reply),
        (message) => message.status === 'completed',
        30_000,
      )
      expect(done.content).toBe('Whole.')
      const { attempts } = await second.call('GET', `${reply}/attempts`)
      expect(attempts[0].content.startsWith(seen.content)).toBe(true)
    },
  )
})

describe('the command line', () => {
  it.each([
    ['--help', 'Commands:'],
    ['serve --help', 'Start the server'],
    ['migrate --help', 'up to date'],
    ['ask --help', '<question>'],
    ['ingest --help', '<files...>'],
    ['keys --help', 'revoke'],
    ['config --help', 'every setting'],
    ['backup --help', 'unpack the file'],
  ])('explains itself: %s', async (args, shown) => {
    const { output, exit } = run(args.split(' '))
    expect(await exit).toBe(0)
    expect(output.stdout).toContain(shown)
  })

  it('says what is wrong with a setting, or with a command', async () => {
    const bad = run(['serve'], { PORT: 'many' })
    expect(await bad.exit).toBe(1)
    expect(bad.output.stderr).toMatch(/^PORT: /)
    const alone = run(['serve'], { DATABASE_LISTEN_URL: 'postgres://quory@db/quory' })
    expect(await alone.exit).toBe(1)
    expect(alone.output.stderr).toMatch(/^DATABASE_LISTEN_URL: /)
    expect(await run(['frobnicate']).exit).toBe(1)
  })

  it('prints every setting with secrets masked', async () => {
    const { output, exit } = run(['config'], { OPENAI_API_KEY: 'sk-very-secret' })
    expect(await exit).toBe(0)
    expect(output.stdout).toContain('OPENAI_API_KEY=********')
    expect(output.stdout).not.toContain('sk-very-secret')
  })

  it('adds a file and answers a question from it, with and without a running server', async () => {
    const file = join(dataDir, 'office.md')
    writeFileSync(file, '# Office\n\nThe office in Oslo opens at seven in the morning.\n')
    const added = run(['ingest', file])
    expect(await added.exit, added.output.stderr).toBe(0)
    expect(added.output.stdout).toContain('indexed')
    const alone = run(['ask', 'When does the office in Oslo open?'])
    expect(await alone.exit, alone.output.stderr).toBe(0)
    expect(alone.output.stdout).toContain('opens at seven')
    expect(alone.output.stdout).toContain('[1] office.md')
    await serve()
    const beside = run(['ask', 'When does the office in Oslo open?'])
    expect(await beside.exit, beside.output.stderr).toBe(0)
    expect(beside.output.stdout).toContain('opens at seven')
    const again = run(['ingest', file, join(dataDir, 'missing.md')])
    expect(await again.exit).toBe(1)
    expect(again.output.stdout).toMatch(/office\.md: FAILED: .*already/)
    expect(again.output.stdout).toMatch(/missing\.md: FAILED/)
  })

  it('makes, lists and revokes keys', async () => {
    const server = await serve()
    const made = run(['keys', 'create', '--name', 'website', '--scope', 'read', '--days', '3'])
    expect(await made.exit, made.output.stderr).toBe(0)
    const key = made.output.stdout.trim()
    expect((await server.call('GET', '/v1/me', undefined, key)).scope).toBe('read')
    const listed = run(['keys', 'list'])
    await listed.exit
    const line = listed.output.stdout.split('\n').find((text) => text.includes('website'))
    expect(line).toContain(key.slice(0, 6))
    expect(listed.output.stdout).not.toContain(key)
    const revoked = run(['keys', 'revoke', line?.split(' ')[0] ?? ''])
    expect(await revoked.exit, revoked.output.stderr).toBe(0)
    expect((await server.call('GET', '/v1/me', undefined, key)).code).toBe('unauthenticated')
  })

  it('writes a backup beside a running server that starts as a server of its own', async () => {
    const server = await serve()
    const project = (await server.call('POST', '/v1/projects', { name: 'kept', organization_id: 'o' })).id
    const file = join(dataDir, '..', `${dataDir.split('/').at(-1)}.tar`)
    const made = run(['backup', file])
    expect(await made.exit, made.output.stderr).toBe(0)
    expect(await run(['backup', file]).exit).toBe(1)
    server.child.kill('SIGTERM')
    await server.exit
    rmSync(dataDir, { recursive: true })
    const { extract } = await import('tar')
    const { mkdirSync } = await import('node:fs')
    mkdirSync(dataDir)
    await extract({ file, cwd: dataDir })
    rmSync(file)
    const restored = await serve()
    expect((await restored.call('GET', `/v1/projects/${project}`)).name).toBe('kept')
  })
})
