import type { Egress } from '../../egress/egress.ts'
import type { Configuration } from '../source.ts'
import { type Connector, ConnectorFailure } from './connector.ts'
import { openHiding } from './hide-secrets.ts'

export interface ConnectorContext {
  readonly egress: Egress
}

/** Opens one type of source; its configuration has its secrets in clear. */
type OpenConnectorOfType = (configuration: Configuration, context: ConnectorContext) => Promise<Connector>

/** By type; what a type needs is loaded when the first source of it is opened. */
const openers: Readonly<Record<string, () => Promise<OpenConnectorOfType>>> = {
  databricks: async () => (await import('./databricks.ts')).openDatabricks,
  github: async () => (await import('./github.ts')).openGithub,
  google_drive: async () => (await import('./google-drive.ts')).openGoogleDrive,
  s3: async () => (await import('./s3.ts')).openS3,
  web: async () => (await import('./web.ts')).openWeb,
}

/** Throws `ConnectorFailure` when the configuration is not complete, or the type has no connector. */
export type OpenConnector = (type: string, configuration: Configuration) => Promise<Connector>

export function createOpenConnector(context: ConnectorContext): OpenConnector {
  return async (type, configuration) => {
    const load = openers[type]
    if (load === undefined) throw new ConnectorFailure(`Sources of type ${type} cannot be connected to.`)
    const open = await load()
    return await openHiding(type, configuration, () => open(configuration, context))
  }
}
