import { describe, expect, it } from 'vitest'
import { readAnswerSettings } from '../src/answers/answer-settings-store.ts'
import { newId } from '../src/ids.ts'
import { createProject, updateProject } from '../src/projects/project-store.ts'
import { createPrompt } from '../src/projects/prompt-store.ts'
import { engines, openTestDatabase } from './support/databases.ts'
import { aNewProject, aPrincipal } from './support/principals.ts'

describe.each(engines)('how a project answers on %s', (engine) => {
  it("is its own instructions, else its prompt's, until that is gone with its user", async () => {
    await using db = await openTestDatabase(engine)
    const [ada, grace] = [await aPrincipal(db), await aPrincipal(db)]
    const prompt = await createPrompt(db.query, ada, { title: 't', content: 'be kind', status: 'public' })
    const { id } = await createProject(db, grace, { ...aNewProject('one'), model: 'm', temperature: 0, max_tokens: 1 })
    const instructions = async () => (await readAnswerSettings(db.query, id)).instructions
    expect(await readAnswerSettings(db.query, id)).toEqual({
      model: 'm',
      temperature: 0,
      maxTokens: 1,
      instructions: null,
    })
    await updateProject(db, grace, id, { prompt_id: prompt.id })
    expect(await instructions()).toBe('be kind')
    await updateProject(db, grace, id, { instructions: 'be brief' })
    expect(await instructions()).toBe('be brief')
    await updateProject(db, grace, id, { instructions: null })
    await db.query.deleteFrom('users').where('id', '=', ada.userId).execute()
    expect(await instructions()).toBeNull()
  })

  it('is up to the server in a project that is not there', async () => {
    await using db = await openTestDatabase(engine)
    const nothing = { model: null, temperature: null, maxTokens: null, instructions: null }
    expect(await readAnswerSettings(db.query, newId())).toEqual(nothing)
  })
})
