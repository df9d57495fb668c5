import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aNewProject, aPrincipal } from '../../test/support/principals.ts'
import { clearRemoved, toDelete } from '../../test/support/projects.ts'
import { newId, type ProjectId } from '../ids.ts'
import { deleteProject } from './delete-project.ts'
import { ensureHomeProject, findDefaultProject } from './home-project-store.ts'
import { setMember } from './member-store.ts'
import {
  createProject,
  findProject,
  listOrganizationProjects,
  listProjects,
  requireProject,
  updateProject,
} from './project-store.ts'
import { createPrompt } from './prompt-store.ts'

const taken = (name: string) => ({
  code: 'project_exists',
  message: `A project with name '${name}' already exists in this organization`,
})
const notFound = (id: ProjectId) => ({ code: 'project_not_found', message: `Project with ID ${id} not found` })

describe.each(engines)('projects on %s', (engine) => {
  it('come back as they were made, with their maker as owner', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const project = await createProject(db, ada, {
      ...aNewProject('  spaces are kept '),
      description: 'words',
      model: 'openai/gpt-4o',
      temperature: 0.1,
      max_tokens: 256,
    })
    expect(project).toEqual({
      id: expect.any(String),
      organization_id: 'acme',
      owner_id: ada.userId,
      name: '  spaces are kept ',
      description: 'words',
      status: 'private',
      instructions: null,
      prompt_id: null,
      model: 'openai/gpt-4o',
      temperature: 0.1,
      max_tokens: 256,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: project.created_at,
      role: 'owner',
    })
    expect(await findProject(db.query, ada, project.id)).toEqual(project)
  })

  it('are seen by members and administrators, and by a lesser key of an administrator only as a member', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace, admin] = [await aPrincipal(db), await aPrincipal(db), await aPrincipal(db, { role: 'admin' })]
    const lesser = { ...admin, scope: 'chat' as const }
    const project = await createProject(db, ada, aNewProject('one'))
    expect(await findProject(db.query, grace, project.id)).toBeUndefined()
    expect(await findProject(db.query, lesser, project.id)).toBeUndefined()
    expect(await findProject(db.query, admin, project.id)).toMatchObject({ role: 'owner' })
    await setMember(db, ada, project.id, grace.userId, 'viewer')
    await setMember(db, ada, project.id, admin.userId, 'editor')
    expect(await findProject(db.query, grace, project.id)).toMatchObject({ role: 'viewer' })
    expect(await findProject(db.query, lesser, project.id)).toMatchObject({ role: 'editor' })
  })

  it('that are not theirs are to a caller exactly as those that never were', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, eve] = [await aPrincipal(db), await aPrincipal(db)]
    const { id } = await createProject(db, ada, aNewProject('one'))
    for (const each of [id, newId<ProjectId>()]) {
      await expect(requireProject(db.query, eve, each, 'viewer')).rejects.toMatchObject(notFound(each))
      await expect(updateProject(db, eve, each, { name: 'mine' })).rejects.toMatchObject(notFound(each))
      await expect(deleteProject(toDelete(db), eve, each)).rejects.toMatchObject(notFound(each))
    }
  })

  it('refuse what a role is too small for, and a key for reading or chatting any change', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const { id } = await createProject(db, ada, aNewProject('one'))
    await setMember(db, ada, id, grace.userId, 'viewer')
    await expect(updateProject(db, grace, id, { name: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
      message: 'You need the role editor in this project',
    })
    await setMember(db, ada, id, grace.userId, 'editor')
    expect(await updateProject(db, grace, id, { name: 'x' })).toMatchObject({ name: 'x', role: 'editor' })
    await expect(deleteProject(toDelete(db), grace, id)).rejects.toMatchObject({ code: 'forbidden' })
    const refused = { code: 'insufficient_scope' }
    for (const scope of ['read', 'chat'] as const) {
      const key = { ...ada, scope }
      await expect(createProject(db, key, aNewProject('two'))).rejects.toMatchObject(refused)
      await expect(updateProject(db, key, id, { name: 'y' })).rejects.toMatchObject(refused)
      await expect(deleteProject(toDelete(db), key, id)).rejects.toMatchObject(refused)
      expect(await requireProject(db.query, key, id, 'viewer')).toMatchObject({ name: 'x' })
    }
  })
})

describe.each(engines)("a project's name on %s", (engine) => {
  it('is taken once per organization by 16 requests at once', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const attempts = await Promise.allSettled(
      Array.from({ length: 16 }, () => createProject(db, ada, aNewProject('one'))),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const reasons = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason] : []))
    for (const reason of reasons) expect(reason).toMatchObject(taken('one'))
  })

  it('may repeat in another organization, with somebody who sees nothing of it, and among brains', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const first = await createProject(db, ada, aNewProject('one'))
    await createProject(db, ada, aNewProject('one', 'other'))
    const graces = await createProject(db, grace, aNewProject('one'))
    await createProject(db, ada, { ...aNewProject('one'), isNameUnique: false })
    await setMember(db, ada, first.id, grace.userId, 'viewer')
    await expect(createProject(db, grace, aNewProject('one'))).rejects.toMatchObject(taken('one'))
    await expect(updateProject(db, grace, graces.id, { name: 'One' })).resolves.toMatchObject({ name: 'One' })
    await expect(updateProject(db, grace, graces.id, { name: 'one' })).rejects.toMatchObject(taken('one'))
  })

  it('is given to one of two projects that are renamed to it at once', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const projects = [await createProject(db, ada, aNewProject('a')), await createProject(db, ada, aNewProject('b'))]
    const renamed = await Promise.allSettled(projects.map(({ id }) => updateProject(db, ada, id, { name: 'c' })))
    expect(renamed.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})

describe.each(engines)('changing a project on %s', (engine) => {
  it('moves updated_at only for what differs, and forward every time', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const project = await createProject(db, ada, { ...aNewProject('one'), temperature: 0 })
    for (const changes of [{}, { name: null }, { name: 'one', temperature: 0 }, { description: undefined }]) {
      expect(await updateProject(db, ada, project.id, changes)).toEqual(project)
    }
    let last = project
    for (const name of ['two', 'three', 'four', 'five']) {
      const next = await updateProject(db, ada, project.id, { name })
      expect(next.updated_at > last.updated_at).toBe(true)
      last = next
    }
    const changed = await updateProject(db, ada, project.id, { description: 'd', temperature: null, status: 'public' })
    expect(changed).toMatchObject({ name: 'five', description: 'd', temperature: null, status: 'public' })
    expect(await findProject(db.query, ada, project.id)).toEqual(changed)
  })

  it('takes a prompt that the caller may read, and no other', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, eve] = [await aPrincipal(db), await aPrincipal(db)]
    const project = await createProject(db, eve, aNewProject('one'))
    const secret = await createPrompt(db.query, ada, { title: 't', content: 'c' })
    const shared = await createPrompt(db.query, ada, { title: 't', content: 'c', status: 'public' })
    const refused = { code: 'prompt_not_found' }
    await expect(updateProject(db, eve, project.id, { prompt_id: secret.id })).rejects.toMatchObject(refused)
    await expect(createProject(db, eve, { ...aNewProject('two'), prompt_id: secret.id })).rejects.toMatchObject(refused)
    expect(await updateProject(db, eve, project.id, { prompt_id: shared.id })).toMatchObject({ prompt_id: shared.id })
    expect(await updateProject(db, eve, project.id, { prompt_id: null })).toMatchObject({ prompt_id: null })
  })
})

describe.each(engines)('lists of projects on %s', (engine) => {
  it('page through what the caller sees, by creation, stable while projects are added', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, eve, admin] = [await aPrincipal(db), await aPrincipal(db), await aPrincipal(db, { role: 'admin' })]
    const made: string[] = []
    for (let index = 0; index < 7; index++) {
      made.push((await createProject(db, ada, aNewProject(`a${index}`))).id)
      await createProject(db, eve, aNewProject(`e${index}`))
    }
    await createProject(db, ada, aNewProject('elsewhere', 'other'))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listOrganizationProjects(db.query, ada, 'acme', { limit: 3, cursor })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
      if (seen.length === 3) made.push((await createProject(db, ada, aNewProject('late'))).id)
    } while (cursor !== undefined)
    expect(seen).toEqual(made)
    const all = async (principal: typeof ada) => (await listProjects(db.query, principal, {})).items.length
    expect([await all(ada), await all(eve), await all(admin)]).toEqual([9, 7, 16])
    expect((await listOrganizationProjects(db.query, ada, 'nobody', {})).items).toEqual([])
    const first = await listProjects(db.query, admin, { limit: 10 })
    const second = await listProjects(db.query, admin, { limit: 10, cursor: first.nextCursor })
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(16)
    await expect(listProjects(db.query, ada, { cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_request' })
  })
})

describe.each(engines)('deleting a project on %s', (engine) => {
  it('takes everything in it out of sight, then away, and leaves the rest', async () => {
    await using db = await openTestDatabase(engine)
    const ada = await aPrincipal(db)
    const [gone, kept] = [
      await createProject(db, ada, aNewProject('a')),
      await createProject(db, ada, aNewProject('b')),
    ]
    const time = gone.created_at
    for (const { id } of [gone, kept]) {
      const counts = { message_count: 0, last_position: 0, created_at: time, updated_at: time }
      await db.query
        .insertInto('chats')
        .values({ project_id: id, id: newId(), owner_id: ada.userId, owner: 'x', name: 'x', ...counts })
        .execute()
    }
    await deleteProject(toDelete(db), ada, gone.id)
    expect(await findProject(db.query, ada, gone.id)).toBeUndefined()
    await clearRemoved(db)
    expect(await db.query.selectFrom('chats').select('project_id').execute()).toEqual([{ project_id: kept.id }])
    expect(await db.query.selectFrom('projects').select('id').execute()).toEqual([{ id: kept.id }])
    await expect(deleteProject(toDelete(db), ada, gone.id)).rejects.toMatchObject(notFound(gone.id))
  })

  it("is refused for a user's home project, whoever asks", async () => {
    await using db = await openTestDatabase(engine)
    const [ada, admin] = [await aPrincipal(db), await aPrincipal(db, { role: 'admin' })]
    const homeId = await ensureHomeProject(db, ada.userId)
    for (const principal of [ada, admin]) {
      await expect(deleteProject(toDelete(db), principal, homeId)).rejects.toMatchObject({ code: 'home_project' })
    }
    expect(await findDefaultProject(db, ada)).toMatchObject({ id: homeId })
  })
})
