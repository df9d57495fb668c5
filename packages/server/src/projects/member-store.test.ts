import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aNewProject, aPrincipal } from '../../test/support/principals.ts'
import { newId, type UserId } from '../ids.ts'
import { ensureHomeProject } from './home-project-store.ts'
import { listMembers, removeMember, setMember } from './member-store.ts'
import { createProject, findProject } from './project-store.ts'

describe.each(engines)('members on %s', (engine) => {
  it('are added, change their role and are listed with who they are', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const { id } = await createProject(db, ada, aNewProject('one'))
    const added = await setMember(db, ada, id, grace.userId, 'viewer')
    expect(added).toEqual({
      user_id: grace.userId,
      email: grace.email,
      name: grace.email.split('@')[0],
      role: 'viewer',
      created_at: expect.stringMatching(/Z$/),
    })
    expect(await setMember(db, ada, id, grace.userId, 'editor')).toEqual({ ...added, role: 'editor' })
    const first = await listMembers(db.query, ada, id, { limit: 1 })
    const second = await listMembers(db.query, ada, id, { limit: 1, cursor: first.nextCursor })
    expect([...first.items, ...second.items].map(({ user_id, role }) => [user_id, role])).toEqual([
      [ada.userId, 'owner'],
      [grace.userId, 'editor'],
    ])
    expect(second.nextCursor).toBeUndefined()
    await removeMember(db, ada, id, grace.userId)
    expect(await findProject(db.query, grace, id)).toBeUndefined()
    await expect(removeMember(db, ada, id, grace.userId)).rejects.toMatchObject({ code: 'member_not_found' })
    await expect(setMember(db, ada, id, newId<UserId>(), 'viewer')).rejects.toMatchObject({ code: 'user_not_found' })
  })

  it('are managed by owners alone, but may leave', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace, eve] = [await aPrincipal(db), await aPrincipal(db), await aPrincipal(db)]
    const { id } = await createProject(db, ada, aNewProject('one'))
    await setMember(db, ada, id, grace.userId, 'editor')
    for (const [principal, code] of [
      [grace, 'forbidden'],
      [eve, 'project_not_found'],
    ] as const) {
      await expect(listMembers(db.query, principal, id, {})).rejects.toMatchObject({ code })
      await expect(setMember(db, principal, id, principal.userId, 'owner')).rejects.toMatchObject({ code })
      await expect(removeMember(db, principal, id, ada.userId)).rejects.toMatchObject({ code })
    }
    await expect(setMember(db, { ...ada, scope: 'chat' }, id, eve.userId, 'viewer')).rejects.toMatchObject({
      code: 'insufficient_scope',
    })
    await removeMember(db, grace, id, grace.userId)
    expect((await listMembers(db.query, ada, id, {})).items).toHaveLength(1)
  })

  it('always include an owner, even when two owners remove and demote each other at once', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const { id } = await createProject(db, ada, aNewProject('one'))
    await expect(removeMember(db, ada, id, ada.userId)).rejects.toMatchObject({ code: 'last_owner' })
    await expect(setMember(db, ada, id, ada.userId, 'viewer')).rejects.toMatchObject({ code: 'last_owner' })
    await setMember(db, ada, id, grace.userId, 'owner')
    await Promise.allSettled([
      removeMember(db, ada, id, grace.userId),
      setMember(db, grace, id, ada.userId, 'viewer'),
      removeMember(db, ada, id, ada.userId),
      removeMember(db, grace, id, grace.userId),
    ])
    const owners = await db.query.selectFrom('project_members').select('user_id').where('role', '=', 'owner').execute()
    expect(owners).toHaveLength(1)
  })

  it('always include an owner, even when both owners leave at once', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const projects = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((name) => createProject(db, ada, aNewProject(name))),
    )
    await Promise.all(projects.map(({ id }) => setMember(db, ada, id, grace.userId, 'owner')))
    for (const { id } of projects) {
      const left = [ada, grace].map((principal) => removeMember(db, principal, id, principal.userId))
      const outcomes = await Promise.allSettled(left)
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    }
  })

  it('of a home project include its user as an owner, whoever else owns it', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const homeId = await ensureHomeProject(db, ada.userId)
    await setMember(db, ada, homeId, grace.userId, 'owner')
    await expect(removeMember(db, grace, homeId, ada.userId)).rejects.toMatchObject({ code: 'home_project' })
    await expect(setMember(db, grace, homeId, ada.userId, 'viewer')).rejects.toMatchObject({ code: 'home_project' })
    await removeMember(db, ada, homeId, grace.userId)
  })
})
