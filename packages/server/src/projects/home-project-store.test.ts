import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aNewProject, aPrincipal } from '../../test/support/principals.ts'
import { toDelete } from '../../test/support/projects.ts'
import { newId } from '../ids.ts'
import { deleteProject } from './delete-project.ts'
import { ensureHomeProject, findDefaultProject, setDefaultProject } from './home-project-store.ts'
import { removeMember, setMember } from './member-store.ts'
import { createProject, listProjects } from './project-store.ts'

describe.each(engines)('the home project on %s', (engine) => {
  it('is made once, on first need, by any number of requests at once', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    expect((await listProjects(db.query, ada, {})).items).toEqual([])
    const ids = await Promise.all(Array.from({ length: 16 }, () => ensureHomeProject(db, ada.userId)))
    expect(new Set(ids).size).toBe(1)
    expect((await listProjects(db.query, ada, {})).items).toMatchObject([
      { id: ids[0], name: 'Default brain', organization_id: ada.userId, role: 'owner' },
    ])
    await expect(ensureHomeProject(db, newId())).rejects.toMatchObject({ code: 'user_not_found' })
  })

  it('is the default, also for a key that only reads, until another is chosen', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const home = await findDefaultProject(db, { ...ada, scope: 'read' })
    expect(home.name).toBe('Default brain')
    const other = await createProject(db, ada, { ...aNewProject('other'), isDefaultIfNone: true })
    expect(await findDefaultProject(db, ada)).toEqual(home)
    await expect(setDefaultProject(db, { ...ada, scope: 'chat' }, other.id)).rejects.toMatchObject({
      code: 'insufficient_scope',
    })
    await setDefaultProject(db, ada, other.id)
    expect(await findDefaultProject(db, ada)).toEqual(other)
    await deleteProject(toDelete(db), ada, other.id)
    expect(await findDefaultProject(db, ada)).toEqual(home)
  })

  it('yields to a first brain made as the default, and takes over when its user no longer sees that', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const brain = await createProject(db, ada, { ...aNewProject('brain'), isDefaultIfNone: true })
    expect(await findDefaultProject(db, ada)).toEqual(brain)
    await setMember(db, ada, brain.id, grace.userId, 'owner')
    await removeMember(db, grace, brain.id, ada.userId)
    expect(await findDefaultProject(db, ada)).toMatchObject({ name: 'Default brain', owner_id: ada.userId })
    await expect(setDefaultProject(db, ada, brain.id)).rejects.toMatchObject({ code: 'project_not_found' })
  })
})
