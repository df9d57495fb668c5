import { RotateCw, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { describeError } from '../ui/describe-error.ts'
import { IconButton } from '../ui/IconButton.tsx'
import { Progress } from '../ui/Progress.tsx'
import { formatBytes } from './format-bytes.ts'
import { useUploadList } from './UploadProvider.tsx'
import type { Upload } from './upload-list.ts'

export function UploadRow({ upload }: { readonly upload: Upload }) {
  const { t, i18n } = useTranslation()
  const uploads = useUploadList()
  const { file, state, id } = upload
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <div className="grid min-w-0 flex-1 grid-cols-1 gap-1.5">
        <p className="truncate text-sm font-medium">{file.name}</p>
        {state.type === 'failed' ? (
          <p role="alert" className="text-xs text-destructive wrap-anywhere">
            {describeError(state.error, t)}
          </p>
        ) : (
          <>
            <p className="text-xs text-muted-foreground">
              {formatBytes(file.size, i18n.language)} ·{' '}
              {state.type === 'waiting'
                ? t('data.waitingToSend')
                : t('data.sending', { percent: Math.round(state.part * 100) })}
            </p>
            <Progress
              label={t('data.sendingOf', { name: file.name })}
              percent={state.type === 'waiting' ? null : state.part * 100}
            />
          </>
        )}
      </div>
      {state.type === 'failed' ? (
        <IconButton label={t('ui.tryAgain')} onClick={() => uploads.retry(id)}>
          <RotateCw />
        </IconButton>
      ) : null}
      <IconButton
        label={t(state.type === 'failed' ? 'data.dismiss' : 'data.stopSending', { name: file.name })}
        onClick={() => uploads.remove(id)}
      >
        <X />
      </IconButton>
    </li>
  )
}
