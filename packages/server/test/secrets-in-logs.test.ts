import { expect, it } from 'vitest'
import { createTestDatabase } from './support/databases.ts'
import { startGitHubServer } from './support/github-server.ts'
import type { Fault } from './support/protocol-server.ts'
import { adminKey, startServerProcess } from './support/server-process.ts'
import { until } from './support/start-test-app.ts'

const token = 'ghp_0123456789SECRETabcdefghijklmnopqrs'

/** Answers of a service that repeat the token, each in another place. */
const echoes: readonly Fault[] = [
  { status: 403, body: { message: `Bad token ${token}`, token }, headers: { 'x-token': token } },
  { status: 422, body: `<html>${token}</html>`, headers: { 'content-type': 'text/html' } },
  { status: 500, body: { message: token } },
  { status: 200, body: `no JSON at all: ${token}`, headers: { 'content-type': 'application/json' } },
  { status: 302, headers: { location: `http://127.0.0.1:1/?token=${token}` } },
]

it('passwords of data sources stand in no log, whatever a service answers and however they are wrong', {
  timeout: 90_000,
}, async () => {
  await using place = await createTestDatabase('sqlite')
  await using service = await startGitHubServer({ token })
  service.addOwner('octo')
  service.addRepository('octo/app')
  service.commit('octo/app', { 'a.md': 'The walrus sleeps on the ice.' })
  await using server = await startServerProcess({
    QUORY_DATA_DIR: place.dataDir,
    QUORY_EGRESS_ALLOW: '127.0.0.1',
    QUORY_LOG_LEVEL: 'debug',
  })
  const answers: string[] = []
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await server.call(method, path, body)
    answers.push(`${method} ${path} ${response.text}`)
    return response
  }
  const { body: project } = await call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })
  const sources = `/v1/projects/${project.id}/data-sources`
  const github = { access_token: token, username: 'octo', repositories: 'app', base_url: service.url }
  const trySource = async (type: string, configuration: object) => {
    const made = await call('POST', sources, { type, name: 'Code', configuration })
    const path = `${sources}/${made.body.id}`
    await call('POST', `${path}/validate`)
    await call('POST', `${path}/sync`)
    const { body } = await until(
      () => call('GET', path),
      ({ body }) => body.sync?.state !== 'running' || body.sync.error !== null,
    )
    await call('GET', `${path}/files`)
    await call('POST', `${path}/cancel`)
    return body
  }

  expect(await trySource('github', github)).toMatchObject({ status: 'connected' })
  for (const echo of echoes) {
    service.play(() => echo)
    expect(await trySource('github', github)).not.toMatchObject({ status: 'connected' })
  }
  service.play(({ path }) => (path.includes('/blobs/') ? echoes[0] : undefined))
  expect(await trySource('github', github)).toMatchObject({ status: 'error' })
  service.play(() => undefined)
  await trySource('github', { ...github, access_token: `${token} ${token}` })
  const key = `-----BEGIN PRIVATE KEY-----\n${token}\n-----END PRIVATE KEY-----\n`
  const drive = { folder_id: 'f', project_id: 'p', private_key_id: 'k', client_email: 'a@b.c', client_id: '1' }
  await trySource('google_drive', { ...drive, private_key: key })
  for (const wrong of [
    { access_token: [token] },
    { username: 7, access_token: token },
    { my_api_key: token, branch: 1 },
  ]) {
    expect((await call('POST', sources, { type: 'github', name: 'Wrong', configuration: wrong })).status).toBe(422)
  }
  const cutOff = await fetch(server.url + sources, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: `{"type":"github","configuration":{"access_token":"${token}`,
  })
  expect(cutOff.status).toBe(422)
  answers.push(await cutOff.text())

  await server.kill('SIGTERM')
  const log = server.output.stderr + server.output.stdout
  expect(log.split('\n').length).toBeGreaterThan(10)
  for (const lines of [answers.join('\n'), log]) {
    expect(lines.split('\n').filter((line) => line.includes('SECRET'))).toEqual([])
  }
})
