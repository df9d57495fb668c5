import { setTimeout as wait } from 'node:timers/promises'
import { visitStream } from './http-client.ts'
import type { Random } from './random.ts'
import type { Connection, Frame, ReaderRecord } from './records.ts'
import type { Patience } from './world.ts'

export const readerKinds = {
  whole: 3,
  'every event': 2,
  'some events': 3,
  bytes: 2,
  slow: 1,
  late: 1,
  'unknown number': 1,
} as const
export type ReaderKind = keyof typeof readerKinds

/** Added to a number it makes one that no log of a round gets to, and that belongs to no other answer either. */
const far = 500_000

interface ReaderOptions {
  readonly kind: ReaderKind
  readonly record: ReaderRecord
  readonly random: Random
  readonly patience: Patience
  /** How long after the question a late reader may come. */
  readonly lateMs: number
  /** Where to connect next. */
  nextUrl(): { name: string; url: string }
}

/** Reads one answer to its end over as many connections as it takes, each after the last number it saw. */
export async function readAnswer(options: ReaderOptions): Promise<void> {
  const { kind, record, random, patience, lateMs, nextUrl } = options
  if (kind === 'late') await wait(random.between(lateMs / 2, lateMs))
  while (record.outcome === 'open') {
    if (Date.now() > patience.until) {
      record.outcome = 'stuck'
      return
    }
    const isFirst = record.connections.length === 0
    const isLost = kind === 'unknown number' && !isFirst && record.connections.length % 4 === 1
    const last = lastNumber(record)
    const after = isLost && last !== undefined ? last + far : last
    const connection = await connect(options, nextUrl(), after)
    record.connections.push(connection)
    if (connection.status === 404) record.outcome = 'gone'
    else if (connection.frames.some(isTerminal)) record.outcome = 'end'
    else if (!connection.isCutByClient) await wait(random.between(50, 300))
  }
}

async function connect(
  { kind, record, random }: ReaderOptions,
  { name, url }: { name: string; url: string },
  after: number | undefined,
): Promise<Connection> {
  const startedAt = Date.now()
  const path = `/v1/projects/${record.projectId}/chats/${record.chatId}/stream?message_id=${record.replyId}`
  const headers = { accept: 'text/event-stream', ...(after === undefined ? {} : { 'last-event-id': String(after) }) }
  const visit = await visitStream({
    url,
    method: 'GET',
    path,
    headers,
    shouldLeave: leaveRule(kind, random),
    ...(kind === 'slow' ? { pauseMs: random.between(30, 120) } : {}),
  })
  return toConnection(name, startedAt, visit, after)
}

export function toConnection(
  node: string,
  startedAt: number,
  visit: Awaited<ReturnType<typeof visitStream>>,
  after?: number,
): Connection {
  return {
    node,
    startedAt,
    endedAt: Date.now(),
    frames: visit.frames,
    isCutByClient: visit.isCutByClient,
    ...(visit.status === 0 ? {} : { status: visit.status }),
    ...(visit.error === undefined ? {} : { error: visit.error }),
    ...(after === undefined ? {} : { after }),
  }
}

export function isTerminal(frame: Frame): boolean {
  return frame.event === 'message_complete'
}

export function lastNumber(record: ReaderRecord): number | undefined {
  return record.connections.flatMap(({ frames }) => frames).findLast((frame) => frame.id !== undefined)?.id
}

/** Decides anew for every connection when the client hangs up. */
export function leaveRule(kind: ReaderKind, random: Random): (frames: readonly Frame[], bytes: number) => boolean {
  const numbered = (frames: readonly Frame[]) => frames.filter((frame) => frame.id !== undefined).length
  const events = kind === 'every event' ? 1 : random.between(1, 9)
  const most = random.between(1, 900)
  switch (kind) {
    case 'every event':
    case 'some events':
    case 'unknown number':
      return (frames) => numbered(frames) >= events && !frames.some(isTerminal)
    case 'bytes':
      // A connection that never shows a whole frame would never get on.
      return (frames, bytes) => bytes >= most && numbered(frames) > 0 && !frames.some(isTerminal)
    default:
      return () => false
  }
}
