import { describe, expect, it } from 'vitest'
import { engines, openTestDatabase } from '../../test/support/databases.ts'
import { aPrincipal } from '../../test/support/principals.ts'
import { newId, type PromptId } from '../ids.ts'
import { createPrompt, findPrompt, listPublicPrompts, requirePrompt, updatePrompt } from './prompt-store.ts'

describe.each(engines)('prompts on %s', (engine) => {
  it('are read by their owner, and by all when public', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, eve] = [await aPrincipal(db), await aPrincipal(db)]
    const secret = await createPrompt(db.query, ada, { title: 'mine', content: 'be brief' })
    const shared = await createPrompt(db.query, ada, { title: 'ours', content: 'be kind', status: 'public' })
    expect(secret).toMatchObject({ owner_id: ada.userId, status: 'private', created_at: secret.updated_at })
    expect(await findPrompt(db.query, ada, secret.id)).toEqual(secret)
    expect(await findPrompt(db.query, eve, shared.id)).toEqual(shared)
    expect(await findPrompt(db.query, eve, secret.id)).toBeUndefined()
    await expect(requirePrompt(db.query, eve, secret.id)).rejects.toMatchObject({ code: 'prompt_not_found' })
    expect((await listPublicPrompts(db.query, {})).items).toEqual([shared])
  })

  it('are changed by their owner alone; to others they are not there', async () => {
    await using db = await openTestDatabase(engine)
    const [ada, eve] = [await aPrincipal(db), await aPrincipal(db)]
    const prompt = await createPrompt(db.query, ada, { title: 't', content: 'c', status: 'public' })
    for (const id of [prompt.id, newId<PromptId>()]) {
      await expect(updatePrompt(db.query, eve, id, { content: 'evil' })).rejects.toMatchObject({
        code: 'prompt_not_found',
        message: `Prompt with ID ${id} not found`,
      })
    }
    const changed = await updatePrompt(db.query, ada, prompt.id, {
      title: undefined,
      content: 'new',
      status: 'private',
    })
    expect(changed).toMatchObject({ title: 't', content: 'new', status: 'private' })
    const reader = { ...ada, scope: 'chat' as const }
    await expect(updatePrompt(db.query, reader, prompt.id, {})).rejects.toMatchObject({ code: 'insufficient_scope' })
    await expect(createPrompt(db.query, reader, prompt)).rejects.toMatchObject({ code: 'insufficient_scope' })
  })
})
