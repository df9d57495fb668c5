import { Sparkles } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { describeError } from '../ui/describe-error.ts'
import { notify } from '../ui/notify.ts'
import { useUploadList } from './UploadProvider.tsx'

const samples = ['handbook.md', 'products.csv', 'support-questions.md'] as const

/** Adds a few documents of an imagined company, by the same way as anybody's own. */
export function SampleButton({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const uploads = useUploadList()
  const [isBusy, setIsBusy] = useState(false)
  async function add(): Promise<void> {
    setIsBusy(true)
    try {
      const files = samples.map(
        async (name) => new File([await (await quory.request(`/samples/${name}`)).blob()], name),
      )
      uploads.add(projectId, await Promise.all(files))
    } catch (error) {
      notify('problem', describeError(error, t))
    } finally {
      setIsBusy(false)
    }
  }
  return (
    <Button isBusy={isBusy} onClick={() => void add()}>
      <Sparkles />
      {t('data.empty.samples')}
    </Button>
  )
}
