import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { version } from '../version.ts'

/** argv → one file of this folder, which is loaded only when its command runs. */
export async function runCommand(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const program = new Command('quory')
    .description('A self-hosted conversation server: people and programs chat with their own data.')
    .version(version)
    .showHelpAfterError('Run with --help to see what there is.')
    .addHelpText('after', '\nSettings come from environment variables; "quory config" lists them all.')

  program
    .command('serve', { isDefault: true })
    .description('Start the server: migrates the database, then answers on HOST and PORT until it is told to stop.')
    .option('--no-worker', 'take requests only: answers and files are left to "quory worker" (needs DATABASE_URL)')
    .action(async (options) => (await import('./serve.ts')).serve(env, options))
  program
    .command('worker')
    .description(
      'Run answers and read files without HTTP, for servers on the same DATABASE_URL, until it is told to stop.',
    )
    .action(async () => (await import('./worker.ts')).work(env))
  program
    .command('migrate')
    .description('Bring the database up to date and stop. "serve" does the same at its start.')
    .action(async () => (await import('./migrate.ts')).migrateDatabase(env))
  program
    .command('ask')
    .description('Ask one question and print the answer as it comes, with its sources below.')
    .argument('<question>', 'what to ask')
    .option('-p, --project <id or name>', "the project to ask; unset: the administrator's own")
    .option('-m, --model <name>', 'the model that answers; unset: the default one')
    .action(async (question, options) => (await import('./ask.ts')).ask(env, { question, ...options }))
  program
    .command('ingest')
    .description('Add files to a project and wait until they can be searched.')
    .argument('<files...>', 'files to add')
    .option('-p, --project <id or name>', "the project to add to; unset: the administrator's own")
    .action(async (files, options) => (await import('./ingest.ts')).ingest(env, { files, ...options }))
  addKeyCommands(program, env)
  addSecretCommands(program, env)
  program
    .command('link')
    .description('Print a link that lets somebody sign in and set a password: you again, or whoever you invite.')
    .argument('[e-mail]', 'who is let in, invited if they are new; unset: the administrator')
    .option('-n, --name <name>', 'what a new user is called')
    .option('-r, --role <role>', 'what a new user is: user or admin', parseRole, 'user')
    .addHelpText('after', '\nA link works once, within seven days. Whoever had a password before gets a new one by it.')
    .action(async (email, options) => (await import('./link.ts')).printLink(env, email, options))
  program
    .command('nodes')
    .description('Show the servers and workers that share this data, what they do and whether they still respond.')
    .action(async () => (await import('./nodes.ts')).listNodes(env))
  program
    .command('config')
    .description('Print every setting with its meaning and the value in force, secrets masked.')
    .action(async () => (await import('./print-config.ts')).printConfig(env))
  program
    .command('backup')
    .description('Write everything the server keeps into one tar file, also while it runs (SQLite only).')
    .argument('<file>', 'the file to write; it must not exist')
    .addHelpText(
      'after',
      '\nTo restore, unpack the file into an empty data folder and start with QUORY_DATA_DIR set to it.\nWith PostgreSQL use pg_dump: everything is in the database.',
    )
    .action(async (file) => (await import('./backup.ts')).backup(env, file))

  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode
    else {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
      process.exitCode = 1
    }
  }
}

function addKeyCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const keys = program.command('keys').description("Make, list and revoke the administrator's API keys.")
  keys
    .command('list')
    .description('List keys by name, prefix, scope and last use.')
    .action(async () => (await import('./keys.ts')).listKeys(env))
  keys
    .command('create')
    .description('Make a key and print it; it is shown this once.')
    .option('-n, --name <name>', 'what the key is for')
    .option('-s, --scope <scope>', 'read, chat or admin', parseScope, 'chat')
    .option('-d, --days <days>', 'days until it expires; unset: never', parseDays)
    .action(async (options) => (await import('./keys.ts')).createKey(env, options))
  keys
    .command('revoke')
    .description('Make a key stop working within five seconds.')
    .argument('<id>', 'id of the key, as listed')
    .action(async (id) => (await import('./keys.ts')).revokeKey(env, id))
}

function addSecretCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('secrets')
    .description('Look after the secret that passwords of data sources are encrypted with.')
    .command('rotate')
    .description(
      'Encrypt all passwords of data sources with QUORY_SECRET that an older secret encrypted, and say how many. Can be run again after it was cut off.',
    )
    .addHelpText(
      'after',
      '\nSet QUORY_SECRET to the new secret and QUORY_SECRET_PREVIOUS to the old one. With SQLite, stop the server first.\nServers on PostgreSQL may run on if they know both: start them with the new one in QUORY_SECRET_PREVIOUS before, and\nwith the new one alone afterwards.',
    )
    .action(async () => (await import('./rotate-secrets.ts')).rotateSecrets(env))
}

function parseScope(text: string): string {
  if (['read', 'chat', 'admin'].includes(text)) return text
  throw new InvalidArgumentError('It must be read, chat or admin.')
}

function parseRole(text: string): string {
  if (['user', 'admin'].includes(text)) return text
  throw new InvalidArgumentError('It must be user or admin.')
}

function parseDays(text: string): number {
  const days = Number(text)
  if (Number.isInteger(days) && days > 0 && days < 100_000) return days
  throw new InvalidArgumentError('It must be a whole number of days.')
}
