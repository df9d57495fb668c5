import type { Configuration } from '../source.ts'
import { type Connector, ConnectorFailure } from './connector.ts'

/** Opens one type of source; its configuration has its secrets in clear. */
type OpenConnectorOfType = (configuration: Configuration) => Promise<Connector>

/** By type; what a type needs is loaded when the first source of it is opened. */
const openers: Readonly<Record<string, () => Promise<OpenConnectorOfType>>> = {}

export type OpenConnector = (type: string, configuration: Configuration) => Promise<Connector>

/** Throws `ConnectorFailure` when the configuration is not complete, or the type has no connector. */
export const openConnector: OpenConnector = async (type, configuration) => {
  const load = openers[type]
  if (load === undefined) throw new ConnectorFailure(`Sources of type ${type} cannot be connected to.`)
  return await (await load())(configuration)
}
