import { firstKeyPath } from '../accounts/first-key.ts'
import { type App, openApp } from '../app.ts'
import { type Config, readConfig } from '../config.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** How long an orderly stop may take before the process leaves anyway. */
const stopWithinMs = 4_500

export async function serve(env: Environment): Promise<void> {
  const config = readConfig(env)
  const app = await openApp(config)
  stopOnSignals(app)
  const url = await app.listen()
  process.stdout.write(await describeStart(app, config, url))
}

/** One clear block: where, what with, and the first key once. */
async function describeStart(app: App, config: Config, url: string): Promise<string> {
  const lines = [
    '',
    `  Quory is ready at ${url}`,
    '',
    `  data     ${config.databaseUrl === undefined ? config.dataDir : `PostgreSQL at ${new URL(config.databaseUrl).host}`}`,
    `  answers  ${describeModel(app, config)}`,
    `  API      ${url}/docs`,
  ]
  const { key, isNew } = app.firstKey
  if (isNew && key !== undefined) {
    lines.push(
      '',
      `  Your administrator key, shown this once and kept in ${firstKeyPath(config.dataDir)}:`,
      '',
      `  ${key}`,
    )
  }
  return `${lines.join('\n')}\n\n`
}

function describeModel(app: App, config: Config): string {
  if (!app.models.hasProviders) {
    return 'no model is configured: answers are sentences quoted from your documents (quory/extractive)'
  }
  return config.models.defaultModel ?? 'the first model that the configured provider lists'
}

/** The first signal stops in order and exits 0; a second one leaves at once. */
function stopOnSignals(app: App): void {
  let isStopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1)
    isStopping = true
    app.logger.info({ signal }, 'stopping')
    const overdue = setTimeout(() => process.exit(0), stopWithinMs)
    app[Symbol.asyncDispose]()
      .catch((error: unknown) => {
        app.logger.error({ err: error }, 'stopping failed')
        process.exitCode = 1
      })
      .finally(() => {
        clearTimeout(overdue)
        // Nothing of ours is left; a library's idle handle must not keep the process.
        setTimeout(() => process.exit(), 200).unref()
      })
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
