import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Database, inTransaction } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { type MessageId, newId } from '../src/ids.ts'
import { engines } from './support/databases.ts'
import { aPerson, type Person } from './support/quivr-people.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

describe.each(engines)('the branches of a chat, on %s', (engine) => {
  let app: TestApp
  let db: Database
  let person: Person
  let project: string
  beforeAll(async () => {
    app = await startTestApp({ engine })
    db = await openDatabase(app.config)
    person = await aPerson(app, `walker-${engine}`)
    const fields = { name: 'p', organization_id: 'o' }
    project = `/v1/projects/${(await person.call('POST', '/v1/projects', fields)).body.id}`
  })
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })

  async function aChat() {
    const chat = `${project}/chats/${(await person.call('POST', `${project}/chats`, { name: 'c' })).body.id}`
    const ended = (id: string) =>
      until(
        () => person.call('GET', `${chat}/messages/${id}`),
        ({ body }) => body.status === 'completed',
      )
    const ask = async (content: string, more: object = {}) => {
      const { body, status } = await person.call('POST', `${chat}/messages`, { content, ...more })
      expect(status).toBe(201)
      await ended(body.metadata.assistant_message_id)
      return { question: body.id as string, reply: body.metadata.assistant_message_id as string }
    }
    const regenerate = async (id: string) => {
      const { body } = await person.call('POST', `${chat}/messages/${id}/regenerate`, {})
      await ended(body.id)
      return body.id as string
    }
    const path = async (more = '') => (await person.call('GET', `${chat}/messages?path=active${more}`)).body
    const ids = async (more = '') => (await path(more)).messages.map(({ id }: { id: string }) => id)
    const walkTo = async (id: string) => (await person.call('PATCH', chat, { leaf_id: id })).body
    return { chat, ask, regenerate, path, ids, walkTo }
  }

  it('show one path at a time, and each message its siblings', async () => {
    const { chat, ask, regenerate, path, ids, walkTo } = await aChat()
    const first = await ask('First?')
    expect((await path()).messages.map(({ siblings }: { siblings: string[] }) => siblings)).toEqual([
      [first.question],
      [first.reply],
    ])
    const second = await ask('Second?')
    const edited = await ask('Second, in other words?', { sibling_of: second.question })
    expect(await ids()).toEqual([first.question, first.reply, edited.question, edited.reply])
    const again = await regenerate(edited.reply)
    expect(await ids()).toEqual([first.question, first.reply, edited.question, again])
    const { messages } = await path()
    expect(messages[2].siblings).toEqual([second.question, edited.question])
    expect(messages[3].siblings).toEqual([edited.reply, again])

    const walked = await walkTo(second.question)
    expect(walked.leaf_id).toBe(second.reply)
    expect(await ids()).toEqual([first.question, first.reply, second.question, second.reply])
    // Back where that branch was last, not at its first answer.
    expect((await walkTo(edited.question)).leaf_id).toBe(again)
    expect((await walkTo(edited.reply)).leaf_id).toBe(edited.reply)
    const on = await ask('And on?')
    await walkTo(second.question)
    expect((await walkTo(edited.question)).leaf_id).toBe(on.reply)
    expect(await ids()).toEqual([first.question, first.reply, edited.question, edited.reply, on.question, on.reply])
    expect((await person.call('GET', chat)).body.leaf_id).toBe(on.reply)
    // All that was said is still there.
    expect((await person.call('GET', `${chat}/messages`)).body.messages).toHaveLength(9)
  })

  it('begin at the very first question, too', async () => {
    const { ask, path, ids, walkTo } = await aChat()
    const first = await ask('First?')
    const other = await ask('Or rather?', { sibling_of: first.question })
    expect(await ids()).toEqual([other.question, other.reply])
    expect((await path()).messages[0].siblings).toEqual([first.question, other.question])
    await walkTo(first.question)
    expect(await ids()).toEqual([first.question, first.reply])
  })

  it('page in both directions, and around a message', async () => {
    const { ask, path, ids, regenerate } = await aChat()
    const turns = [await ask('1'), await ask('2'), await ask('3')]
    const last = await regenerate(turns[2]?.reply ?? '')
    const all = [...turns.slice(0, 2).flatMap(({ question, reply }) => [question, reply]), turns[2]?.question, last]
    expect(await ids()).toEqual(all)
    const newest = await path('&limit=2')
    expect(newest.messages.map(({ id }: { id: string }) => id)).toEqual(all.slice(4))
    expect(newest).toMatchObject({ has_more: true, has_older: true, has_newer: false })
    expect(await ids(`&limit=3&before=${all[4]}`)).toEqual(all.slice(1, 4))
    expect(await path(`&limit=4&before=${all[4]}`)).toMatchObject({
      has_older: false,
      has_newer: true,
      has_more: false,
    })
    expect(await ids(`&limit=3&after=${all[1]}`)).toEqual(all.slice(2, 5))
    expect(await path(`&limit=4&after=${all[1]}`)).toMatchObject({ has_more: false, has_newer: false })
    expect(await ids(`&limit=4&around=${all[2]}`)).toEqual(all.slice(1, 5))
    expect(await ids(`&limit=4&around=${all[5]}`)).toEqual(all.slice(4))
    for (const bad of [`&around=${newId()}`, '&before=x', `&around=${all[0]}&after=${all[0]}`]) {
      expect((await path(bad)).code).toBe('invalid_request')
    }
  })

  it('follow what is deleted', async () => {
    const { chat, ask, regenerate, ids } = await aChat()
    const first = await ask('First?')
    const again = await regenerate(first.reply)
    await person.call('DELETE', `${chat}/messages/${again}`)
    expect(await ids()).toEqual([first.question, first.reply])
  })

  it('are refused a place that is not theirs', async () => {
    const { chat, ask } = await aChat()
    const { question, reply } = await ask('First?')
    for (const [body, field] of [
      [{ sibling_of: reply }, 'sibling_of'],
      [{ sibling_of: newId() }, 'sibling_of'],
      [{ sibling_of: question, parent_id: reply }, 'sibling_of'],
      [{ parent_id: question }, 'parent_id'],
    ] as const) {
      const refused = await person.call('POST', `${chat}/messages`, { content: 'x', ...body })
      expect([refused.status, refused.body.detail[0].loc]).toEqual([422, ['body', field]])
    }
    const refused = await person.call('PATCH', chat, { leaf_id: newId(), name: 'changed' })
    expect([refused.status, refused.body.detail[0].loc]).toEqual([422, ['body', 'leaf_id']])
    expect((await person.call('GET', chat)).body.name).toBe('c')
  })

  it('cost a page to read, however long the chat is', async () => {
    const { chat, ask } = await aChat()
    const { reply } = await ask('First?')
    const chatId = chat.slice(-36)
    const projectId = project.slice(-36)
    const ids = Array.from({ length: 10_000 }, () => newId<MessageId>())
    await inTransaction(db, async (tx) => {
      for (let at = 0; at < ids.length; at += 500) {
        const rows = ids.slice(at, at + 500).map((id, index) => ({
          project_id: projectId as never,
          chat_id: chatId as never,
          id,
          position: 3 + at + index,
          role: (index % 2 === 0 ? 'user' : 'assistant') as 'user' | 'assistant',
          content: `turn ${at + index}`,
          status: 'completed' as const,
          parent_id: ids[at + index - 1] ?? (reply as MessageId),
          metadata: '{}',
          created_at: '2026-11-25T10:00:00.000Z',
        }))
        await tx.insertInto('messages').values(rows).execute()
      }
      const end = { leaf_id: ids.at(-1) ?? null, last_position: 10_002 }
      await tx
        .updateTable('chats')
        .set(end)
        .where('id', '=', chatId as never)
        .execute()
    })
    const fastest = async (path: string, query: string) => {
      const times: number[] = []
      for (let round = 0; round < 5; round++) {
        const startedAt = performance.now()
        const { body } = await person.call('GET', `${path}/messages?path=active&limit=50${query}`)
        times.push(performance.now() - startedAt)
        expect(body.messages).toHaveLength(50)
      }
      return Math.min(...times)
    }
    const at = (index: number) => ids[index] ?? ''
    // One that begins with the chat: there is nothing else to be read above it.
    const shortQuery = `&before=${at(48)}`
    for (const query of ['', `&before=${at(9_000)}`, `&after=${at(5_000)}`, `&around=${at(5_000)}`]) {
      // Measured anew when it fails: another's noise passes, work that grows with the chat does not.
      await vi.waitFor(async () => {
        const short = await fastest(chat, shortQuery)
        expect(await fastest(chat, query), query).toBeLessThan(4 * short + 20)
      }, 10_000)
    }
    const walked = await person.call('PATCH', chat, { leaf_id: at(10) })
    expect(walked.body.leaf_id).toBe(at(9_999))
  })

  it('keep what their reader thinks of an answer', async () => {
    const { chat, ask } = await aChat()
    const { reply } = await ask('First?')
    for (const rating of ['up', 'down', null]) {
      const rated = await person.call('PUT', `${chat}/messages/${reply}/rating`, { rating })
      expect([rated.status, rated.body.rating]).toEqual([200, rating])
      expect((await person.call('GET', `${chat}/messages/${reply}`)).body.rating).toBe(rating)
    }
    expect((await person.call('PUT', `${chat}/messages/${reply}/rating`, { rating: 'meh' })).status).toBe(422)
    expect((await person.call('PUT', `${chat}/messages/${newId()}/rating`, { rating: 'up' })).status).toBe(404)
  })
})
