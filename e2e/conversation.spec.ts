import { shots } from './support/chats.ts'
import { expect, test } from './support/test.ts'

test('a first question makes a chat, and its answer streams', async ({ page, model }) => {
  model.script(['Holidays are **25 days** a year.\n\n- one\n- two'])
  await page.goto('/')
  await page.getByRole('textbox', { name: 'Your question' }).fill('How many holidays?')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}$/)
  await expect(page.getByText('How many holidays?', { exact: true }).first()).toBeVisible()
  await expect(page.getByRole('listitem').getByText('25 days')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy as Markdown' })).toBeVisible()
  await shots(page, 'conversation')
})
