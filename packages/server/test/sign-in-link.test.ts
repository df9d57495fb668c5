import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCommandProcess, type ServerProcess, startServerProcess } from './support/server-process.ts'

const linkPattern = /(https?:\S+)\/welcome\?token=(\S+)/

function tokenIn(text: string): string | undefined {
  return linkPattern.exec(text)?.[2]
}

async function use({ url }: ServerProcess, token: string | undefined, email?: string): Promise<Response> {
  return await fetch(`${url}/v1/auth/welcome`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, password: 'correct horse battery', name: 'Ada', email }),
  })
}

it('the start prints a link until it was used, and the command line another for whoever is to be let in', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'quory-test-'))
  const env = { QUORY_DATA_DIR: dataDir, QUORY_LOG_LEVEL: 'error' }
  try {
    const first = await startServerProcess(env)
    const early = tokenIn(first.output.stdout)
    await first.kill('SIGTERM')
    await using server = await startServerProcess(env)
    expect(linkPattern.exec(server.output.stdout)?.[1]).toBe(server.url)
    // The one that was printed before holds as well.
    expect((await use(server, early, 'ada@example.org')).status).toBe(200)
    expect((await use(server, tokenIn(server.output.stdout), 'eve@example.org')).status).toBe(404)
    expect((await server.call('GET', '/v1/auth/options')).body.first_run).toBe(false)

    const key = { ...env, QUORY_API_KEY: 'qk_test_0123456789abcdefghijklmnopqrstuvwxyz' }
    const [own, invited] = [
      runCommandProcess(['link'], key),
      runCommandProcess(['link', 'Bob@Example.org', '--name', 'Bob'], key),
    ]
    expect([await own.exit, await invited.exit, own.output.stderr + invited.output.stderr]).toEqual([0, 0, ''])
    expect(linkPattern.exec(own.output.stdout)?.[1]).toBe(server.url)
    expect((await use(server, tokenIn(own.output.stdout))).status).toBe(200)
    expect((await use(server, tokenIn(invited.output.stdout))).status).toBe(200)
    const { users } = (await server.call('GET', '/v1/users')).body
    expect(users.map(({ email, role }: Record<string, string>) => [email, role])).toEqual([
      ['ada@example.org', 'admin'],
      ['bob@example.org', 'user'],
    ])
    await server.kill('SIGTERM')
    await using later = await startServerProcess(env)
    expect(tokenIn(later.output.stdout)).toBeUndefined()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}, 60_000)
