import { describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { aFile } from './support/forms.ts'
import { startTestApp, until } from './support/start-test-app.ts'

/** Large enough to be under way when its chat is asked. */
const long = Array.from({ length: 2_000 }, (_, i) => `Heron number ${i} waits in the reeds of the lake.`).join('\n\n')

describe.each(engines)('a chat is told of an upload on %s', { timeout: 60_000 }, (engine) => {
  it('that it is pending, then that it is done, or why it failed', async () => {
    await using app = await startTestApp({ engine })
    const brain = (await app.call('GET', '/brains/default')).body
    const chat = (await app.call('POST', '/chat', { name: 'Zoo' })).body.chat_id
    const upload = async (content: string, name: string) => {
      const form = new FormData()
      form.append('uploadFile', aFile(content), name)
      const { status, body } = await app.call('POST', `/upload?brain_id=${brain.id}&chat_id=${chat}`, form)
      expect([status, body]).toEqual([200, { message: 'File processing has started.' }])
    }
    const notes = async () => (await app.call('GET', `/notifications/${chat}`)).body
    // Clients make quotation marks of all apostrophes before they parse it.
    const said = (note: { message: string }) => JSON.parse(note.message.replaceAll("'", '"'))

    await upload(long, "the keeper's herons.txt")
    const [pending] = await notes()
    expect(pending).toMatchObject({ chat_id: chat, action: 'UPLOAD', status: 'Pending', message: null })
    const [done, ...others] = await until(notes, ([note]) => note.status === 'Done')
    expect([done, others]).toMatchObject([{ id: pending.id, datetime: pending.datetime, action: 'UPLOAD' }, []])
    const name = "the keeper's herons.txt"
    expect(said(done)).toEqual({
      status: 'success',
      name,
      message: expect.stringMatching(/^✅ the keeper's herons\.txt has been uploaded to brain .+ in \d+ chunks$/),
    })
    expect(said(done).message).toContain(`brain ${brain.name} in`)

    await upload('%PDF-1.7 and nothing else', 'broken.pdf')
    await app.app.jobs.idle()
    const [, failed] = await notes()
    expect(failed).toMatchObject({ action: 'UPLOAD', status: 'Done' })
    const { knowledges } = (await app.call('GET', `/knowledge?brain_id=${brain.id}`)).body
    expect(said(failed)).toEqual({
      status: 'error',
      name: 'broken.pdf',
      message: `❌ broken.pdf could not be read: ${knowledges[1].error}`,
    })
    expect(knowledges[1].error).toMatch(/PDF|damaged/)
    const history = (await app.call('GET', `/chat/${chat}/history`)).body
    expect(history).toMatchObject([done, failed].map((body) => ({ item_type: 'NOTIFICATION', body })))
  })
})
