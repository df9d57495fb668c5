import { takePicture } from './support/picture.ts'
import { expect, test } from './support/test.ts'

test('the page opens in a project', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/p\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('link', { name: 'New chat' })).toBeVisible()
  await takePicture(page, 'frame')
})

test('an API client that asks for JSON gets what it always got', async ({ server }) => {
  const response = await fetch(server.url, { headers: { accept: 'application/json' } })
  expect(response.headers.get('content-type')).toContain('application/json')
})
