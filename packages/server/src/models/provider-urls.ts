export const openAiUrl = 'https://api.openai.com/v1'
export const anthropicUrl = 'https://api.anthropic.com/v1'
export const googleUrl = 'https://generativelanguage.googleapis.com/v1beta'

export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

/** `http://127.0.0.1:11434` and `http://127.0.0.1:11434/v1/` both mean the latter. */
export function withVersion(url: string): string {
  const plain = withoutSlash(url)
  return /\/v\d+\w*$/.test(plain) ? plain : `${plain}/v1`
}
