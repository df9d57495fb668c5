import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Principal } from '../src/accounts/principal.ts'
import { findPasswordHash } from '../src/accounts/sign-in/password-store.ts'
import {
  deleteSession,
  deleteSessions,
  extendSession,
  findSessionOwner,
} from '../src/accounts/sign-in/session-store.ts'
import { countAttempt } from '../src/accounts/sign-in/sign-in-attempt-store.ts'
import { addSignInLink, findLinkUser } from '../src/accounts/sign-in/sign-in-link-store.ts'
import { findUserByEmail } from '../src/accounts/user-store.ts'
import { findChats, readTitles } from '../src/chats/chat-title-store.ts'
import { findChatOfOwner, findMessageStatus, listMembersAmong } from '../src/chats/feed-store.ts'
import { type ChatState, listKeptChats } from '../src/chats/kept-chats-store.ts'
import { findRemovedChat, listAnswers } from '../src/chats/removed-chat-store.ts'
import { findTrashProject, listTrashBefore } from '../src/chats/trash-store.ts'
import type { Database, Queryable } from '../src/database/database.ts'
import { encodeCursor } from '../src/database/page.ts'
import { type ChatId, type MessageId, newId, type ProjectId } from '../src/ids.ts'
import { readTurnsAround } from '../src/memory/found-turn-store.ts'
import { listOwnChats, readBlocks, readTimes, readTurns } from '../src/memory/message-block-store.ts'
import { listInvitingProjects } from '../src/projects/invitation-store.ts'
import { openTestDatabase } from './support/databases.ts'
import { aPrincipal } from './support/principals.ts'
import { planOf } from './support/query-plan.ts'

describe('SQLite reads no more than it shows:', () => {
  let db: Database
  let person: Principal
  beforeAll(async () => {
    db = await openTestDatabase('sqlite')
    person = await aPrincipal(db)
  })
  afterAll(() => db[Symbol.asyncDispose]())

  const projectId = newId<ProjectId>()
  const chatId = newId<ChatId>()
  const place = { projectId, chatId }
  const time = '2026-11-01T10:00:00.000Z'

  /** The indexes of a table that were searched; whatever reads all of a table, or sorts, is no part of it. */
  async function searched(table: string, work: (query: Queryable) => Promise<unknown>): Promise<string[]> {
    const steps = await planOf(db.query, work)
    expect(steps.join('\n')).not.toMatch(/TEMP B-TREE|AUTOMATIC|SCAN (?!shelf)/)
    return steps.flatMap((step) => {
      const found = new RegExp(String.raw`^SEARCH ${table} USING (?:COVERING )?INDEX (\w+) (.*)$`).exec(step)
      return found === null ? [] : [`${found[1]} ${found[2]}`]
    })
  }

  it.each<[ChatState, boolean | undefined, string[]]>([
    ['active', false, ['chats_active_plain']],
    ['active', true, ['chats_active_pinned']],
    ['active', undefined, ['chats_active_plain', 'chats_active_pinned']],
    ['archived', false, ['chats_archived_plain']],
    ['archived', true, ['chats_archived_pinned']],
    ['archived', undefined, ['chats_archived_plain', 'chats_archived_pinned']],
    ['all', false, ['chats_active_plain', 'chats_archived_plain']],
    ['all', true, ['chats_active_pinned', 'chats_archived_pinned']],
    ['all', undefined, ['chats_kept']],
    ['trash', undefined, ['chats_trash']],
  ])('chats by state %s, pinned %s', async (state, isPinned, indexes) => {
    const list = (query: Queryable, cursor?: string) =>
      listKeptChats(query, person, { projectId, state, isPinned, limit: 50, cursor })
    expect(await searched('chats', (query) => list(query))).toEqual(
      indexes.map((index) => `${index} (project_id=? AND owner_id=?)`),
    )
    expect(await searched('chats', (query) => list(query, encodeCursor([time, chatId])))).toEqual(
      indexes.map((index) => `${index} (project_id=? AND owner_id=? AND (updated_at,id)<(?,?))`),
    )
  })

  it('what is left of removed chats', async () => {
    expect(await searched('chats', (query) => findRemovedChat(query, projectId))).toEqual([
      'chats_owner (project_id=? AND owner_id=?)',
    ])
    expect(await searched('answers', (query) => listAnswers(query, place, 100))).toEqual([
      'answers_message (project_id=? AND chat_id=?)',
    ])
  })

  it('what lies in the trash for too long', async () => {
    expect(await searched('chats', (query) => findTrashProject(query, projectId))).toEqual([
      'chats_thrown (project_id>?)',
    ])
    const before = { before: time, limit: 100 }
    expect(await searched('chats', (query) => listTrashBefore(query, projectId, before))).toEqual([
      'chats_thrown (project_id=? AND deleted_at>? AND deleted_at<?)',
    ])
  })

  it('what the feed tells', async () => {
    const byId = 'sqlite_autoindex_chats_1 (project_id=? AND id=?)'
    expect(await searched('chats', (query) => findChatOfOwner(query, place))).toEqual([byId])
    expect(await searched('messages', (query) => findMessageStatus(query, place, newId<MessageId>()))).toEqual([
      'sqlite_autoindex_messages_1 (project_id=? AND chat_id=? AND id=?)',
    ])
    expect(await searched('project_members', (query) => listMembersAmong(query, projectId, [person.userId]))).toEqual([
      'sqlite_autoindex_project_members_1 (project_id=? AND user_id=?)',
    ])
  })

  it('search in names and messages', async () => {
    const before = [time, chatId] as const
    expect(await searched('chats', (query) => readTitles(query, person, { projectId, before, limit: 1_000 }))).toEqual([
      'chats_kept (project_id=? AND owner_id=? AND (updated_at,id)<(?,?))',
    ])
    expect(await searched('chats', (query) => findChats(query, person, projectId, [chatId]))).toEqual([
      'sqlite_autoindex_chats_1 (project_id=? AND id=?)',
    ])
    const window = { projectId, ownerId: person.userId, limit: 500, before: { createdAt: time, id: chatId } }
    expect(await searched('chats', (query) => listOwnChats(query, window))).toEqual([
      'chats_owner (project_id=? AND owner_id=? AND (created_at,id)<(?,?))',
    ])
    expect(
      await searched('message_blocks', (query) =>
        readBlocks(query, projectId, [chatId, newId<ChatId>()], { offset: 32, limit: 32 }),
      ),
    ).toEqual(['sqlite_autoindex_message_blocks_1 (project_id=? AND chat_id=?)'])
    const positions = 'messages_position (project_id=? AND chat_id=? AND position>? AND position<?)'
    expect(await searched('messages', (query) => readTurns(query, place, { from: 0, to: 64 }))).toEqual([positions])
    expect(await searched('messages', (query) => readTimes(query, place, { to: 64, limit: 64 }))).toEqual([
      'messages_position (project_id=? AND chat_id=? AND position<?)',
    ])
    expect(await searched('messages', (query) => readTurnsAround(query, place, 3))).toEqual([positions])
  })

  it('invitations to an address', async () => {
    expect(await searched('project_invitations', (query) => listInvitingProjects(query, 'grace@example.org'))).toEqual([
      'project_invitations_email (email=?)',
    ])
  })

  it('sessions, links and passwords', async () => {
    const byToken = 'sqlite_autoindex_sessions_2 (token=?)'
    expect(await searched('sessions', (query) => findSessionOwner(query, 'token'))).toEqual([byToken])
    expect(await searched('sessions', (query) => extendSession(query, 'token'))).toEqual([byToken])
    expect(await searched('sessions', (query) => deleteSession(query, 'token'))).toEqual([byToken])
    expect(await searched('sessions', (query) => deleteSessions(query, person.userId, 'token'))).toEqual([
      'sessions_user (user_id=?)',
    ])
    const token = 'a-link'
    expect(await searched('sign_in_links', (query) => addSignInLink(query, person.userId, token))).toEqual([
      'sign_in_links_end (expires_at<?)',
      'sqlite_autoindex_sign_in_links_1 (hash=?)',
    ])
    expect(await searched('sign_in_links', (query) => findLinkUser(query, token))).toEqual([
      'sqlite_autoindex_sign_in_links_1 (hash=?)',
    ])
    expect(await searched('sign_in_attempts', (query) => countAttempt({ query }, [{ subject: 's', most: 9 }]))).toEqual(
      ['sign_in_attempts_end (ends_at<?)'],
    )
    expect(await searched('accounts', (query) => findPasswordHash(query, person.userId))).toEqual([
      'accounts_user (user_id=?)',
    ])
    expect(await searched('users', (query) => findUserByEmail(query, person.email))).toEqual([
      expect.stringMatching(/^sqlite_autoindex_users_\d \(email=\?\)$/),
    ])
  })
})
