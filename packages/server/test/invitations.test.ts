import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { engines } from './support/databases.ts'
import { password, signIn, startHumanApp } from './support/people.ts'
import { aPerson } from './support/quivr-people.ts'
import type { TestApp, TestClient, TestResponse } from './support/start-test-app.ts'

const jwtSecret = 'a secret of at least thirty-two bytes'

/** A project of somebody who is no administrator, since those may see everybody anyway. */
async function anOwnedProject(app: TestApp) {
  const owner = await aPerson(app, 'owner')
  const { id } = (await owner.call('POST', '/v1/projects', { name: 'Harbour', organization_id: 'port' })).body
  const path = `/v1/projects/${id}`
  return { owner: owner.call, id, path, invitations: `${path}/invitations` }
}

/** A user whom an administrator let in by a link; they have been on the page. */
async function aVisitor(app: TestApp, email: string): Promise<void> {
  const { id } = (await app.call('POST', '/v1/users', { email })).body
  const { token } = (await app.call('POST', `/v1/users/${id}/sign-in-link`)).body
  const { status } = await app.as(undefined)('POST', '/v1/auth/welcome', { token, password }, { origin: app.url })
  expect(status).toBe(200)
}

async function projectsOf(person: TestClient): Promise<[string, string][]> {
  const { projects } = (await person('GET', '/v1/me')).body
  return projects.map(({ id, role }: { id: string; role: string }) => [id, role])
}

/** Everything that an owner can read of the people of a project. */
async function seenBy(owner: TestClient, path: string): Promise<TestResponse[]> {
  return [await owner('GET', `${path}/members`), await owner('GET', `${path}/invitations`)]
}

function asShown(
  { status, text }: TestResponse,
  { id, email }: { readonly id: string; readonly email: string },
): string {
  return `${status} ${text}`
    .replaceAll(email, 'E-MAIL')
    .replaceAll(id, 'ID')
    .replaceAll(/"(request_id|\w+_at)":"[^"]*"/g, '"$1":"…"')
}

describe.each(engines)('an invitation to a project on %s', (engine) => {
  it('shows nothing of whether its address is a user’s, whatever is done with it', async () => {
    await using app = await startHumanApp({ engine })
    const { owner, path, invitations } = await anOwnedProject(app)
    await aVisitor(app, 'grace@example.org')
    const withoutSignIn = await aPerson(app, 'joan')
    const shown = []
    for (const email of ['grace@example.org', 'nobody@example.org', withoutSignIn.email, 'admin@localhost']) {
      const invited = await owner('POST', invitations, { email: ` ${email.toUpperCase()}`, role: 'viewer' })
      expect(invited.body).toMatchObject({ email, role: 'viewer' })
      const again = await owner('POST', invitations, { email, role: 'editor' })
      expect(again.body).toMatchObject({ id: invited.body.id, role: 'editor' })
      const seen = await seenBy(owner, path)
      const revoked = await owner('DELETE', `${invitations}/${invited.body.id}`)
      const gone = await owner('DELETE', `${invitations}/${invited.body.id}`)
      expect([invited.status, again.status, revoked.status, gone.status]).toEqual([201, 201, 204, 404])
      shown.push([invited, again, ...seen, revoked, gone].map((answer) => asShown(answer, invited.body)))
    }
    for (const other of shown) expect(other).toEqual(shown[0])
  })

  it('makes a member of whoever signs in with its address, once they come, and of nobody else', async () => {
    await using app = await startHumanApp({ engine })
    const { owner, id, path, invitations } = await anOwnedProject(app)
    await aVisitor(app, 'grace@example.org')
    for (const email of ['Grace@Example.org', 'new@example.org'])
      await owner('POST', invitations, { email, role: 'editor' })
    expect((await owner('GET', `${path}/members`)).body.members).toHaveLength(1)

    await aVisitor(app, 'eve@example.org')
    expect(await projectsOf(await signIn(app, 'eve@example.org', password))).not.toContainEqual([id, 'editor'])
    expect((await owner('GET', invitations)).body.invitations).toHaveLength(2)

    expect(await projectsOf(await signIn(app, 'grace@example.org', password))).toContainEqual([id, 'editor'])
    await aVisitor(app, 'new@example.org')
    expect(await projectsOf(await signIn(app, 'new@example.org', password))).toContainEqual([id, 'editor'])
    expect((await owner('GET', invitations)).body).toEqual({ invitations: [] })
    const { members } = (await owner('GET', `${path}/members`)).body
    expect(members.map(({ email }: { email: string }) => email)).toEqual(
      expect.arrayContaining(['grace@example.org', 'new@example.org']),
    )
    const member = await owner('POST', invitations, { email: 'grace@example.org', role: 'owner' })
    expect([member.status, member.body.code]).toEqual([409, 'member_exists'])
  })

  it('does nothing once it is revoked or has expired, and no longer counts', async () => {
    await using app = await startHumanApp({ engine })
    const { owner, path, invitations } = await anOwnedProject(app)
    await aVisitor(app, 'grace@example.org')
    const grace = await signIn(app, 'grace@example.org', password)
    const before = await projectsOf(grace)
    const revoked = (await owner('POST', invitations, { email: 'grace@example.org', role: 'viewer' })).body
    expect(Date.parse(revoked.expires_at) - Date.parse(revoked.created_at)).toBeGreaterThan(29.9 * 86_400_000)
    await owner('DELETE', `${invitations}/${revoked.id}`)
    expect(await projectsOf(grace)).toEqual(before)
    const expired = (await owner('POST', invitations, { email: 'grace@example.org', role: 'viewer' })).body
    await app.rows("update project_invitations set expires_at = '2026-01-01T00:00:00.000Z' returning id")
    expect(await projectsOf(grace)).toEqual(before)
    expect((await owner('GET', invitations)).body.invitations).toEqual([])
    expect((await owner('DELETE', `${invitations}/${expired.id}`)).status).toBe(404)
    const renewed = (await owner('POST', invitations, { email: 'grace@example.org', role: 'viewer' })).body
    expect(renewed.id).not.toBe(expired.id)
    expect(await projectsOf(grace)).toHaveLength(before.length + 1)
    expect((await owner('GET', `${path}/members`)).body.members).toHaveLength(2)
  })

  it('is for its owners: others are refused, strangers find no project, and a key must be allowed to', async () => {
    await using app = await startHumanApp({ engine })
    const { owner, path, invitations } = await anOwnedProject(app)
    const [editor, stranger] = [await aPerson(app, 'editor'), await aPerson(app, 'stranger')]
    await owner('PUT', `${path}/members/${editor.id}`, { role: 'editor' })
    const body = { email: 'grace@example.org', role: 'owner' }
    const { id } = (await owner('POST', invitations, body)).body
    for (const [person, status] of [
      [editor, 403],
      [stranger, 404],
    ] as const) {
      const answers = [
        await person.call('POST', invitations, body),
        await person.call('GET', invitations),
        await person.call('DELETE', `${invitations}/${id}`),
      ]
      expect(answers.map((answer) => answer.status)).toEqual([status, status, status])
    }
    const other = await anOwnedProject(app)
    expect((await other.owner('DELETE', `${other.invitations}/${id}`)).body.code).toBe('invitation_not_found')
    expect((await owner('DELETE', `${invitations}/nonsense`)).status).toBe(404)
    const bad = await owner('POST', invitations, { email: 'no address', role: 'viewer' })
    expect([bad.status, bad.body.detail[0].loc]).toEqual([422, ['body', 'email']])
    expect((await owner('GET', invitations)).body.invitations).toHaveLength(1)
  })

  it('is taken by a token only when its issuer has verified the address', async () => {
    await using app = await startHumanApp({ engine, env: { QUORY_JWT_SECRET: jwtSecret } })
    const { owner, id, invitations } = await anOwnedProject(app)
    const bearer = async (email: string, isVerified: boolean) => {
      const token = new SignJWT({ email, email_verified: isVerified }).setProtectedHeader({ alg: 'HS256' })
      const signed = token.setSubject(crypto.randomUUID()).setExpirationTime('1h')
      return app.as(await signed.sign(new TextEncoder().encode(jwtSecret)))
    }
    for (const email of ['claimed@example.org', 'verified@example.org'])
      await owner('POST', invitations, { email, role: 'viewer' })
    const claimed = await bearer('claimed@example.org', false)
    expect(await projectsOf(claimed)).not.toContainEqual([id, 'viewer'])
    // Nor by a key that they make.
    const self = (await claimed('GET', '/v1/me')).body.id
    const { key } = (await claimed('POST', `/v1/users/${self}/api-keys`, {})).body
    expect(await projectsOf(app.as(key))).not.toContainEqual([id, 'viewer'])
    expect(await projectsOf(await bearer('verified@example.org', true))).toContainEqual([id, 'viewer'])
  })

  it('is one of at most a hundred that wait in a project', async () => {
    await using app = await startHumanApp({ engine })
    const { owner, invitations } = await anOwnedProject(app)
    for (let count = 1; count <= 100; count++)
      await owner('POST', invitations, { email: `person-${count}@example.org`, role: 'viewer' })
    const more = await owner('POST', invitations, { email: 'one-more@example.org', role: 'viewer' })
    expect([more.status, more.body.code]).toEqual([409, 'too_many_invitations'])
    const known = await owner('POST', invitations, { email: 'person-7@example.org', role: 'editor' })
    expect(known.status).toBe(201)
    expect((await owner('GET', invitations)).body.invitations).toHaveLength(100)
  })
})
