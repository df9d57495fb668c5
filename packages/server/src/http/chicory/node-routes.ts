import { z } from 'zod'
import { requireAdministrator } from '../../accounts/authorize.ts'
import { countUnfinishedAnswers } from '../../answers/queue/count-answers-store.ts'
import type { NodeReport } from '../../cluster/node.ts'
import { listNodes } from '../../cluster/node-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { refusals } from './schemas.ts'

const time = z.string().meta({ format: 'date-time', example: '2026-11-22T20:13:48.123Z' })
const count = z.int().meta({ example: 3 })

const node = z.object({
  name: z.string().meta({ example: 'lamp-4711-0a1b2c3d' }),
  version: z.string().meta({ example: '0.1.0' }),
  roles: z.array(z.enum(['http', 'worker'])),
  url: z.string().nullable().meta({ description: 'Null for a worker, which listens nowhere' }),
  state: z.enum(['live', 'stopped responding']),
  started_at: time,
  seen_at: time,
  load: z.object({
    answers_running: count,
    jobs_running: count,
    open_streams: count,
    event_loop_delay_ms: count.meta({ description: 'How late 99 of 100 timers came at most' }),
    memory_bytes: count.meta({ example: 120_000_000 }),
  }),
})
const nodeList = z.object({
  nodes: z.array(node),
  queue: z.object({ waiting: count, running: count }).meta({ description: 'Answers of all nodes' }),
})

export function registerNodeRoutes(server: Server, { db }: Pick<Services, 'db'>): void {
  server.get(
    '/admin/nodes',
    {
      schema: {
        tags: ['service'],
        summary: 'List Nodes',
        description:
          'The servers and workers on this database and what they are busy with. One that went without saying so is shown for an hour.',
        response: { 200: nodeList, ...refusals },
      },
    },
    async ({ principal }) => {
      requireAdministrator(principal)
      const [nodes, queue] = await Promise.all([listNodes(db), countUnfinishedAnswers(db.query)])
      return { nodes: nodes.map(presentNode), queue }
    },
  )
}

function presentNode({ name, version, roles, url, isLive, startedAt, seenAt, load }: NodeReport) {
  return {
    name,
    version,
    roles: [...roles],
    url,
    state: isLive ? ('live' as const) : ('stopped responding' as const),
    started_at: startedAt,
    seen_at: seenAt,
    load: {
      answers_running: load.answersRunning,
      jobs_running: load.jobsRunning,
      open_streams: load.openStreams,
      event_loop_delay_ms: load.eventLoopDelayMs,
      memory_bytes: load.memoryBytes,
    },
  }
}
