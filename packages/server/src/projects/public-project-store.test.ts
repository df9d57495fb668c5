import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aNewProject, aPrincipal } from '../../test/support/principals.ts'
import { newId } from '../ids.ts'
import { listMembers, setMember } from './member-store.ts'
import { createProject } from './project-store.ts'
import { findPublicProject, joinPublicProject, listPublicProjects } from './public-project-store.ts'

describe.each(engines)('public projects on %s', (engine) => {
  it('are listed in pages with their members counted, and private ones are not', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const made = []
    for (const name of ['a', 'b', 'c'])
      made.push((await createProject(db, ada, { ...aNewProject(name), status: 'public' })).id)
    const hidden = await createProject(db, ada, aNewProject('hidden'))
    expect(await joinPublicProject(db, grace, made[1] ?? newId())).toBe(true)
    const first = await listPublicProjects(db.query, { limit: 2 })
    const second = await listPublicProjects(db.query, { limit: 2, cursor: first.nextCursor })
    const counts = [...first.items, ...second.items].map(({ id, memberCount }) => [id, memberCount])
    expect(counts).toEqual([
      [made[0], 1],
      [made[1], 2],
      [made[2], 1],
    ])
    expect(second.nextCursor).toBeUndefined()
    expect(await findPublicProject(db.query, hidden.id)).toBeUndefined()
  })

  it('are joined as viewers; who is a member stays what they are, and private ones are joined by nobody', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace, joan] = [await aPrincipal(db), await aPrincipal(db), await aPrincipal(db)]
    const project = await createProject(db, ada, { ...aNewProject('a'), status: 'public' })
    const hidden = await createProject(db, ada, aNewProject('hidden'))
    await setMember(db, ada, project.id, grace.userId, 'editor')
    for (const principal of [ada, grace, joan, joan])
      expect(await joinPublicProject(db, principal, project.id)).toBe(true)
    expect(await joinPublicProject(db, joan, hidden.id)).toBe(false)
    const { items } = await listMembers(db.query, ada, project.id, {})
    expect(items.map(({ role }) => role)).toEqual(['owner', 'editor', 'viewer'])
    expect((await listMembers(db.query, ada, hidden.id, {})).items).toHaveLength(1)
  })
})
