import { openDatabase } from '../packages/server/src/database/open-database.ts'
import { type MessageId, newId } from '../packages/server/src/ids.ts'
import { anEmptyChat, type ChatPlace } from './support/chats.ts'
import { type OwnServer, startOwnServer } from './support/own-server.ts'
import { begin, expect, test } from './support/test.ts'
import { aStreamOfTokens } from './support/tokens.ts'

/** A path of so many messages, written into the database of the server. */
async function fill(server: OwnServer, chat: ChatPlace, count: number): Promise<readonly string[]> {
  await using db = await openDatabase({ dataDir: server.dataDir, databaseUrl: undefined })
  const ids = Array.from({ length: count }, () => newId<MessageId>())
  for (let start = 0; start < count; start += 500) {
    const rows = ids.slice(start, start + 500).map((id, offset) => {
      const place = start + offset
      return {
        project_id: chat.projectId,
        chat_id: chat.chatId,
        id,
        position: place + 1,
        role: place % 2 === 0 ? 'user' : 'assistant',
        content: `Message ${place + 1}. ${'Some words of it, **strong** ones among them. '.repeat((place * 7) % 12)}`,
        status: 'completed',
        parent_id: place === 0 ? null : ids[place - 1],
        metadata: '{}',
        created_at: '2026-11-25T10:00:00.000Z',
        completed_at: '2026-11-25T10:00:01.000Z',
      }
    })
    await db.query
      .insertInto('messages')
      .values(rows as never)
      .execute()
  }
  await db.query
    .updateTable('chats')
    .set({ leaf_id: ids.at(-1) ?? null, last_position: count } as never)
    .where('id', '=', chat.chatId as never)
    .execute()
  return ids
}

test('a chat of 10,000 messages opens at its end, and older ones load upward without a jump', async ({
  browser,
  model,
}) => {
  test.setTimeout(120_000)
  await using server = await startOwnServer(model)
  const { storageState } = await begin(server.process())
  await using context = await browser.newContext({ storageState })
  const page = await context.newPage()
  const chat = await anEmptyChat(server.process())
  const ids = await fill(server, chat, 10_000)
  await page.goto(`${server.process().url}/p/${chat.projectId}`)
  await page.getByRole('textbox', { name: 'Your question' }).waitFor()
  // The page is there; what is measured is opening the chat in it.
  const openedMs = await page.evaluate<number>(`(async () => {
    const start = performance.now()
    history.pushState({}, '', '${chat.address}')
    dispatchEvent(new PopStateEvent('popstate'))
    while (!document.body.textContent.includes('Message 10000.')) await new Promise(requestAnimationFrame)
    return performance.now() - start
  })()`)
  test.info().annotations.push({ type: 'measured', description: `opened after ${Math.round(openedMs)} ms` })
  process.stdout.write(`a chat of 10,000 messages opened after ${Math.round(openedMs)} ms\n`)
  const list = page.getByRole('list', { name: 'Messages' })
  await expect(list.getByRole('listitem').last()).toBeInViewport()
  expect(openedMs).toBeLessThan(1_500)
  const scroller = list.locator('xpath=ancestor::div[contains(@class, "overflow-y-auto")]')
  for (let round = 0; round < 4; round += 1) {
    const before = await list.getByRole('listitem').count()
    await scroller.evaluate((element) => {
      element.scrollTop = 400
    })
    const seen = await page.evaluate<{ id: string; top: number }>(`(async () => {
      // What has come into view gets its real height in the frame after.
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame)
      const edge = document.querySelector('ol').closest('.overflow-y-auto').getBoundingClientRect().top
      const items = [...document.querySelectorAll('li[id^="message-"]')]
      const first = items.find((item) => item.getBoundingClientRect().bottom > edge)
      return { id: first.id, top: first.getBoundingClientRect().top }
    })()`)
    await expect.poll(() => list.getByRole('listitem').count()).toBeGreaterThan(before)
    const top = await page.evaluate<number>(`document.getElementById('${seen.id}').getBoundingClientRect().top`)
    expect(Math.abs(top - seen.top)).toBeLessThan(3)
  }
  const found = ids[4_999] ?? ''
  await page.goto(`${server.process().url}${chat.address}?m=${found}`)
  await expect(list.locator(`#message-${found}`)).toBeInViewport()
  await expect(list.locator(`#message-${found}`)).toBeFocused()
  await expect(list.getByText('Message 5000.')).toBeVisible()
  await page.getByRole('button', { name: 'Show newer messages' }).click()
  await expect.poll(() => list.getByRole('listitem').count()).toBeGreaterThan(60)
})

test('typing stays quick while an answer of 50,000 tokens streams', async ({ page, model, server }) => {
  test.setTimeout(180_000)
  const chat = await anEmptyChat(server)
  const tokens = aStreamOfTokens()
  model.script([{ text: tokens }])
  await page.goto(chat.address)
  const field = page.getByRole('textbox', { name: 'Your question' })
  await field.fill('Tell me everything')
  await page.keyboard.press('Enter')
  const paragraph =
    'Some **strong** words of a long answer, with `code` and a [link](https://example.org) in it, and on and on. '
  const section = `\n\n## A heading\n\n${paragraph.repeat(4)}\n\n- ${paragraph}\n- ${paragraph}\n\n\`\`\`ts\nconst a = 1\nconst b = a + 1\n\`\`\`\n`
  // About 250 tokens each.
  for (let sent = 0; sent < 180; sent += 1) tokens.say(section)
  await expect(page.getByText('Some strong words').first()).toBeVisible({ timeout: 60_000 })
  await field.focus()
  // From the key to the first task after the frame that shows it.
  await page.evaluate(`{
    globalThis.delays = []
    addEventListener('keydown', () => {
      const pressedAt = performance.now()
      requestAnimationFrame(() => setTimeout(() => delays.push(performance.now() - pressedAt)))
    })
  }`)
  for (let round = 0; round < 40; round += 1) {
    tokens.say(section)
    await page.keyboard.press('x')
    await page.waitForTimeout(60)
  }
  tokens.say('\n\nThe very end.')
  tokens.end()
  const delays = await page.evaluate<number[]>('delays')
  const sorted = delays.toSorted((a, b) => a - b)
  const [half, most] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted[Math.floor(sorted.length * 0.95)] ?? 0]
  const description = `typing: median ${half.toFixed(1)} ms, 95th of a hundred ${most.toFixed(1)} ms, of ${sorted.length}`
  test.info().annotations.push({ type: 'measured', description })
  process.stdout.write(`${description}\n`)
  await expect(page.getByRole('list', { name: 'Messages' }).getByText('The very end.')).toBeVisible({ timeout: 60_000 })
  expect(half).toBeLessThan(50)
})
