import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { startModelServer } from './support/model-server.ts'
import { smallDisks } from './support/small-disks.ts'
import { parseEvents, until } from './support/start-test-app.ts'

const words = Array.from({ length: 100 }, (_, index) => `w${index} `)

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}

/** Of a copy: SQLite opens no file that only the server can see. */
function checkIntegrity(dataDir: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'quory-check-'))
  try {
    for (const name of ['quory.db', 'quory.db-wal']) copyFileSync(join(dataDir, name), join(folder, name))
    using db = new DatabaseSync(join(folder, 'quory.db'))
    return db.prepare('pragma integrity_check').all()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe.each(smallDisks)('on %s', (_, start) => {
  it('what does not fit is refused whole, running answers wait, and all goes on when there is room', async () => {
    await using model = await startModelServer()
    model.script((body) => (body.messages.at(-1)?.content === 'slow' ? { text: words, tokenDelayMs: 30 } : 'Quick.'))
    await using disk = await start({ OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'none', QUORY_LOG_LEVEL: 'silent' })
    const { server, dataDir } = disk
    const project = (await server.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const chats = `/v1/projects/${project}/chats`
    const [one, two] = [
      `${chats}/${(await server.call('POST', chats, { name: 'one' })).body.id}`,
      `${chats}/${(await server.call('POST', chats, { name: 'two' })).body.id}`,
    ]
    const quivrChat = (await server.call('POST', '/chat', { name: 'q' })).body.chat_id
    const { metadata } = (await server.call('POST', `${one}/messages`, { content: 'slow' })).body
    const reply = `${one}/messages/${metadata.assistant_message_id}`
    await until(
      () => server.call('GET', reply),
      ({ body }) => body.content.includes('w5 '),
    )
    const reading = server.call('GET', `${one}/stream`)
    // Awaited below; should the test fail before, that is what counts.
    reading.catch(() => undefined)

    await disk.fill()
    const refused = await until(
      () => server.call('POST', `${two}/messages`, { content: 'x'.repeat(20_000) }),
      ({ status }) => status !== 201,
    )
    expect([refused.status, refused.body.code]).toEqual([507, 'storage_full'])
    expect(refused.body.detail).toContain('nothing was stored')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const asked = (await server.call('GET', `${two}/messages`)).body.messages
    const inQuivr = await server.call('POST', `/chat/${quivrChat}/question`, { question: 'y'.repeat(20_000) })
    expect([inQuivr.status, inQuivr.body.code]).toEqual([507, 'storage_full'])
    expect((await server.call('GET', `/chat/${quivrChat}/history`)).body).toEqual([])
    let accepted = -1
    const upload = await until(
      () => {
        const form = new FormData()
        form.append('file', new Blob([`${++accepted} ${'z'.repeat(50_000)}`]), 'notes.txt')
        return server.call('POST', `/v1/projects/${project}/data-sources/upload`, form)
      },
      ({ status }) => status !== 201,
    )
    expect([upload.status, upload.body.code]).toEqual([507, 'storage_full'])
    expect(listFiles(join(dataDir, 'files'))).toHaveLength(accepted)
    expect(listFiles(join(dataDir, 'tmp'))).toEqual([])
    expect((await server.call('GET', '/ready')).status).toBe(disk.readyWhenFull)
    await model.requests[0]?.closed
    expect((await server.call('GET', `${two}/messages`)).body.messages).toEqual(asked)

    await disk.free()
    const events = parseEvents((await reading).text)
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
    expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
    const shown = events.map(({ event, data }) => (event === 'message_chunk' ? data.content_chunk : '')).join('')
    expect(shown).toBe(words.join(''))
    expect((await server.call('GET', reply)).body).toMatchObject({ status: 'completed', content: shown })
    const again = await server.call('POST', `${two}/messages`, { content: 'x'.repeat(20_000) })
    expect(again.status).toBe(201)
    await until(
      () => server.call('GET', `${two}/messages/${again.body.metadata.assistant_message_id}`),
      ({ body }) => body.status === 'completed',
    )
    expect(model.requests.filter(({ body }) => body.messages.at(-1)?.content === 'slow')).toHaveLength(1)
    expect((await server.call('GET', '/ready')).status).toBe(200)
    expect(checkIntegrity(dataDir)).toEqual([{ integrity_check: 'ok' }])
  })
})
