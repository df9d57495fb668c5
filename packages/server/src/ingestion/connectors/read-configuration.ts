import type { Configuration } from '../source.ts'
import { ConnectorFailure } from './connector.ts'

export function optionalText(configuration: Configuration, name: string): string | undefined {
  const value = configuration[name]
  if (typeof value === 'number') return String(value)
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? undefined : text
}

export function requiredText(configuration: Configuration, name: string): string {
  const text = optionalText(configuration, name)
  if (text === undefined) throw new ConnectorFailure(`The field ${name} is missing.`)
  return text
}

/** A secret that goes into a header. What cannot stand there is refused here: the error of the client would repeat it. */
export function requiredToken(configuration: Configuration, name: string): string {
  return optionalToken(configuration, name) ?? requiredText(configuration, name)
}

export function optionalToken(configuration: Configuration, name: string): string | undefined {
  const token = optionalText(configuration, name)
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new ConnectorFailure(`The field ${name} holds spaces or characters that no token has. Copy it again.`)
  }
  return token
}

/** A list separated by commas or line ends. */
export function textList(configuration: Configuration, name: string): string[] {
  const parts = (optionalText(configuration, name) ?? '').split(/[,\n]/)
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** The address of a service, without a path at its end. `https` unless it says otherwise. */
export function serviceUrl(text: string, name: string): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  const isUsable = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  if (!isUsable)
    throw new ConnectorFailure(`The field ${name} is no address of a server: it should look like https://host.`)
  url.hash = ''
  url.search = ''
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}
