import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Database } from '../src/database/database.ts'
import { openDatabase } from '../src/database/open-database.ts'
import type { ProjectId, SourceId } from '../src/ids.ts'
import type { OpenConnector } from '../src/ingestion/connectors/open-connector.ts'
import { openConfiguration } from '../src/ingestion/seal-configuration.ts'
import { findSource } from '../src/ingestion/source-store.ts'
import { deriveKey, SecretBox } from '../src/secrets/secret-box.ts'
import { createTestDatabase, engines, settingsOf } from './support/databases.ts'
import { RemoteSource } from './support/remote-source.ts'
import { runCommandProcess } from './support/server-process.ts'
import { startTestApp } from './support/start-test-app.ts'

const [oldSecret, newSecret] = ['the first secret of this test', 'the second secret of this test']
/** The command reads a hundred at a time. */
const sourceCount = 110
const tokenOf = (i: number) => `ghp_token_of_source_${i}`
/** Asked for once the first hundred are done. */
const secondRead = 'and ("project_id" > '

/** Says which token it was opened with. */
const openEcho: OpenConnector = async (type, configuration) => {
  const connector = await new RemoteSource().open(type, configuration)
  return { ...connector, check: async () => String(configuration['access_token']) }
}

it.each(engines)(
  'a change of the secret that is killed midway leaves every password readable, and a second run ends it, on %s',
  async (engine) => {
    await using place = await createTestDatabase(engine)
    const env = { QUORY_SECRET: oldSecret, QUORY_SECRET_PREVIOUS: newSecret }
    await using opened = new AsyncDisposableStack()
    const app = opened.use(await startTestApp({ place, env, openConnector: openEcho }))
    const projectId: ProjectId = (await app.call('POST', '/v1/projects', { name: 'p', organization_id: 'o' })).body.id
    const path = `/v1/projects/${projectId}/data-sources`
    const ids: SourceId[] = []
    for (let i = 0; i < sourceCount; i++) {
      const configuration = { username: 'acme', access_token: tokenOf(i) }
      ids.push((await app.call('POST', path, { type: 'github', name: `Code ${i}`, configuration })).body.id)
    }
    const tokens = ids.map((_, i) => tokenOf(i))
    // A folder has one process: there the server that knows both secrets is the next one.
    if (engine === 'sqlite') await opened.disposeAsync()
    await using db = await openDatabase(place)
    const box = new SecretBox({ current: deriveKey(oldSecret), previous: [deriveKey(newSecret)] })
    const readTokens = async () =>
      await Promise.all(
        ids.map(async (sourceId) =>
          engine === 'postgres'
            ? (await app.call('POST', `${path}/${sourceId}/validate`)).body.message
            : await openToken(db, box, { projectId, sourceId }),
        ),
      )
    const rotate = (more: Record<string, string> = {}, flags: readonly string[] = []) =>
      runCommandProcess(
        ['secrets', 'rotate'],
        {
          ...settingsOf(place),
          QUORY_SECRET: newSecret,
          QUORY_SECRET_PREVIOUS: oldSecret,
          QUORY_LOG_LEVEL: 'silent',
          ...more,
        },
        { flags },
      )
    const readUntilExit = async ({ exit, output }: ReturnType<typeof rotate>) => {
      let code: number | null | undefined
      const ended = exit.then((value) => {
        code = value
      })
      while (code === undefined) {
        expect(await readTokens()).toEqual(tokens)
        // SQLite's reads alone would not let the end be heard of.
        await new Promise(setImmediate)
      }
      await ended
      expect(await readTokens()).toEqual(tokens)
      return { code, ...output }
    }

    const dying = join(import.meta.dirname, 'support/die-at-statement.ts')
    const killed = await readUntilExit(rotate({ DIE_AT: secondRead }, ['--import', dying]))
    expect(killed).toEqual({ code: null, stdout: '', stderr: '' })
    expect(await countByKey(db)).toEqual({ [deriveKey(newSecret).id]: 100, [deriveKey(oldSecret).id]: 10 })

    expect(await readUntilExit(rotate())).toEqual({
      code: 0,
      stdout: 'Encrypted the passwords of 10 data sources with the current secret.\n',
      stderr: '',
    })
    expect(await countByKey(db)).toEqual({ [deriveKey(newSecret).id]: sourceCount })
  },
  30_000,
)

async function openToken(db: Database, box: SecretBox, ref: { projectId: ProjectId; sourceId: SourceId }) {
  const source = await findSource(db.query, ref)
  return openConfiguration(box, ref, 'github', source?.configuration ?? {})['access_token']
}

async function countByKey(db: Database): Promise<Record<string, number>> {
  const rows = await db.query
    .selectFrom('sources')
    .select((eb) => ['secret_key', eb.fn.countAll<number>().as('count')])
    .groupBy('secret_key')
    .execute()
  return Object.fromEntries(rows.map(({ secret_key, count }) => [secret_key, Number(count)]))
}
