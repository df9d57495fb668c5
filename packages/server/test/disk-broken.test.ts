import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startServerProcess } from './support/server-process.ts'
import { until } from './support/start-test-app.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'quory-broken-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

describe('a disk that refuses to keep what was written', () => {
  it('fails the request that it concerns and every one after it, until the server is started again', async () => {
    const env = { QUORY_DATA_DIR: dataDir, QUORY_LOG_LEVEL: 'silent' }
    const kept = { name: 'kept', organization_id: 'o' }
    {
      await using server = await startServerProcess(env, {
        flags: ['--import', join(import.meta.dirname, 'support/fail-syncs.ts')],
      })
      expect((await server.call('POST', '/v1/projects', kept)).status).toBe(201)
      server.child.kill('SIGUSR2')
      const refused = await until(
        () => server.call('POST', '/v1/projects', { name: crypto.randomUUID(), organization_id: 'o' }),
        ({ status }) => status !== 201,
      )
      expect([refused.status, refused.body.code]).toEqual([503, 'storage_unavailable'])
      expect(refused.body.detail).toContain('may have been stored')
      for (const path of ['/v1/projects?organization_id=o', '/brains', '/ready']) {
        const { status, body } = await server.call('GET', path)
        expect([path, status, body.code]).toEqual([path, 503, 'storage_unavailable'])
      }
      expect((await server.call('GET', '/health')).status).toBe(200)
      expect(await server.kill('SIGTERM')).toBe(1)
    }
    await using again = await startServerProcess(env)
    expect((await again.call('GET', '/ready')).status).toBe(200)
    const { body } = await again.call('GET', '/v1/projects?organization_id=o')
    expect(JSON.stringify(body)).toContain('"kept"')
  })
})

describe('a damaged database file', () => {
  it('that cannot even be opened is named, and the server does not start', async () => {
    writeFileSync(join(dataDir, 'quory.db'), 'This is no database, and long enough to be looked at.'.repeat(100))
    const start = startServerProcess({ QUORY_DATA_DIR: dataDir })
    await expect(start).rejects.toThrow(`The database ${join(dataDir, 'quory.db')} cannot be opened: file is not a`)
  })

  it('is an error that says so, on the routes that need what is damaged', async () => {
    const env = { QUORY_DATA_DIR: dataDir, QUORY_LOG_LEVEL: 'silent' }
    let chats: string
    {
      await using server = await startServerProcess(env)
      const project = (await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
      chats = `/v1/projects/${project}/chats`
      for (let i = 0; i < 50; i++) await server.call('POST', chats, { name: `chat ${i} ${'x'.repeat(60)}` })
      // In order, so that everything is in the one file.
      expect(await server.kill('SIGTERM')).toBe(0)
    }
    const file = join(dataDir, 'quory.db')
    const bytes = readFileSync(file)
    const page = 4096
    for (let start = page; start < bytes.length; start += page)
      if (bytes.subarray(start, start + page).includes('chat 7 ')) bytes.fill(0xff, start, start + page)
    writeFileSync(file, bytes)
    await using server = await startServerProcess(env)
    const { status, body } = await server.call('GET', chats)
    expect([status, body.code]).toEqual([503, 'storage_unavailable'])
    expect((await server.call('GET', '/v1/me')).status).toBe(200)
  })
})
