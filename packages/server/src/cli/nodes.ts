import { connect } from './connect.ts'

interface ListedNode {
  readonly name: string
  readonly version: string
  readonly roles: readonly string[]
  readonly url: string | null
  readonly state: string
  readonly seen_at: string
  readonly load: {
    readonly answers_running: number
    readonly jobs_running: number
    readonly open_streams: number
    readonly memory_bytes: number
  }
}

export async function listNodes(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  await using connection = await connect(env, { needsWorkers: false })
  const { nodes, queue } = (await connection.json('GET', '/v1/admin/nodes')) as {
    nodes: ListedNode[]
    queue: { waiting: number; running: number }
  }
  const heads = ['NAME', 'VERSION', 'ROLES', 'STATE', 'ANSWERS', 'JOBS', 'STREAMS', 'MEMORY', 'URL']
  const rows = nodes.map(({ name, version, roles, url, state, seen_at, load }) => [
    name,
    version,
    roles.join('+'),
    state === 'live' ? state : `${state} at ${seen_at}`,
    String(load.answers_running),
    String(load.jobs_running),
    String(load.open_streams),
    `${Math.round(load.memory_bytes / 1_000_000)} MB`,
    url ?? '',
  ])
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of [heads, ...rows]) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
  process.stdout.write(`\nAnswers waiting: ${queue.waiting}, running: ${queue.running}\n`)
}
