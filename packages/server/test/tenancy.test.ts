import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import { createTestDatabase, engines } from './support/databases.ts'
import { type ModelServer, startModelServer } from './support/model-server.ts'
import { aPerson, type Person } from './support/quivr-people.ts'
import { compareWithTable, guardedRoutes, type IdName, publicRoutes, routeName } from './support/route-cases.ts'
import {
  type Answer,
  type Ids,
  idsIn,
  send,
  type TableRequest,
  tableRequests,
  withoutIds,
} from './support/route-requests.ts'
import { anOwner, answerUnlessAskedToWait, neverIds, type Owner, readOwned } from './support/route-world.ts'
import { startTestApp, type TestApp, until } from './support/start-test-app.ts'

/** Every choice of at least one of the names. */
function choices(names: readonly IdName[]): IdName[][] {
  const [first, ...rest] = names
  if (first === undefined) return []
  const others = choices(rest)
  return [[first], ...others, ...others.map((chosen) => [first, ...chosen])]
}

/** `base`, but the named ids from `other`. */
function mix(base: Ids, other: Ids, names: readonly IdName[]): Ids {
  return { ...base, ...Object.fromEntries(names.map((name) => [name, other[name]])) }
}

const requests = tableRequests()

/** Reads before changes, changes before deletions, the deepest first; what deletes a whole brain at the end. */
function gently(first: TableRequest, second: TableRequest): number {
  const rank = ({ method, url }: TableRequest) =>
    method === 'GET' ? 0 : method !== 'DELETE' ? 1 : url.endsWith('/subscription') ? 3 : 2
  return rank(first) - rank(second) || second.url.split('/').length - first.url.split('/').length
}

describe.each(engines)('what is somebody else’s, on %s', (engine) => {
  let models: ModelServer
  let app: TestApp
  let db: Database
  let ada: Owner
  let bob: Owner

  beforeAll(async () => {
    models = await startModelServer()
    models.script(answerUnlessAskedToWait)
    app = await startTestApp({ engine, env: { OPENAI_BASE_URL: models.url, QUORY_MODEL: 'test-model' } })
    db = await openDatabase(app.config)
    ada = await anOwner(app, 'ada', { isAnswerRunning: true })
    bob = await anOwner(app, 'bob')
  })
  afterAll(async () => {
    await db[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
    await models[Symbol.asyncDispose]()
  })

  it('has an entry in the table for every route that is not public', () => {
    const { routeList } = app.app.server
    expect(compareWithTable(routeList)).toEqual({ uncovered: [], gone: [] })
    const added = { method: 'GET', url: '/v1/projects/:project_id/secrets', isPublic: false, isHidden: false }
    expect(compareWithTable([...routeList, added]).uncovered).toEqual(['GET /v1/projects/:project_id/secrets'])
    const open = routeList.filter(({ isPublic, isHidden }) => isPublic && !isHidden).map(routeName)
    expect(open.toSorted()).toEqual(publicRoutes.toSorted())
  })

  it('is to a stranger as if it never was, whichever of the ids are the stranger’s own', async () => {
    const before = await readOwned(db, ada)
    const failures: unknown[] = []
    for (const request of requests) {
      const { known, stranger = [404] } = request.shape
      for (const names of choices(idsIn(request))) {
        if (names.length === 1 && names[0] === known) continue
        const [found, never] = await askBoth(
          request,
          bob,
          mix(bob.ids, ada.ids, names),
          mix(bob.ids, neverIds(), names),
        )
        const isSame = JSON.stringify(found) === JSON.stringify(never)
        if (!isSame || !stranger.includes(found.status)) failures.push({ name: request.name, names, found, never })
        if ((await readOwned(db, ada)) !== before) throw new Error(`${request.name} with ${names} changed something`)
      }
    }
    expect(failures).toEqual([])
  })

  /** The same request for two sets of ids, each answer without its ids; for a GET, HEAD says the same. */
  async function askBoth(request: TableRequest, { key }: Person, ids: Ids, never: Ids): Promise<[Answer, Answer]> {
    const one = withoutIds(await send(app.url, key, request, ids), ids)
    const other = withoutIds(await send(app.url, key, request, never), never)
    if (request.method === 'GET') {
      const head = await send(app.url, key, request, ids, { method: 'HEAD' })
      expect(head.status, `HEAD ${request.url}`).toBe(one.status)
    }
    return [one, other]
  }

  it.each(['viewer', 'editor'] as const)(
    'shows to a project’s %s its data, and no chat but their own',
    async (role) => {
      const guest = await anOwner(app, `guest-${role}`)
      await ada.call('PUT', `/v1/projects/${ada.ids.project_id}/members/${guest.id}`, { role })
      const before = await readOwned(db, ada)
      const failures: unknown[] = []
      for (const request of requests.filter((one) => idsIn(one).length > 0)) {
        const { viewer } = request.route
        if (viewer === 'own' || (role === 'editor' && viewer === 'refused')) continue
        const [, ...inner] = idsIn(request)
        // In the shared project, what is inside it never was; or, where the project is not named, the thing itself.
        const names = request.url.includes(':project_id') ? inner : idsIn(request)
        const never = mix(ada.ids, neverIds(), names)
        const [found, unknown] = await askBoth(request, guest, ada.ids, never)
        const isRight = {
          sees: found.status >= 200 && found.status < 300,
          refused: found.status === 403,
          hidden:
            JSON.stringify(found) === JSON.stringify(unknown) &&
            (request.shape.stranger ?? [404]).includes(found.status),
        }[viewer]
        if (!isRight) failures.push({ name: request.name, viewer, found, unknown })
        const { chat_id, message_id } = ada.ids
        for (const secret of [...ada.secrets, chat_id, message_id])
          if (found.text.includes(secret)) failures.push({ name: request.name, told: secret })
        if ((await readOwned(db, ada)) !== before) throw new Error(`${request.name} changed something`)
      }
      expect(failures).toEqual([])
      await ada.call('DELETE', `/v1/projects/${ada.ids.project_id}/members/${guest.id}`)
    },
  )

  it('shows nothing of another in any answer to a request about one’s own', async () => {
    const adas = [...Object.values(ada.ids), ...ada.secrets]
    const cursors = await Promise.all(
      ['/v1/projects?organization_id=acme&limit=1', '/chat?limit=1', '/brains?limit=1', '/api-keys?limit=1'].map(
        async (path) => (await ada.call('GET', path)).headers.get('x-next-cursor'),
      ),
    )
    const told: unknown[] = []
    for (const request of requests.filter(({ method }) => method === 'GET')) {
      for (const cursor of [undefined, ...cursors.filter((one) => one !== null)]) {
        const shape =
          cursor === undefined
            ? request.shape
            : { ...request.shape, query: `${request.shape.query ?? ''}&cursor=${cursor}` }
        const { text } = await send(app.url, bob.key, { ...request, shape }, bob.ids)
        for (const secret of adas) if (text.includes(secret)) told.push({ name: request.name, cursor, secret })
      }
    }
    expect(told).toEqual([])
  })

  it('does not take a name away from others within an organization', async () => {
    const fields = { name: 'Project of ada', organization_id: 'acme' }
    expect((await bob.call('POST', '/v1/projects', fields)).status).toBe(201)
    expect((await ada.call('POST', '/v1/projects', fields)).status).toBe(409)
  })

  it('is refused without credentials, and with wrong ones', async () => {
    const failures: unknown[] = []
    for (const { method, url } of guardedRoutes(app.app.server.routeList)) {
      const request = requests.find((one) => one.method === method && one.url === url)
      if (request === undefined) throw new Error(`${method} ${url} is not in the table`)
      const none = await send(app.url, undefined, request, ada.ids)
      const wrong = await send(app.url, 'nonsense', request, ada.ids)
      if (none.status !== (url.startsWith('/v1') ? 401 : 403)) failures.push({ name: request.name, none })
      if (wrong.status !== 401) failures.push({ name: request.name, wrong })
    }
    expect(failures).toEqual([])
  })

  it('is not opened by a signature made for something else', async () => {
    const { signedURL } = (await bob.call('GET', `/knowledge/${bob.ids.knowledge_id}/signed_download_url`)).body
    expect((await fetch(signedURL)).status).toBe(200)
    for (const names of choices(['knowledge_id', 'brain_id'])) {
      let other: string = signedURL
      for (const name of names) other = other.replace(bob.ids[name], ada.ids[name])
      expect((await fetch(other)).status).toBe(403)
    }
  })

  it('cannot be written with a key that reads, nor managed with a key that chats', async () => {
    const keyOf = async (person: { id: string }, scope: string) =>
      (await app.call('POST', `/v1/users/${person.id}/api-keys`, { scope })).body.key as string
    const administrator = (await app.call('GET', '/v1/me')).body
    const before = await readOwned(db, bob)
    const failures: unknown[] = []
    for (const scope of ['read', 'chat'] as const) {
      const keys = [await keyOf(bob, scope)]
      const administratorKey = await keyOf(administrator, scope)
      for (const request of requests.filter(({ shape, route }) => shape === route)) {
        const needs = request.route.scope
        if (needs === 'read' || needs === scope) continue
        for (const key of request.url.startsWith('/v1/users') ? [...keys, administratorKey] : keys) {
          const { status, text } = await send(app.url, key, request, bob.ids)
          // To such a key of an administrator other users do not exist.
          if (status !== 403 && (key !== administratorKey || status !== 404))
            failures.push({ scope, name: request.name, status, text })
        }
      }
    }
    expect(failures).toEqual([])
    // The keys made here are the only difference.
    const withoutKeys = (owned: string) => JSON.stringify({ ...JSON.parse(owned), keys: [] })
    expect(withoutKeys(await readOwned(db, bob))).toBe(withoutKeys(before))
  })

  it('is its owner’s to read, change and delete: each request of the table is a good one', async () => {
    const failures: unknown[] = []
    for (const isNative of [true, false]) {
      const owner = await anOwner(app, `carol-${isNative}`)
      const { key: chatKey } = (await owner.call('POST', `/v1/users/${owner.id}/api-keys`, { scope: 'chat' })).body
      const { key: readKey } = (await owner.call('POST', `/v1/users/${owner.id}/api-keys`, { scope: 'read' })).body
      const mine = requests.filter(({ url }) => url.startsWith('/v1') === isNative)
      for (const request of mine.toSorted(gently)) {
        // With no more scope than the table says is needed.
        const key = { read: readKey, chat: chatKey, admin: owner.key }[request.route.scope]
        const { status, text } = await send(app.url, key, request, owner.ids)
        const { owner: expected } = request.shape
        if (expected === undefined ? status < 200 || status > 299 : status !== expected)
          failures.push({ name: request.name, status, text })
      }
    }
    expect(failures).toEqual([])
  })
})

describe('a revoked key', () => {
  it('stops working within 5 s on another node, and at once on the one that revoked it', async () => {
    await using place = await createTestDatabase('postgres')
    await using first = await startTestApp({ place })
    await using second = await startTestApp({ place })
    const person = await aPerson(first, 'dora')
    const { id, key } = (await first.call('POST', `/v1/users/${person.id}/api-keys`, {})).body
    for (const node of [first, second]) expect((await node.as(key)('GET', '/v1/me')).status).toBe(200)
    expect((await first.call('DELETE', `/v1/users/${person.id}/api-keys/${id}`)).status).toBe(200)
    const revokedAt = performance.now()
    expect((await first.as(key)('GET', '/v1/me')).status).toBe(401)
    await until(
      () => second.as(key)('GET', '/v1/me'),
      ({ status }) => status === 401,
    )
    expect(performance.now() - revokedAt).toBeLessThan(5_000)
  })
})
