import { aProject } from './support/projects.ts'
import { expect, nobody, test } from './support/test.ts'

test('a project is named, instructed and given a model', async ({ page, server }) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}/settings`)
  await page.getByLabel('Name', { exact: true }).fill('Harbour office')
  await page.getByLabel('Instructions').fill('Answer in one sentence.')
  await page.getByLabel('Model').selectOption('quory/extractive')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Harbour office')
  await expect(page.getByLabel('Instructions')).toHaveValue('Answer in one sentence.')
  await expect(page.getByLabel('Model')).toHaveValue('quory/extractive')
  await expect(page.getByRole('button', { name: 'Switch project' })).toContainText('Harbour office')
})

test('members are invited by their e-mail, come, get another role, and go', async ({ page, server, browser }) => {
  const project = await aProject(server)
  const email = `grace-${crypto.randomUUID().slice(0, 6)}@example.org`
  const { id } = (await server.call('POST', '/v1/users', { email, name: 'Grace' })).body
  const { url } = (await server.call('POST', `/v1/users/${id}/sign-in-link`)).body
  await page.goto(`/p/${project}/settings`)
  const invitations = page.getByRole('list', { name: 'Invited' })
  for (const address of ['nobody@example.org', email]) {
    await page.getByLabel('E-mail').fill(address)
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await expect(invitations.getByText(address)).toBeVisible()
  }
  await invitations.getByRole('button', { name: 'Take back the invitation of nobody@example.org' }).click()
  await expect(invitations.getByRole('listitem')).toHaveText([new RegExp(email)])
  await expect(page.getByRole('heading', { name: 'Members' })).toBeFocused()

  await using elsewhere = await browser.newContext({ storageState: nobody })
  const theirs = await elsewhere.newPage()
  await theirs.goto(url)
  await theirs.getByLabel('Choose a password').fill('correct horse battery')
  await theirs.getByRole('button', { name: 'Begin' }).click()
  await theirs.getByRole('button', { name: 'Switch project' }).click()
  await expect(theirs.getByRole('menuitemradio', { name: /Lighthouses/ })).toBeVisible()

  await page.reload()
  const row = page.getByRole('listitem').filter({ hasText: email })
  await expect(row.getByLabel('Role of Grace')).toHaveValue('viewer')
  await expect(invitations).toBeHidden()
  await theirs.goto(`/p/${project}/data`)
  await expect(theirs.getByText('Your role here is to ask')).toBeVisible()
  await expect(theirs.getByText('Editors and owners of this project add them.')).toBeVisible()
  await expect(theirs.getByRole('button', { name: 'Add a source' })).toBeHidden()
  await row.getByLabel('Role of Grace').selectOption('editor')
  await page.reload()
  await expect(row.getByLabel('Role of Grace')).toHaveValue('editor')
  await theirs.reload()
  await expect(theirs.getByRole('button', { name: 'Add a source' })).toBeVisible()
  await row.getByRole('button', { name: 'Remove Grace' }).click()
  await expect(row).toBeHidden()
})

test('a project is deleted only by typing its name, and its other tab is told', async ({ page, server }) => {
  const project = await aProject(server, 'Doomed')
  await page.goto(`/p/${project}/settings`)
  const name = await page.getByLabel('Name', { exact: true }).inputValue()
  await page.getByRole('button', { name: 'Delete the project' }).click()
  const other = await page.context().newPage()
  await other.goto(`/p/${project}/data`)
  await other.getByRole('heading', { name: 'Data' }).waitFor()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Delete the project' })).toBeDisabled()
  await dialog.getByRole('textbox').fill(name)
  await dialog.getByRole('button', { name: 'Delete the project' }).click()
  await expect(page).not.toHaveURL(new RegExp(project))
  await expect(other).not.toHaveURL(new RegExp(project))
  await expect(other.getByText(`The project “${name}” was deleted.`)).toBeVisible()
  expect((await server.call('GET', `/v1/projects/${project}`)).status).toBe(404)
})

test('everything is there in German, and stays so', async ({ page, server }) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}/data`)
  await page.getByRole('navigation').getByRole('button').last().click()
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click()
  await expect(page.getByRole('heading', { name: 'Daten' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Daten' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
})

test('the theme that is chosen stays, and the system decides when it is asked to', async ({ page, server }) => {
  const project = await aProject(server)
  const darkness = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme')
  const choose = async (name: string) => {
    await page.getByRole('navigation').getByRole('button').last().click()
    await page.getByRole('menuitemradio', { name }).click()
    await page.keyboard.press('Escape')
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(`/p/${project}/data`)
  await choose('Dark')
  await expect.poll(darkness).toBe('dark')
  await page.reload()
  await expect.poll(darkness).toBe('dark')
  await choose('As the system')
  await expect.poll(darkness).toBe('light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(darkness).toBe('dark')
})
