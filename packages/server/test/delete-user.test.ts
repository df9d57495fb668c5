import { describe, expect, it } from 'vitest'
import { deleteUser, findUser } from '../src/accounts/user-store.ts'
import { createChat } from '../src/chats/chat-store.ts'
import { newId } from '../src/ids.ts'
import { setMember } from '../src/projects/member-store.ts'
import { createProject, findProject } from '../src/projects/project-store.ts'
import { engines, openTestDatabase } from './support/databases.ts'
import { aNewProject, aPrincipal } from './support/principals.ts'
import { removeUser } from './support/projects.ts'

describe.each(engines)('deleting a user on %s', (engine) => {
  it('takes their own projects and chats along and leaves shared ones to the other owners', async () => {
    await using db = await openTestDatabase(engine)
    const admin = await aPrincipal(db, { role: 'admin' })
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const own = await createProject(db, ada, aNewProject('own'))
    const shared = await createProject(db, ada, aNewProject('shared'))
    const graces = await createProject(db, grace, aNewProject('graces'))
    await setMember(db, ada, shared.id, grace.userId, 'owner')
    await setMember(db, grace, graces.id, ada.userId, 'viewer')
    for (const [principal, project] of [
      [ada, graces],
      [grace, graces],
    ] as const) {
      const time = '2026-11-22T10:00:00.000Z'
      await db.query
        .insertInto('chats')
        .values({
          project_id: project.id,
          id: newId(),
          owner_id: principal.userId,
          owner: 'x',
          name: 'x',
          message_count: 0,
          last_position: 0,
          created_at: time,
          updated_at: time,
        })
        .execute()
    }
    await removeUser(db, admin, ada.userId)
    expect(await findUser(db.query, ada.userId)).toBeUndefined()
    expect(await findProject(db.query, admin, own.id)).toBeUndefined()
    expect(await findProject(db.query, grace, shared.id)).toMatchObject({ role: 'owner' })
    const chats = await db.query.selectFrom('chats').select('owner_id').execute()
    expect(chats).toEqual([{ owner_id: grace.userId }])
  })

  it('leaves no chat that was being made in a shared project', async () => {
    await using db = await openTestDatabase(engine)
    const admin = await aPrincipal(db, { role: 'admin' })
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const project = await createProject(db, grace, aNewProject('shared'))
    await setMember(db, grace, project.id, ada.userId, 'viewer')
    let creation: Promise<unknown> = Promise.resolve()
    await deleteUser(db, admin, ada.userId, {
      lockWork: async () => {
        creation = createChat(db, ada, { projectId: project.id, name: 'late' }).catch((error: unknown) => error)
      },
      removeProjects: async () => undefined,
      removeChats: async () => undefined,
    })
    expect(await creation).toMatchObject({ code: 'unauthenticated' })
    expect(await db.query.selectFrom('chats').select('id').execute()).toEqual([])
  })

  it('is refused while others would be left in a project without an owner', async () => {
    await using db = await openTestDatabase(engine)
    const admin = await aPrincipal(db, { role: 'admin' })
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const project = await createProject(db, ada, aNewProject('shared'))
    await setMember(db, ada, project.id, grace.userId, 'editor')
    await expect(removeUser(db, admin, ada.userId)).rejects.toMatchObject({ code: 'last_owner' })
    expect(await findProject(db.query, ada, project.id)).toBeDefined()
  })
})
