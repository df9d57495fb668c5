import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { QuoryError } from '../src/errors.ts'
import { checkAnswers } from '../src/http/check-answers.ts'
import { sendProblem } from '../src/http/problem.ts'
import { startTestApp, type TestApp } from './support/start-test-app.ts'

const folder = join(import.meta.dirname, '../openapi')

function run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const env = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  // biome-ignore lint/style/noProcessEnv: a command needs the path it is found on
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env } })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

describe('the published description', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
  })
  afterAll(() => app[Symbol.asyncDispose]())

  it('is the one that is checked in, for each dialect', async () => {
    expect(await run(process.execPath, join(folder, 'write.ts'), '--check')).toEqual({ code: 0, output: '' })
  })

  it('passes the linter', async () => {
    const redocly = join(import.meta.dirname, '../../../node_modules/@redocly/cli/bin/cli.js')
    const { code, output } = await run(
      process.execPath,
      redocly,
      'lint',
      '--config',
      'redocly.yaml',
      'chicory.json',
      'quivr.json',
    )
    expect(code, output).toBe(0)
  })

  it('names every route that is not hidden, with its ids, its refusals and who may call it', async () => {
    const { paths } = (await app.as(undefined)('GET', '/openapi.json')).body
    const described = Object.entries<Record<string, unknown>>(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const routes = app.app.server.routeList.filter(({ method, isHidden }) => method !== 'OPTIONS' && !isHidden)
    const named = ({ method, url }: { method: string; url: string }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`
    expect(described.toSorted()).toEqual(routes.map(named).toSorted())
    for (const { method, url, isPublic } of routes) {
      const operation = paths[url.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()]
      expect(operation.security, named({ method, url })).toEqual(isPublic ? [] : undefined)
      if (!isPublic) expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '422']))
    }
  })

  it('gives an example of every JSON body', async () => {
    const { paths, components } = (await app.call('GET', '/openapi.json')).body
    const operations = Object.values<Record<string, { requestBody?: unknown; responses: object }>>(paths).flatMap(
      Object.values,
    )
    const bodies = operations.flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses)])
    const media = [...bodies, ...Object.values(components.responses)].flatMap((body) =>
      body?.content?.['application/json'] === undefined ? [] : [body.content['application/json']],
    )
    expect(media.length).toBeGreaterThan(100)
    expect(media.filter(({ example }) => example === undefined)).toEqual([])
  })

  it('says which answers are event streams, files, or nothing at all', async () => {
    const { paths } = (await app.call('GET', '/openapi.json')).body
    const chat = '/v1/projects/{project_id}/chats/{chat_id}'
    expect(Object.keys(paths[`${chat}/stream`].get.responses['200'].content)).toEqual(['text/event-stream'])
    expect(Object.keys(paths[`${chat}/messages`].post.responses['200'].content)).toEqual(['text/event-stream'])
    expect(paths['/v1/projects/{project_id}'].delete.responses['204']).not.toHaveProperty('content')
    expect(Object.keys(paths['/upload'].post.requestBody.content)).toEqual(['multipart/form-data'])
    const { get } = paths['/v1/projects/{project_id}/data-sources/{data_source_id}/content']
    expect(Object.keys(get.responses['200'].content)).toEqual(['application/octet-stream'])
  })
})

describe('the page of the API', () => {
  it('has every file it needs on this server, and may load nothing from elsewhere', async () => {
    await using app = await startTestApp()
    const anybody = app.as(undefined)
    const page = await anybody('GET', '/docs')
    expect(page.status).toBe(200)
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '')
    expect(links).toHaveLength(4)
    for (const link of links) {
      expect(link).toMatch(/^\/docs\//)
      const file = await anybody('GET', link)
      expect(file.status, link).toBe(200)
      expect(file.headers.get('content-type')).toMatch(/css|javascript|image\/png/)
      if (link.endsWith('.css')) {
        const loaded = [...file.text.matchAll(/url\(["']?([^"')]{0,10})|@import/g)].map(([, url]) => url)
        expect(loaded.filter((url) => url?.startsWith('data:') !== true)).toEqual([])
      }
    }
    const start = (await anybody('GET', '/docs/start.js')).text
    expect(start).toContain("url: '/openapi.json'")
    // Else the page hands the description to a validator on the internet.
    expect(start).toContain('validatorUrl: null')
    expect(page.text + start).not.toMatch(/https?:/)
    // What the browser enforces, whatever the scripts try.
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
    for (const directive of policy.split('; '))
      expect(directive).toMatch(/^[\w-]+( '(none|self|unsafe-inline)'| data:)+$/)
  })
})

/** A server of one route, whose answers are checked as those of the test apps are. */
async function answerWith(status: number, body: unknown, headers: Record<string, string> = {}) {
  const server = fastify()
  server.setSerializerCompiler(() => JSON.stringify)
  checkAnswers(server)
  server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  const response = { 200: z.object({ id: z.string() }), 409: z.object({ detail: z.literal('taken') }) }
  // Wrong statuses and bodies are what is sent here.
  server.get('/thing', { schema: { response: response as object } }, async (_request, reply) => {
    if (body instanceof QuoryError) throw body
    return reply.code(status).headers(headers).send(body)
  })
  const answer = await server.inject('/thing')
  await server.close()
  return answer.statusCode
}

describe('the comparison of answers with the description, which every test with an app runs under', () => {
  it('lets the published answers through', async () => {
    expect(await answerWith(200, { id: 'a' })).toBe(200)
    expect(await answerWith(409, { detail: 'taken' })).toBe(409)
    expect(await answerWith(404, new QuoryError('chat_not_found', 'Chat not found'))).toBe(404)
    expect(await answerWith(200, 'data: {}\n\n', { 'content-type': 'text/event-stream' })).toBe(200)
  })

  it('fails an answer of another shape, with a field too many, or with a status that is not published', async () => {
    expect(await answerWith(200, { id: 1 })).toBe(500)
    expect(await answerWith(200, { id: 'a', secret: 'b' })).toBe(500)
    expect(await answerWith(201, { id: 'a' })).toBe(500)
  })

  it('fails a refusal of another shape', async () => {
    const type = { 'content-type': 'application/json' }
    expect(await answerWith(409, new QuoryError('project_exists', 'A name that is taken'))).toBe(500)
    expect(await answerWith(404, '{"message":"no"}', type)).toBe(500)
    expect(await answerWith(404, '{"detail":"no","code":"x","request_id":"y"}', type)).toBe(404)
    expect(await answerWith(422, '{"detail":[],"code":"x","request_id":"y"}', type)).toBe(500)
  })
})
