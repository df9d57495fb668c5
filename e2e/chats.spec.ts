import { aChat, aProject, ask } from './support/projects.ts'
import { expect, test } from './support/test.ts'

test.describe('the list of chats', () => {
  test('a chat is renamed in place, described, pinned and unpinned', async ({ page, server }) => {
    const project = await aProject(server)
    await aChat(server, project, 'Old name')
    await aChat(server, project, 'Another')
    await page.goto(`/p/${project}`)
    const list = page.getByRole('list', { name: 'Chats' })
    await list.getByRole('button', { name: 'Actions for Old name' }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.keyboard.type('Holidays in Bergen')
    await page.keyboard.press('Enter')
    await expect(list.getByRole('link', { name: 'Holidays in Bergen' })).toBeFocused()
    await list.getByRole('button', { name: 'Actions for Holidays in Bergen' }).click()
    await page.getByRole('menuitem', { name: 'Pin' }).click()
    await expect(list.getByRole('heading', { name: 'Pinned' })).toBeVisible()
    await list.getByRole('button', { name: 'Actions for Holidays in Bergen' }).click()
    await page.getByRole('menuitem', { name: 'Describe' }).click()
    await page.getByRole('textbox', { name: 'Description' }).fill('Who may take how many days')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.reload()
    await expect(list.getByRole('heading', { name: 'Pinned' })).toBeVisible()
    await expect(list.getByRole('link', { name: 'Holidays in Bergen' })).toHaveAttribute(
      'title',
      'Who may take how many days',
    )
    await list.getByRole('button', { name: 'Actions for Holidays in Bergen' }).click()
    await page.getByRole('menuitem', { name: 'Unpin' }).click()
    await expect(list.getByRole('heading', { name: 'Pinned' })).toBeHidden()
  })

  test('a deleted chat comes back by undo, and from the trash; for good means for good', async ({ page, server }) => {
    const project = await aProject(server)
    const chat = await aChat(server, project, 'Not needed')
    await page.goto(`/p/${project}/c/${chat}`)
    const list = page.getByRole('list', { name: 'Chats' })
    const trash = async () => {
      await list.getByRole('button', { name: 'Actions for Not needed' }).click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      await expect(list.getByRole('link', { name: 'Not needed' })).toBeHidden()
    }
    await trash()
    // Whoever was looking at it is shown an empty chat instead.
    await expect(page).toHaveURL(new RegExp(`/p/${project}$`))
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(list.getByRole('link', { name: 'Not needed' })).toBeVisible()
    await trash()
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByRole('button', { name: 'Restore' }).click()
    await expect(list.getByRole('link', { name: 'Not needed' })).toBeVisible()
    await expect(page.getByText('The trash is empty')).toBeVisible()
    await trash()
    await page.getByRole('main').getByRole('button', { name: 'Delete for good' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click()
    await expect(page.getByText('The trash is empty')).toBeVisible()
    expect((await server.call('GET', `/v1/projects/${project}/chats/${chat}`)).status).toBe(404)
  })

  test('an archived chat leaves the list and can be taken out again', async ({ page, server }) => {
    const project = await aProject(server)
    await aChat(server, project, 'Put aside')
    await page.goto(`/p/${project}`)
    const list = page.getByRole('list', { name: 'Chats' })
    await list.getByRole('button', { name: 'Actions for Put aside' }).click()
    await page.getByRole('menuitem', { name: 'Archive' }).click()
    await expect(page.getByText('No chats yet')).toBeVisible()
    await page.getByRole('link', { name: 'Archive' }).click()
    await page.getByRole('button', { name: 'Take out' }).click()
    await expect(list.getByRole('link', { name: 'Put aside' })).toBeVisible()
  })

  test('what another device does shows at once, with a mark while an answer is made', async ({
    page,
    server,
    model,
  }) => {
    const project = await aProject(server)
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    model.script([
      {
        text: (async function* () {
          yield 'One moment '
          await finished
          yield 'please.'
        })(),
      },
    ])
    await page.goto(`/p/${project}`)
    await expect(page.getByText('No chats yet')).toBeVisible()
    const chat = await aChat(server, project, 'From the phone')
    const row = page.getByRole('list', { name: 'Chats' }).getByRole('link', { name: 'From the phone' })
    await expect(row).toBeVisible()
    await server.call('POST', `/v1/projects/${project}/chats/${chat}/messages`, { content: 'Are you there?' })
    await expect(row).toContainText('is being answered')
    finish()
    await expect(row).not.toContainText('is being answered')
  })

  test('many chats are read as one scrolls, and only those in sight are in the page', async ({ page, server }) => {
    const project = await aProject(server)
    for (let index = 0; index < 130; index += 1) await aChat(server, project, `Chat number ${index}`)
    await page.goto(`/p/${project}`)
    const list = page.getByRole('list', { name: 'Chats' })
    await expect(list.getByRole('link', { name: 'Chat number 129' })).toBeVisible()
    expect(await list.getByRole('link').count()).toBeLessThan(60)
    await list.hover()
    await expect(async () => {
      await page.mouse.wheel(0, 1_500)
      await expect(list.getByRole('link', { name: 'Chat number 0', exact: true })).toBeVisible({ timeout: 500 })
    }).toPass()
    expect(await list.getByRole('link').count()).toBeLessThan(60)
  })
})

test('the palette finds a message by its words and leads to it', async ({ page, server, model }) => {
  const project = await aProject(server)
  model.script(['The keeper has an albatross.'])
  const chat = await aChat(server, project, 'Birds')
  await ask(server, project, chat, 'Which bird does the keeper have?')
  await page.goto(`/p/${project}`)
  await page.getByRole('link', { name: 'Birds' }).waitFor()
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').fill('albatross')
  const found = page.getByRole('option', { name: /Birds/ }).first()
  await expect(found.locator('mark')).toHaveText(/albatross/i)
  await page.keyboard.press('ArrowDown')
  await found.click()
  await expect(page).toHaveURL(new RegExp(`/p/${project}/c/${chat}\\?m=`))
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox').fill('zzzz nothing')
  await expect(page.getByText('Nothing was found for “zzzz nothing”')).toBeVisible()
})

test('the keyboard sheet opens with ?, and a new project is made and switched to', async ({ page, server }) => {
  const project = await aProject(server)
  await page.goto(`/p/${project}/data`)
  await page.getByRole('heading', { name: 'Data' }).waitFor()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Switch project' }).click()
  await page.getByRole('menuitem', { name: 'New project' }).click()
  const name = `Harbours ${crypto.randomUUID().slice(0, 6)}`
  await page.getByRole('dialog').getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('button', { name: 'Switch project' })).toContainText(name)
  await expect(page).not.toHaveURL(new RegExp(project))
})

test('on a phone the list lies over the page and goes away when a chat is chosen', async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const project = await aProject(server)
  await aChat(server, project, 'On the way')
  await page.goto(`/p/${project}`)
  await page.getByRole('button', { name: 'Open the list of chats' }).click()
  await page.getByRole('link', { name: 'On the way' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page).toHaveURL(/\/c\//)
})
