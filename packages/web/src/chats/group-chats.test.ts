import type { Chat } from '@quory/sdk'
import { expect, it } from 'vitest'
import { type ChatListRow, groupChats } from './group-chats.ts'

const now = new Date(2026, 10, 25, 0, 30)
const chatAt = (...date: [number, number, number, number?]) =>
  ({ id: String(date), updated_at: new Date(...date).toISOString() }) as unknown as Chat
const headings = (rows: readonly ChatListRow[]) => rows.flatMap((row) => (row.type === 'heading' ? [row.day.name] : []))

it('says today from midnight on, however few hours ago yesterday was', () => {
  const rows = groupChats([], [chatAt(2026, 10, 25, 0), chatAt(2026, 10, 24, 23)], now)
  expect(headings(rows)).toEqual(['today', 'yesterday'])
})

it('gives each older month one heading', () => {
  const chats = [chatAt(2026, 10, 20), chatAt(2026, 10, 1), chatAt(2026, 9, 2), chatAt(2026, 9, 1), chatAt(2025, 9, 1)]
  expect(headings(groupChats([], chats, now))).toEqual(['week', 'month30', 'month', 'month'])
})

it('puts pinned chats first, under their own heading', () => {
  const rows = groupChats([chatAt(2020, 1, 1)], [chatAt(2026, 10, 25)], now)
  expect(headings(rows)).toEqual(['pinned', 'today'])
})

it('shows a chat of the future, from a clock that is ahead, under today', () => {
  expect(headings(groupChats([], [chatAt(2026, 10, 26)], now))).toEqual(['today'])
})
