import { isSealed, type SecretBox, SecretLostError } from '../secrets/secret-box.ts'
import { ConnectorFailure } from './connectors/connector.ts'
import type { Configuration, SourceRef } from './source.ts'
import { isSecretField } from './source-types.ts'

function placeOf({ projectId, sourceId }: SourceRef, name: string): string {
  return `${projectId}/${sourceId}/${name}`
}

/** A configuration as it is stored: its secrets encrypted. What is encrypted already stays as it is. */
export function sealConfiguration(
  box: SecretBox,
  ref: SourceRef,
  type: string,
  configuration: Configuration,
): Configuration {
  return mapSecrets(type, configuration, (value, name) =>
    isSealed(value) ? value : box.seal(JSON.stringify(value), placeOf(ref, name)),
  )
}

/** A stored configuration with its secrets in clear, for its connector alone. Throws `ConnectorFailure` in words. */
export function openConfiguration(
  box: SecretBox,
  ref: SourceRef,
  type: string,
  configuration: Configuration,
): Configuration {
  return mapSecrets(type, configuration, (value, name) => {
    try {
      return isSealed(value) ? (JSON.parse(box.open(value, placeOf(ref, name))) as unknown) : value
    } catch (error) {
      if (!(error instanceof SecretLostError)) throw error
      const message = `The stored ${name} cannot be read: it was stored with another QUORY_SECRET. Enter it again, or give the old one in QUORY_SECRET_PREVIOUS.`
      throw new ConnectorFailure(message, { cause: error })
    }
  })
}

function mapSecrets(
  type: string,
  configuration: Configuration,
  change: (value: unknown, name: string) => unknown,
): Configuration {
  return Object.fromEntries(
    Object.entries(configuration).map(([name, value]) => [
      name,
      isSecretField(type, name) && isSet(value) ? change(value, name) : value,
    ]),
  )
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

/** Stored with the source, so that those sealed with an older key are found; null when it has no secrets. */
export function sealingKey(box: SecretBox, type: string, configuration: Configuration): string | null {
  const hasSecrets = Object.entries(configuration).some(([name, value]) => isSecretField(type, name) && isSet(value))
  return hasSecrets ? (box.keyId ?? null) : null
}
