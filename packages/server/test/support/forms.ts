/** A multipart form with text fields and files, in the order given. */
export function aForm(
  ...parts: readonly (readonly [field: string, value: string | Blob, fileName?: string])[]
): FormData {
  const form = new FormData()
  for (const [field, value, fileName] of parts) {
    if (typeof value === 'string') form.append(field, value)
    else form.append(field, value, fileName ?? 'file.txt')
  }
  return form
}

export function aFile(content: string | Uint8Array): Blob {
  // A Uint8Array of our own is never shared memory, which is all that BlobPart excludes.
  return new Blob([content as string])
}
