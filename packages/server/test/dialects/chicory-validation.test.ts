import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let project: string
beforeAll(async () => {
  app = await startTestApp()
  project = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o1' })).body.id
})
afterAll(() => app[Symbol.asyncDispose]())

const chats = '/v1/projects/{project}/chats'
const string100 = 'x'.repeat(101)

/** The exact entries that FastAPI 0.115 with Pydantic 2 sends for these faults. */
const faults: [title: string, method: string, path: string, body: unknown, entries: object[]][] = [
  ['a missing name', 'POST', chats, {}, [{ type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: {} }]],
  [
    'an empty name',
    'POST',
    chats,
    { name: '' },
    [
      {
        type: 'string_too_short',
        loc: ['body', 'name'],
        msg: 'String should have at least 1 character',
        input: '',
        ctx: { min_length: 1 },
      },
    ],
  ],
  [
    'a name of 101 characters',
    'POST',
    chats,
    { name: string100 },
    [
      {
        type: 'string_too_long',
        loc: ['body', 'name'],
        msg: 'String should have at most 100 characters',
        input: string100,
        ctx: { max_length: 100 },
      },
    ],
  ],
  [
    'a name of null',
    'POST',
    chats,
    { name: null },
    [{ type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: null }],
  ],
  [
    'a name of 5',
    'POST',
    chats,
    { name: 5 },
    [{ type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: 5 }],
  ],
  [
    'three faults, in the order of the fields',
    'POST',
    chats,
    { description: 'x'.repeat(501), owner: 1 },
    [
      {
        type: 'missing',
        loc: ['body', 'name'],
        msg: 'Field required',
        input: { description: 'x'.repeat(501), owner: 1 },
      },
      {
        type: 'string_too_long',
        loc: ['body', 'description'],
        msg: 'String should have at most 500 characters',
        input: 'x'.repeat(501),
        ctx: { max_length: 500 },
      },
      { type: 'string_type', loc: ['body', 'owner'], msg: 'Input should be a valid string', input: 1 },
    ],
  ],
  ['no body', 'POST', chats, undefined, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
  [
    'a list for a body',
    'POST',
    chats,
    [1],
    [
      {
        type: 'model_attributes_type',
        loc: ['body'],
        msg: 'Input should be a valid dictionary or object to extract fields from',
        input: [1],
      },
    ],
  ],
  [
    'metadata that is a list',
    'POST',
    `${chats}/{chat}/messages`,
    { content: 'a', metadata: [] },
    [{ type: 'dict_type', loc: ['body', 'metadata'], msg: 'Input should be a valid dictionary', input: [] }],
  ],
  [
    'content that is a number',
    'POST',
    `${chats}/{chat}/messages`,
    { content: 7 },
    [{ type: 'string_type', loc: ['body', 'content'], msg: 'Input should be a valid string', input: 7 }],
  ],
  [
    'blank content',
    'POST',
    `${chats}/{chat}/messages`,
    { content: ' \n' },
    [
      {
        type: 'string_too_short',
        loc: ['body', 'content'],
        msg: 'String should have at least 1 character',
        input: ' \n',
        ctx: { min_length: 1 },
      },
    ],
  ],
  [
    'a limit that is no number',
    'GET',
    `${chats}/{chat}/messages?limit=abc`,
    undefined,
    [
      {
        type: 'int_parsing',
        loc: ['query', 'limit'],
        msg: 'Input should be a valid integer, unable to parse string as an integer',
        input: 'abc',
      },
    ],
  ],
  [
    'a limit of 0',
    'GET',
    `${chats}/{chat}/messages?limit=0`,
    undefined,
    [
      {
        type: 'greater_than_equal',
        loc: ['query', 'limit'],
        msg: 'Input should be greater than or equal to 1',
        input: '0',
        ctx: { ge: 1 },
      },
    ],
  ],
  [
    'a limit of 201',
    'GET',
    `${chats}/{chat}/messages?limit=201`,
    undefined,
    [
      {
        type: 'less_than_equal',
        loc: ['query', 'limit'],
        msg: 'Input should be less than or equal to 200',
        input: '201',
        ctx: { le: 200 },
      },
    ],
  ],
  [
    'no organization_id',
    'GET',
    '/v1/projects',
    undefined,
    [{ type: 'missing', loc: ['query', 'organization_id'], msg: 'Field required', input: null }],
  ],
  [
    'a boolean that is none',
    'DELETE',
    '/v1/projects/{project}/data-sources/x?force=maybe',
    undefined,
    [
      {
        type: 'bool_parsing',
        loc: ['query', 'force'],
        msg: 'Input should be a valid boolean, unable to interpret input',
        input: 'maybe',
      },
    ],
  ],
  [
    'data_source_ids that is text',
    'POST',
    '/v1/projects/{project}/training',
    { data_source_ids: 'x' },
    [{ type: 'list_type', loc: ['body', 'data_source_ids'], msg: 'Input should be a valid list', input: 'x' }],
  ],
  [
    'data_source_ids with a number in it',
    'POST',
    '/v1/projects/{project}/training',
    { data_source_ids: [1] },
    [{ type: 'string_type', loc: ['body', 'data_source_ids', 0], msg: 'Input should be a valid string', input: 1 }],
  ],
]

describe('validation in Chicory’s words', () => {
  it.each(faults)('%s', async (_title, method, template, body, entries) => {
    const chat = (await app.call('POST', `/v1/projects/${project}/chats`, { name: 'c' })).body.id
    const path = template.replace('{project}', project).replace('{chat}', chat)
    const response = await app.call(method, path, body)
    expect({ status: response.status, detail: response.body.detail }).toEqual({ status: 422, detail: entries })
  })

  it.each([
    ['{"name": ', 9],
    ['{"name": x}', 9],
  ])('broken JSON %s', async (body, offset) => {
    const response = await app.call('POST', `/v1/projects/${project}/chats`, body, {
      'content-type': 'application/json',
    })
    expect(response.status).toBe(422)
    expect(response.body.detail).toEqual([
      {
        type: 'json_invalid',
        loc: ['body', offset],
        msg: 'JSON decode error',
        input: {},
        ctx: { error: expect.any(String) },
      },
    ])
  })

  it('plain text is no object', async () => {
    const response = await app.call('POST', `/v1/projects/${project}/chats`, 'hi', { 'content-type': 'text/plain' })
    expect(response.status).toBe(422)
    expect(response.body.detail).toMatchObject([{ type: 'model_attributes_type', loc: ['body'], input: 'hi' }])
  })

  it('JSON without a content type is taken', async () => {
    const { connect } = await import('node:net')
    const body = '{"name":"bare"}'
    const head = `POST /v1/projects/${project}/chats HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${app.adminKey}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`
    const { hostname, port } = new URL(app.url)
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(port), hostname, () => socket.end(head + body))
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('end', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1.1 201/)
  })

  it('any other content type is refused', async () => {
    const response = await app.call('POST', `/v1/projects/${project}/chats`, '<a/>', {
      'content-type': 'application/xml',
    })
    expect(response.status).toBe(415)
  })
})
