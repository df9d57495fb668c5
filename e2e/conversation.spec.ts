import type { Page } from '@playwright/test'
import { anEmptyChat, ask, shots } from './support/chats.ts'
import { startOwnServer } from './support/own-server.ts'
import { begin, expect, test } from './support/test.ts'
import { aStreamOfTokens } from './support/tokens.ts'

const question = (page: Page) => page.getByRole('textbox', { name: 'Your question' })
const messages = (page: Page) => page.getByRole('list', { name: 'Messages' })

async function send(page: Page, text: string) {
  await question(page).fill(text)
  await page.keyboard.press('Enter')
}

test('a first question makes a chat, and its answer can be copied', async ({ page, model, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  model.script(['Holidays are **25 days** a year.\n\n- one\n- two\n\n```ts\nconst days = 25\n```\n'])
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'What would you like to know?' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Add documents' })).toBeVisible()
  await shots(page, 'conversation-new')
  await send(page, 'How many holidays?')
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}$/)
  await expect(messages(page).getByText('25 days')).toBeVisible()
  const copied = () => page.evaluate('navigator.clipboard.readText()')
  await page.getByRole('button', { name: 'Copy as Markdown' }).click()
  await expect.poll(copied).toContain('Holidays are **25 days** a year.')
  await page.getByRole('button', { name: 'Copy the code' }).click()
  await expect.poll(copied).toBe('const days = 25')
  await shots(page, 'conversation')
})

test('what is said is shown as it comes; Escape stops it, and it can be continued', async ({ page, model, server }) => {
  const chat = await anEmptyChat(server)
  const tokens = aStreamOfTokens()
  model.script([{ text: tokens }, 'and the rest of it.'])
  await page.goto(chat.address)
  await send(page, 'Tell me')
  tokens.say('The first words ')
  await expect(messages(page).getByText('The first words')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Stop the answer' })).toBeVisible()
  await shots(page, 'conversation-running')
  await page.keyboard.press('Escape')
  await expect(messages(page).getByText('You stopped this answer.')).toBeVisible()
  await expect(messages(page).getByText('The first words')).toBeVisible()
  await shots(page, 'conversation-stopped')
  await page.getByRole('button', { name: 'Continue from here' }).click()
  await expect(messages(page).getByText('and the rest of it.')).toBeVisible()
  await expect(messages(page).getByText('The first words')).toBeVisible()
  await expect(messages(page).getByText('2 / 2')).toBeVisible()
})

test('a reload, a lost network and a second tab all show the same running answer', async ({
  page,
  model,
  server,
  context,
}) => {
  const chat = await anEmptyChat(server)
  const tokens = aStreamOfTokens()
  model.script([{ text: tokens }])
  await page.goto(chat.address)
  await send(page, 'Tell me')
  tokens.say('One. ')
  await expect(messages(page).getByText('One.')).toBeVisible()
  await page.reload()
  await expect(messages(page).getByText('One.')).toBeVisible()
  const other = await context.newPage()
  await other.goto(chat.address)
  await expect(messages(other).getByText('One.')).toBeVisible()
  tokens.say('Two. ')
  await expect(messages(page).getByText('One. Two.')).toBeVisible()
  await expect(messages(other).getByText('One. Two.')).toBeVisible()
  await context.setOffline(true)
  await expect(page.getByText('You are offline.', { exact: false })).toBeVisible()
  tokens.say('Three. ')
  tokens.say('Four. ')
  await context.setOffline(false)
  tokens.say('Five.')
  tokens.end()
  await expect(messages(page).getByText('One. Two. Three. Four. Five.')).toBeVisible({ timeout: 30_000 })
  await expect(messages(other).getByText('One. Two. Three. Four. Five.')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('button', { name: 'Copy as Markdown' })).toBeVisible()
  // What is asked in one tab shows in the other, which nobody touched.
  model.script(['And six.'])
  await send(page, 'What comes next?')
  await expect(messages(other).getByText('What comes next?')).toBeVisible()
  await expect(messages(other).getByText('And six.')).toBeVisible()
})

test('a server that is killed in the middle of an answer and comes back loses nothing', async ({ browser, model }) => {
  await using server = await startOwnServer(model)
  const { storageState } = await begin(server.process())
  await using context = await browser.newContext({ storageState })
  const page = await context.newPage()
  const chat = await anEmptyChat(server.process())
  const tokens = aStreamOfTokens()
  model.script([{ text: tokens }, 'The whole answer, from the second attempt.'])
  await page.goto(server.process().url + chat.address)
  await send(page, 'Tell me')
  tokens.say('The whole ')
  await expect(messages(page).getByText('The whole')).toBeVisible()
  await server.kill()
  await expect(page.getByText('The connection is lost.', { exact: false })).toBeVisible()
  await shots(page, 'conversation-lost')
  await server.restart()
  await expect(messages(page).getByText('The whole answer, from the second attempt.')).toBeVisible({ timeout: 40_000 })
  await expect(messages(page).getByRole('listitem')).toHaveCount(2)
})

test('a question that cannot be sent is kept, says why, and is sent when the network is back', async ({
  page,
  model,
  server,
  context,
}) => {
  const chat = await anEmptyChat(server)
  model.script(['Here it is.'])
  await page.goto(chat.address)
  await question(page).waitFor()
  await context.setOffline(true)
  await send(page, 'Are you there?')
  await expect(
    page.getByRole('alert').getByText('You are offline. It is sent as soon as', { exact: false }),
  ).toBeVisible()
  await shots(page, 'conversation-offline')
  await context.setOffline(false)
  await expect(messages(page).getByText('Here it is.')).toBeVisible()
  await expect(messages(page).getByText('Are you there?', { exact: true })).toHaveCount(1)
  expect((await server.call('GET', `${chat.path}/messages`)).body.messages).toHaveLength(2)
})

test('what was typed stays with its chat, through other chats and a reload', async ({ page, server }) => {
  const [first, second] = [await anEmptyChat(server), await anEmptyChat(server)]
  await page.goto(first.address)
  await question(page).fill('Half a thought about')
  await page.goto(second.address)
  await expect(question(page)).toHaveValue('')
  await question(page).fill('Another one')
  await page.goto(first.address)
  await expect(question(page)).toHaveValue('Half a thought about')
  await page.reload()
  await expect(question(page)).toHaveValue('Half a thought about')
  await page.keyboard.press('Enter')
  await expect(messages(page).getByText('Half a thought about').first()).toBeVisible()
  await page.reload()
  await expect(question(page)).toHaveValue('')
})

test('a refused question says why, can be tried again, and goes back to the text field', async ({ page, server }) => {
  const chat = await anEmptyChat(server)
  await page.goto(chat.address)
  await page.route('**/messages', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 429, json: { detail: 'Too many questions at once', code: 'too_many_questions' } })
      : route.continue(),
  )
  await send(page, 'Once more')
  await expect(page.getByText('It could not be sent: Too many questions at once')).toBeVisible()
  await shots(page, 'conversation-refused')
  await page.getByRole('button', { name: 'Back to the text field' }).click()
  await expect(question(page)).toHaveValue('Once more')
  await page.reload()
  await expect(question(page)).toHaveValue('Once more')
})

test('an answer is made again, with another model, and one walks between the versions', async ({
  page,
  model,
  server,
}) => {
  model.listModels(['test-model', 'other-model'])
  const chat = await anEmptyChat(server)
  model.script((body) => `From ${body.model}.`)
  await ask(server, chat, 'Who are you?')
  await page.goto(chat.address)
  await expect(messages(page).getByText('From test-model.')).toBeVisible()
  await page.getByRole('button', { name: 'Answer again' }).click()
  await page.getByRole('menuitem', { name: /other-model/ }).click()
  await expect(messages(page).getByText('From other-model.')).toBeVisible()
  await expect(messages(page).getByText('2 / 2')).toBeVisible()
  await page.getByRole('button', { name: 'Previous version' }).click()
  await expect(messages(page).getByText('From test-model.')).toBeVisible()
  await expect(messages(page).getByText('1 / 2')).toBeVisible()
  await shots(page, 'conversation-siblings')
})

test('a question is edited in place, and the one before is kept beside it', async ({ page, model, server }) => {
  const chat = await anEmptyChat(server)
  model.script(({ messages: [...sent] }) => `You said: ${sent.findLast(({ role }) => role === 'user')?.content}`)
  await ask(server, chat, 'apples')
  await page.goto(chat.address)
  await expect(messages(page).getByText('You said: apples')).toBeVisible()
  await question(page).press('ArrowUp')
  const editor = page.getByRole('textbox', { name: 'Edit the question' })
  await expect(editor).toBeFocused()
  await editor.fill('pears')
  await shots(page, 'conversation-editing')
  await editor.press('Enter')
  await expect(messages(page).getByText('You said: pears')).toBeVisible()
  await expect(messages(page).getByText('You said: apples')).toHaveCount(0)
  await page.getByRole('button', { name: 'Previous version' }).click()
  await expect(messages(page).getByText('You said: apples')).toBeVisible()
})

test('a question that is sent while an answer runs waits for its turn', async ({ page, model, server }) => {
  const chat = await anEmptyChat(server)
  const tokens = aStreamOfTokens()
  model.script([{ text: tokens }, 'The second answer.'])
  await page.goto(chat.address)
  await send(page, 'First')
  tokens.say('The first ')
  await expect(messages(page).getByText('The first')).toBeVisible()
  await send(page, 'Second')
  await expect(messages(page).getByText('Waits for its turn', { exact: false })).toBeVisible()
  await shots(page, 'conversation-queued')
  tokens.say('answer.')
  tokens.end()
  await expect(messages(page).getByText('The second answer.')).toBeVisible()
  await expect(messages(page).getByText('The first answer.')).toBeVisible()
})

test('a failed answer says why and what to do, and can be made again', async ({ page, model, server }) => {
  const chat = await anEmptyChat(server)
  model.script([{ status: 401, error: 'Wrong key' }])
  await ask(server, chat, 'Hello?')
  await page.goto(chat.address)
  await expect(messages(page).getByText("The model's provider refused the request.", { exact: false })).toBeVisible()
  await shots(page, 'conversation-failed')
  model.script(['Now it works.'])
  await page.getByRole('button', { name: 'Answer again' }).click()
  await page.getByRole('menuitem', { name: 'With the same model' }).click()
  await expect(messages(page).getByText('Now it works.')).toBeVisible()
})

test('an answer is rated, and says how it came about', async ({ page, model, server }) => {
  const chat = await anEmptyChat(server)
  model.script([{ text: 'Rated.', reasoning: ['Let me think about it.'] }])
  const { id } = await ask(server, chat, 'Rate this')
  await page.goto(chat.address)
  const good = page.getByRole('button', { name: 'Good answer' })
  await good.click()
  await expect(good).toHaveAttribute('aria-pressed', 'true')
  await expect.poll(async () => (await server.call('GET', `${chat.path}/messages/${id}`)).body.rating).toBe('up')
  await page.getByRole('button', { name: 'Why this answer?' }).click()
  const dialog = page.getByRole('dialog', { name: 'Why this answer?' })
  await expect(dialog.getByText('test-model')).toBeVisible()
  await expect(dialog.getByText('10 in, 5 out')).toBeVisible()
  // Nobody watched it being made: its thoughts come from the server, when they are asked for.
  await expect(messages(page).getByText('Thoughts')).toHaveCount(0)
  await dialog.getByText('Thoughts').click()
  await expect(dialog.getByText('Let me think about it.')).toBeVisible()
  await shots(page, 'conversation-why')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

test('what tools were asked and what they said is still there after a reload', async ({ page, model, server }) => {
  const chat = await anEmptyChat(server)
  model.script(({ messages: sent }) =>
    sent.at(-1)?.role === 'tool'
      ? 'Nothing was found.'
      : { toolCalls: [{ name: 'get_context', arguments: { query: 'the great bell' } }] },
  )
  await page.goto(chat.address)
  await send(page, 'How heavy is the bell?')
  await expect(messages(page).getByText('Nothing was found.')).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: 'Why this answer?' }).click()
  const dialog = page.getByRole('dialog', { name: 'Why this answer?' })
  await dialog.getByText('Used get_context').click()
  await expect(dialog.getByText('the great bell').first()).toBeVisible()
  await expect(dialog.locator('details pre')).toHaveCount(2)
})

test('thoughts are folded above the text', async ({ page, model, server }) => {
  const chat = await anEmptyChat(server)
  model.script([{ text: 'The result.', reasoning: ['Let me think ', 'about it.'] }])
  await page.goto(chat.address)
  await send(page, 'Think')
  await expect(messages(page).getByText('The result.')).toBeVisible()
  await expect(messages(page).getByText('Let me think about it.')).toBeHidden()
  await messages(page).getByText('Thoughts').click()
  await expect(messages(page).getByText('Let me think about it.')).toBeVisible()
  await shots(page, 'conversation-thoughts')
})

test('model and parameters are chosen, sent, and remembered for the project', async ({ page, model, server }) => {
  model.listModels(['test-model', 'other-model'])
  const chat = await anEmptyChat(server)
  model.script(['Yes.'])
  await page.goto(chat.address)
  await page.getByRole('button', { name: 'Model and parameters' }).click()
  await page.getByRole('combobox', { name: 'Model' }).selectOption({ label: 'openai/other-model' })
  await page.getByRole('spinbutton', { name: 'Temperature' }).fill('0.3')
  await shots(page, 'conversation-options')
  await page.keyboard.press('Escape')
  await send(page, 'Which model?')
  await expect(messages(page).getByText('Yes.')).toBeVisible()
  expect(model.requests.at(-1)?.body).toMatchObject({ model: 'other-model', temperature: 0.3 })
  await page.reload()
  await expect(page.getByText('openai/other-model')).toBeVisible()
})

test('Shift and Enter break the line, and the key that ends a composition sends nothing', async ({ page, server }) => {
  const chat = await anEmptyChat(server)
  await page.goto(chat.address)
  await question(page).focus()
  await page.keyboard.type('one')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('two')
  await expect(question(page)).toHaveValue('one\ntwo')
  await question(page).dispatchEvent('keydown', { key: 'Enter', isComposing: true })
  await expect(question(page)).toHaveValue('one\ntwo')
})

test('screen readers hear whole sentences', async ({ page, model, server }) => {
  const chat = await anEmptyChat(server)
  const tokens = aStreamOfTokens()
  model.script([{ text: tokens }])
  await page.goto(chat.address)
  await send(page, 'Tell me')
  const spoken = page.locator('[aria-live="polite"][aria-atomic="true"]')
  tokens.say('The first sentence. The sec')
  await expect(spoken).toHaveText('The first sentence.')
  tokens.say('ond one.')
  tokens.end()
  await expect(spoken).toHaveText('The second one.')
})

test('formulas, diagrams and code are drawn, with nothing from elsewhere', async ({ page, model, server }) => {
  const chat = await anEmptyChat(server)
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url())) foreign.push(request.url())
  })
  const text = [
    'Euler: $e^{i\\pi} = -1$, which costs $5.',
    '\\[ \\int_0^1 x^2 dx \\]',
    '```python\nprint("hello")\n```',
    '```mermaid\nflowchart LR\n  A[Start] --> B[End]\n```',
    '| a | b |\n| - | - |\n| one<br>two | 2 |',
    '- a list\n- of things\n\n> said somebody\n\n1. first\n2. second',
  ].join('\n\n')
  model.script([text])
  await page.goto(chat.address)
  await send(page, 'Show all')
  await expect(messages(page).locator('.katex').first()).toBeVisible()
  await expect(messages(page).locator('.katex')).toHaveCount(2)
  await expect(messages(page).getByRole('img', { name: 'Diagram' })).toBeVisible({ timeout: 20_000 })
  await expect(messages(page).locator('pre span[style*="color"]').first()).toBeVisible()
  await shots(page, 'conversation-rich')
  expect(foreign).toEqual([])
})
