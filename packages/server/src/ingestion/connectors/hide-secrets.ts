import { type Configuration, secretMask } from '../source.ts'
import { isSecretField } from '../source-types.ts'
import type { Connector } from './connector.ts'

/** Anything shorter would be found in words that have nothing to do with it. */
const leastLength = 6
const deepestCause = 6

/**
 * Services repeat what they were sent, in refusals that are shown and stored and in faults that are logged: of a source's
 * secrets nothing comes out of its connector.
 */
export async function openHiding(
  type: string,
  configuration: Configuration,
  open: () => Promise<Connector>,
): Promise<Connector> {
  const secrets = secretsOf(type, configuration)
  const hide = (text: string) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, secretMask), text)
  const hideIn = (error: unknown) => {
    for (let each = error, depth = 0; each instanceof Error && depth < deepestCause; each = each.cause, depth++) {
      each.message = hide(each.message)
      each.stack = hide(each.stack ?? '')
    }
    return error
  }
  const guard = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      throw hideIn(error)
    }
  }
  const connector = await guard(open)
  return {
    check: async (signal) => hide(await guard(() => connector.check(signal))),
    list: async function* (options) {
      try {
        return yield* connector.list(options)
      } catch (error) {
        throw hideIn(error)
      }
    },
    fetch: (file, options) => guard(() => connector.fetch(file, options)),
    [Symbol.asyncDispose]: () => connector[Symbol.asyncDispose](),
  }
}

/** The lines of a private key each for itself as well: whoever quotes one seldom quotes all. */
function secretsOf(type: string, configuration: Configuration): readonly string[] {
  return Object.entries(configuration)
    .flatMap(([name, value]) => (typeof value === 'string' && isSecretField(type, name) ? [value] : []))
    .flatMap((secret) => [secret, ...secret.split(/\n|\\n/)])
    .map((secret) => secret.trim())
    .filter((secret) => secret.length >= leastLength && !/^-+(?:BEGIN|END) [A-Z ]+-+$/.test(secret))
    .toSorted((a, b) => b.length - a.length)
}
