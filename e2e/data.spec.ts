import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { aProject, upload } from './support/projects.ts'
import { expect, test } from './support/test.ts'

const handbook = readFileSync(join(import.meta.dirname, '../examples/handbook.md'))

test('a stranger adds the sample documents with one click and sees them become ready', async ({ page, server }) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}/data`)
  await page.getByRole('button', { name: 'Add sample documents' }).click()
  await expect(page.getByRole('button', { name: 'handbook.md', exact: true })).toBeVisible()
  await expect(page.getByText('Ready')).toHaveCount(3, { timeout: 30_000 })
})

test('a file that is chosen is sent, read and found by its name; another that cannot be read says why', async ({
  page,
  server,
}) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}/data`)
  await page.getByLabel('Upload files').setInputFiles([
    { name: 'staff handbook.md', mimeType: 'text/markdown', buffer: handbook },
    { name: 'broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 nothing that could be read') },
  ])
  const row = (name: string) => page.getByRole('listitem').filter({ hasText: name })
  await expect(row('staff handbook.md').getByText('Ready')).toBeVisible({ timeout: 30_000 })
  await expect(row('staff handbook.md')).toContainText(/\d+ passages/)
  await expect(row('broken.pdf').getByText('Failed')).toBeVisible({ timeout: 30_000 })
  await expect(row('broken.pdf').getByRole('button', { name: 'Try again' })).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('HANDBOOK')
  await expect(row('broken.pdf')).toBeHidden()
  await expect(row('staff handbook.md')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('no such')
  await expect(page.getByText('No source is named “no such”')).toBeVisible()
})

test('files that are dropped anywhere, and files that are pasted, go to the project', async ({ page, server }) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}`)
  const given = (name: string) =>
    page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['All about ${name}.'], '${name}'))
      return transfer
    })()`)
  const dropped = await given('dropped.txt')
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: dropped })
  await expect(page.getByText('Drop to add to this project')).toBeVisible()
  await page.dispatchEvent('main', 'drop', { dataTransfer: dropped })
  await page.evaluate(`{
    const transfer = new DataTransfer()
    transfer.items.add(new File(['All about pasted.'], 'pasted.txt'))
    dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer }))
  }`)
  await page.getByRole('link', { name: 'Data' }).click()
  await expect(page.getByRole('button', { name: 'dropped.txt', exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'pasted.txt', exact: true })).toBeVisible()
})

test('a file that does not arrive says so and can be sent again', async ({ page, server, context }) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}/data`)
  await page.getByRole('button', { name: 'Add sample documents' }).waitFor()
  await context.setOffline(true)
  await page
    .getByLabel('Upload files')
    .setInputFiles({ name: 'later.txt', mimeType: 'text/plain', buffer: Buffer.from('Later.') })
  await expect(page.getByRole('listitem').filter({ hasText: 'later.txt' })).toContainText('could not be reached')
  await expect(page.getByText('You are offline.')).toBeVisible()
  await context.setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('button', { name: 'later.txt', exact: true })).toBeVisible()
})

test('a source is looked into, read again and deleted; everything is trained with an overview at the end', async ({
  page,
  server,
  model,
}) => {
  const project = await aProject(server)
  model.script(['This project is about lighthouses.'])
  await upload(server, project, 'handbook.md', handbook.toString())
  await page.goto(`/p/${project}/data`)
  await expect(page.getByText('Ready')).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: 'handbook.md', exact: true }).click()
  await expect(page.getByRole('dialog').getByRole('heading', { name: 'Files' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'Training' }).click()
  await page.getByRole('button', { name: 'Read everything again' }).click()
  await page.getByRole('button', { name: 'Overview' }).click({ timeout: 30_000 })
  await expect(page.getByRole('dialog')).toContainText('handbook')
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'Sources' }).click()
  await page.getByRole('button', { name: 'Actions for handbook.md' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('Add what you want to ask about')).toBeVisible()
})

test('a web page that must not be read is refused in words where it was typed', async ({ page, server }) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}/data`)
  await page.getByRole('button', { name: 'Add a source' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('URL').fill('not an address')
  await dialog.getByRole('button', { name: 'Add and read' }).click()
  await expect(dialog.getByRole('alert').first()).toBeVisible()
  await dialog.getByLabel('URL').fill('http://127.0.0.1:9/')
  await dialog.getByRole('button', { name: 'Add and read' }).click()
  await expect(dialog.getByRole('alert').first()).toContainText('The operator can allow it')
  await page.keyboard.press('Escape')
  await expect(page.getByText('Add what you want to ask about')).toBeVisible()
})

test('what a source need not be told is folded away, and unfolds by keyboard or where something is wrong', async ({
  page,
  server,
}) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}/data`)
  await page.getByRole('button', { name: 'Add a source' }).click()
  const dialog = page.getByRole('dialog')
  const pages = dialog.getByLabel('Max pages')
  await dialog.getByLabel('URL').fill('https://example.org/')
  await expect(pages).toBeHidden()
  // The field is the last before the fold.
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(pages).toBeVisible()
  await dialog.getByLabel('Crawl').selectOption('site')
  await pages.fill('lots')
  await dialog.getByText('More settings').click()
  await expect(pages).toBeHidden()
  await dialog.getByRole('button', { name: 'Add and read' }).click()
  await expect(pages).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByLabel('Kind').selectOption('s3')
  await expect(dialog.getByLabel('Prefix')).toBeHidden()
  await dialog.getByText('More settings').click()
  await expect(dialog.getByLabel('Prefix')).toBeVisible()
})
