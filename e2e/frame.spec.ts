import { takePicture } from './support/picture.ts'
import { aProject } from './support/projects.ts'
import { expect, test } from './support/test.ts'

test('the page opens in a project', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/p\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('link', { name: 'New chat' })).toBeVisible()
  await takePicture(page, 'frame')
})

test('a view of no project has the last project beside it', async ({ page, server }) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}/data`)
  await page.getByRole('heading', { name: 'Data' }).waitFor()
  await page.goto('/account')
  await page.getByRole('navigation').getByRole('link', { name: 'Data' }).click()
  await expect(page).toHaveURL(new RegExp(`/p/${project}/data$`))
})

test('being offline is said beside the button of the list of chats, not under it', async ({ page, context }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/')
  const button = page.getByRole('button', { name: 'Open the list of chats' })
  await button.waitFor()
  await context.setOffline(true)
  const notice = await page.getByText('You are offline.', { exact: false }).boundingBox()
  const place = await button.boundingBox()
  expect(place?.y).toBeGreaterThanOrEqual((notice?.y ?? 0) + (notice?.height ?? 0))
  await context.setOffline(false)
})

test('an API client that asks for JSON gets what it always got', async ({ server }) => {
  const response = await fetch(server.url, { headers: { accept: 'application/json' } })
  expect(response.headers.get('content-type')).toContain('application/json')
})
