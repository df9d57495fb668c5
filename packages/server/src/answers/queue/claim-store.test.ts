import type { KyselyPlugin, RawNode } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../../test/support/databases.ts'
import { aProject } from '../../../test/support/projects.ts'
import { storeWaitingAnswers, type WaitingAnswer } from '../../../test/support/waiting-answers.ts'
import type { Database } from '../../database/database.ts'
import { databaseTime } from '../../database/database-clock.ts'
import type { AnswerId, UserId } from '../../ids.ts'
import { releaseAnswer, renewLeases } from '../answer-store.ts'
import { type ClaimOptions, claimAnswers } from './claim-store.ts'

describe.each(engines)('claims on %s', (engine) => {
  let db: Database
  beforeEach(async () => {
    db = await openTestDatabase(engine)
  })
  afterEach(() => db[Symbol.asyncDispose]())

  const claim = async (options: Partial<ClaimOptions> = {}) =>
    claimAnswers(db, { node: 'one', limit: 1, ownerLimit: 100, served: [], ...options })

  async function aLine(options: { chats?: number; answersPerChat?: number; from?: number } = {}) {
    const { projectId, owner } = await aProject(db)
    const answers = await storeWaitingAnswers(db, { projectId, ownerId: owner.userId, chats: 1, ...options })
    return { ownerId: owner.userId, answers, ids: answers.map(({ answerId }) => answerId) }
  }
  async function end(answerId: AnswerId) {
    await db.query
      .updateTable('answers')
      .set({ state: 'completed', completed_at: new Date().toISOString(), lease_owner: null, lease_expires_at: null })
      .where('id', '=', answerId)
      .execute()
  }

  it('take the oldest of an owner first, and lease them to the node', async () => {
    const { ids, answers } = await aLine({ chats: 3 })
    const claimed = await claim({ limit: 2 })
    expect(claimed.map(({ answerId }) => answerId).sort()).toEqual(ids.slice(0, 2).sort())
    expect(claimed[0]).toMatchObject({ attempt: 1, parameters: { searchProjectId: answers[0]?.projectId } })
    const rows = await db.query.selectFrom('messages').select(['answer_id', 'status']).orderBy('created_at').execute()
    expect(rows.map(({ status }) => status)).toEqual(['processing', 'processing', 'queued'])
    expect((await claim({ node: 'two' })).map(({ answerId }) => answerId)).toEqual(ids.slice(2))
    expect(await claim({ node: 'two' })).toEqual([])
  })

  it('never take two of one chat, and go on with the next when one has ended', async () => {
    const { ids } = await aLine({ answersPerChat: 3 })
    for (const id of ids) {
      expect((await claim({ limit: 5 })).map(({ answerId }) => answerId)).toEqual([id])
      expect(await claim({ limit: 5 })).toEqual([])
      await end(id)
    }
  })

  it('never run more of one owner than allowed, in all projects together', async () => {
    const { ownerId, answers } = await aLine({ chats: 3 })
    const { projectId } = await aProject(db)
    await storeWaitingAnswers(db, { projectId, ownerId, chats: 3 })
    const first = await claim({ limit: 100, ownerLimit: 4 })
    expect(first).toHaveLength(4)
    expect(await claim({ node: 'two', limit: 100, ownerLimit: 4 })).toEqual([])
    await end(first[0]?.answerId ?? (answers[0] as WaitingAnswer).answerId)
    expect(await claim({ node: 'two', limit: 100, ownerLimit: 4 })).toHaveLength(1)
  })

  it('give a free place to whoever has fewest running, however long the others’ lines', async () => {
    const flood = await aLine({ chats: 50, from: Date.now() - 100_000 })
    await claim({ limit: 10 })
    const late = await aLine({ chats: 2 })
    const next = await claim({ limit: 3 })
    expect(
      next
        .filter(({ ownerId }) => ownerId === late.ownerId)
        .map(({ answerId }) => answerId)
        .sort(),
    ).toEqual(late.ids.sort())
    expect(next.filter(({ ownerId }) => ownerId === flood.ownerId)).toHaveLength(1)
  })

  it('let owners take turns where one place is all there is', async () => {
    const flood = await aLine({ chats: 10, from: Date.now() - 100_000 })
    const late = await aLine({ chats: 3 })
    const served: UserId[] = []
    for (let turn = 0; turn < 6; turn++) {
      const [answer] = await claim({ served: [...new Set(served.toReversed())].reverse() })
      if (answer === undefined) throw new Error('nothing claimed')
      served.push(answer.ownerId)
      await end(answer.answerId)
    }
    const [a, b] = [flood.ownerId, late.ownerId]
    expect(served).toEqual([a, b, a, b, a, b])
  })

  it('take over what has run out of its lease, at the next attempt, and nothing before', async () => {
    const { answers } = await aLine()
    const [first] = await claim()
    if (first === undefined) throw new Error('nothing claimed')
    expect(await claim({ node: 'two' })).toEqual([])
    await db.query
      .updateTable('answers')
      .set({ lease_expires_at: databaseTime(db, -1) })
      .execute()
    const [second] = await claim({ node: 'two' })
    expect(second).toMatchObject({ answerId: answers[0]?.answerId, attempt: 2 })
    expect((await renewLeases(db, 'one', [first])).size).toBe(0)
    expect((await renewLeases(db, 'two', [first])).size).toBe(0)
    expect([...(await renewLeases(db, 'two', second === undefined ? [] : [second])).values()]).toEqual([
      { isCancelRequested: false, isRenewed: true },
    ])
  })

  it('leave alone what was given back until its time, which need not be the node’s', async () => {
    await aLine()
    const [answer] = await claim()
    if (answer === undefined) throw new Error('nothing claimed')
    await releaseAnswer(db, answer, { node: 'one', afterMs: 60_000 })
    expect(await claim({ node: 'two' })).toEqual([])
    await db.query
      .updateTable('answers')
      .set({ lease_expires_at: databaseTime(db, -1) })
      .execute()
    expect(await claim({ node: 'two' })).toMatchObject([{ attempt: 2 }])
  })

  it('renew only what this node still runs: what it never heard of runs out', async () => {
    await aLine({ chats: 2 })
    const [kept, lost] = await claim({ limit: 2 })
    if (kept === undefined || lost === undefined) throw new Error('nothing claimed')
    await db.query
      .updateTable('answers')
      .set({ lease_expires_at: databaseTime(db, -1) })
      .execute()
    expect([...(await renewLeases(db, 'one', [kept])).keys()]).toEqual([kept.answerId])
    expect((await claim({ node: 'two', limit: 5 })).map(({ answerId }) => answerId)).toEqual([lost.answerId])
  })

  it('read the front of the line, not its length', async () => {
    await aLine({ chats: 300 })
    const plans: string[] = []
    const explained = explainClaims(db, plans)
    const options = { node: 'one', limit: 1, ownerLimit: 5, served: [] }
    await claimAnswers(explained, options).catch(() => undefined)
    // PostgreSQL is first asked whether there is anything at all.
    expect(plans).toHaveLength(engine === 'postgres' ? 2 : 1)
    for (const plan of plans) {
      expect(plan).toContain('answers_waiting')
      expect(plan).toContain('answers_running')
      expect(plan).not.toMatch(/Seq Scan on answers|SCAN (answers|a|b|e|f)$/m)
    }
  })
})

describe('claims of many nodes on PostgreSQL at once', () => {
  it('never take an answer twice', async () => {
    await using db = await openTestDatabase('postgres')
    const { projectId, owner } = await aProject(db)
    await storeWaitingAnswers(db, { projectId, ownerId: owner.userId, chats: 40 })
    const claims = await Promise.all(
      Array.from({ length: 16 }, (_, node) =>
        claimAnswers(db, { node: `node ${node}`, limit: 4, ownerLimit: 100, served: [] }),
      ),
    )
    const taken = claims.flat()
    expect(taken).toHaveLength(40)
    expect(new Set(taken.map(({ answerId }) => answerId)).size).toBe(40)
  })

  it('never run more of an owner than allowed, though each finds another answer first', async () => {
    await using db = await openTestDatabase('postgres')
    const { projectId, owner } = await aProject(db)
    const line = { projectId, ownerId: owner.userId, chats: 16, from: Date.now() }
    const answers = await storeWaitingAnswers(db, line)
    for (const [index, { answerId }] of answers.entries()) {
      await db.query
        .updateTable('answers')
        .set({ pinned_node: `node ${index}` })
        .where('id', '=', answerId)
        .execute()
    }
    const claims = await Promise.all(
      answers.map((_, node) => claimAnswers(db, { node: `node ${node}`, limit: 4, ownerLimit: 5, served: [] })),
    )
    expect(claims.flat()).toHaveLength(5)
  })

  it('go on while a stopped node holds a row, without that row', async () => {
    await using db = await openTestDatabase('postgres')
    const { projectId, owner } = await aProject(db)
    const [held, free] = await storeWaitingAnswers(db, { projectId, ownerId: owner.userId, chats: 2 })
    await db.query.transaction().execute(async (tx) => {
      await tx
        .selectFrom('answers')
        .select('id')
        .where('id', '=', held?.answerId ?? free?.answerId ?? ('' as AnswerId))
        .forShare()
        .execute()
      const claimed = await claimAnswers(db, { node: 'one', limit: 5, ownerLimit: 5, served: [] })
      expect(claimed.map(({ answerId }) => answerId)).toEqual([free?.answerId])
    })
  })
})

/** The same database, whose claims are explained instead of run. */
function explainClaims(db: Database, plans: string[]): Database {
  const explained = new WeakSet<object>()
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      if (node.kind !== 'RawNode') return node
      const { sqlFragments } = node as RawNode
      if (!sqlFragments.some((text) => text.includes('recursive'))) return node
      explained.add(queryId)
      const explain = db.engine === 'sqlite' ? 'explain query plan ' : 'explain '
      return { ...node, sqlFragments: [explain + sqlFragments[0], ...sqlFragments.slice(1)] } as RawNode
    },
    async transformResult({ queryId, result }) {
      if (!explained.has(queryId)) return result
      plans.push(result.rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])).join('\n'))
      return { ...result, rows: [{}] }
    },
  }
  return { ...db, query: db.query.withPlugin(plugin), unsyncedQuery: db.unsyncedQuery.withPlugin(plugin) }
}
