import type { ChildProcess } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type DatabasePlace } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { adminKey, callAsAdministrator, runCommandProcess } from './support/server-process.ts'
import { parseEvents, until } from './support/start-test-app.ts'

const words = Array.from({ length: 300 }, (_, index) => `w${index} `)

// Each starts two or three processes, and some wait for leases of twelve seconds.
describe('processes on one PostgreSQL', { timeout: 90_000 }, () => {
  let place: DatabasePlace
  let model: ModelServer
  const children: ChildProcess[] = []
  beforeEach(async () => {
    place = await createTestDatabase('postgres')
    model = await startModelServer()
  })
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGKILL')
      await gone
    }
    await model[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  function run(args: readonly string[], env: Record<string, string> = {}) {
    const running = runCommandProcess(args, {
      QUORY_DATA_DIR: place.dataDir,
      QUORY_API_KEY: adminKey,
      DATABASE_URL: place.databaseUrl ?? '',
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'sk-test',
      ...env,
    })
    children.push(running.child)
    return running
  }

  async function start(...args: readonly string[]) {
    const node = run(args)
    await until(
      async () => node.output.stdout,
      (shown) => shown.endsWith('\n\n') && shown.trim() !== '',
      30_000,
    ).catch((error) => Promise.reject(new Error(`${error.message}\n${node.output.stderr}`)))
    const url = /ready at (\S+)/.exec(node.output.stdout)?.[1] ?? ''
    return {
      ...node,
      url,
      call: (method: string, path: string, body?: unknown) => callAsAdministrator(url + path, method, body),
    }
  }

  type Caller = Pick<Awaited<ReturnType<typeof start>>, 'call'>

  async function makeChat({ call }: Caller) {
    const project = (await call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const chat = (await call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    return { project: `/v1/projects/${project}`, path: `/v1/projects/${project}/chats/${chat}` }
  }

  async function ask({ call }: Caller, path: string): Promise<string> {
    const { metadata } = (await call('POST', `${path}/messages`, { content: 'hi' })).body
    return `${path}/messages/${metadata.assistant_message_id}`
  }

  const untilStatus = ({ call }: Caller, reply: string, status: string) =>
    until(
      () => call('GET', reply),
      ({ body }) => body.status === status,
      40_000,
    )

  it('are a cluster: a question on one port, its answer on another', async () => {
    model.script([{ text: words.slice(0, 60), tokenDelayMs: 10 }])
    const [one, two] = await Promise.all([start('serve'), start('serve')])
    const { path } = await makeChat(one)
    await ask(one, path)
    const streams = await Promise.all([one, two].map((node) => node.call('GET', `${path}/stream`)))
    const events = parseEvents(streams[0]?.text ?? '')
    expect(events.at(-1)).toMatchObject({ event: 'message_complete', data: { status: 'completed' } })
    expect(parseEvents(streams[1]?.text ?? '')).toEqual(events)
    expect(model.requests).toHaveLength(1)
    const { nodes } = (await two.call('GET', '/v1/admin/nodes')).body
    expect(nodes.map(({ url }: { url: string }) => url).sort()).toEqual([one.url, two.url].sort())
  })

  it('may take requests and leave answers and files to a worker', async () => {
    model.script(['Worked out.'])
    const front = await start('serve', '--no-worker')
    expect(front.output.stdout).toContain('quory worker')
    const { project, path } = await makeChat(front)
    const form = new FormData()
    form.append('file', new Blob(['# Oslo\n\nThe office in Oslo opens at seven.\n']), 'office.md')
    const [source] = (await front.call('POST', `${project}/data-sources/upload`, form)).body.data_sources
    const reply = await ask(front, path)
    // Nobody is there to do it: it waits, and says so.
    const waiting = (await front.call('GET', '/v1/admin/nodes')).body
    expect(waiting.queue).toEqual({ waiting: 1, running: 0 })
    expect(waiting.nodes).toMatchObject([{ roles: ['http'], state: 'live' }])
    expect((await front.call('GET', reply)).body.status).toBe('queued')

    const worker = await start('worker')
    expect(worker.output.stdout).toContain('without HTTP')
    expect((await untilStatus(front, reply, 'completed')).body.content).toBe('Worked out.')
    await until(
      () => front.call('GET', `${project}/data-sources/${source.id}`),
      ({ body }) => body.status === 'connected',
      40_000,
    )
    const { nodes } = (await front.call('GET', '/v1/admin/nodes')).body
    expect(nodes).toMatchObject([
      { roles: ['http'], url: front.url },
      { roles: ['worker'], url: null },
    ])

    const listed = run(['nodes'])
    expect(await listed.exit, listed.output.stderr).toBe(0)
    expect(listed.output.stdout).toMatch(/^NAME +VERSION +ROLES/)
    expect(listed.output.stdout).toMatch(/ http +live .*http:/)
    expect(listed.output.stdout).toMatch(/ worker +live /)
    // The command is no node of its own.
    expect(listed.output.stdout.match(/live/g)).toHaveLength(2)

    worker.child.kill('SIGTERM')
    expect(await worker.exit).toBe(0)
    expect((await front.call('GET', '/v1/admin/nodes')).body.nodes).toHaveLength(1)
  })

  it('take over what a killed worker was doing, and show that it stopped responding', async () => {
    model.script((_, index) => (index === 0 ? { text: words, tokenDelayMs: 50 } : 'Whole.'))
    const front = await start('serve', '--no-worker')
    const { path } = await makeChat(front)
    const first = await start('worker')
    const reply = await ask(front, path)
    const seen = await until(
      () => front.call('GET', reply),
      ({ body }) => body.content !== '',
      20_000,
    )
    const reading = front.call('GET', `${path}/stream`)
    first.child.kill('SIGKILL')
    await first.exit
    await start('worker')
    const done = await untilStatus(front, reply, 'completed')
    expect(done.body.content).toBe('Whole.')
    const { attempts } = (await front.call('GET', `${reply}/attempts`)).body
    expect(attempts[0].content.startsWith(seen.body.content)).toBe(true)
    expect(parseEvents((await reading).text).at(-1)?.data.status).toBe('completed')
    const { nodes } = (
      await until(
        () => front.call('GET', '/v1/admin/nodes'),
        ({ body }) => body.nodes.some(({ state }: { state: string }) => state !== 'live'),
        40_000,
      )
    ).body
    expect(nodes.map(({ state }: { state: string }) => state)).toEqual(['live', 'stopped responding', 'live'])
  }, 120_000)

  it('are told by a server without a worker that it cannot use a key of their own', async () => {
    const front = await start('serve', '--no-worker')
    const chat = (await front.call('POST', '/chat', { name: 'c' })).body.chat_id
    const response = await fetch(`${front.url}/chat/${chat}/question`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json', 'openai-api-key': 'sk-mine' },
      body: JSON.stringify({ question: 'hi' }),
    })
    expect(response.status).toBe(502)
    expect(await response.text()).toContain('key of your own')
    expect((await front.call('GET', `/chat/${chat}/history`)).body).toEqual([])
  })

  it.each(['worker', 'serve --no-worker'])('are refused on SQLite with the reason: %s', async (args) => {
    const { output, exit } = run(args.split(' '), { DATABASE_URL: '' })
    expect(await exit).toBe(1)
    expect(output.stderr).toMatch(/needs DATABASE_URL: a SQLite folder belongs to one process/)
  })

  it('explain themselves', async () => {
    for (const [args, shown] of [
      [['worker', '--help'], 'without HTTP'],
      [['serve', '--help'], '--no-worker'],
      [['nodes', '--help'], 'still respond'],
    ] as const) {
      const { output, exit } = run(args)
      expect(await exit).toBe(0)
      expect(output.stdout).toContain(shown)
    }
  })
})
