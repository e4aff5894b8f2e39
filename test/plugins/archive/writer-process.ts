// A server's part that matters here: it runs the plugin, and confirms each callback that is in the database.
import { startArchive } from '../../../plugins/archive/archive.ts'
import type { Received } from '../../../plugins/archive/callbacks/read-callback.ts'
import type { OnRecall } from '../../../plugins/archive/rows/merge.ts'

const [url = '', onRecall] = (process.argv[2] ?? '').split(' ')
const quiet = { warn: () => undefined, info: () => undefined }
const archive = startArchive(
  { url, onRecall: onRecall as OnRecall },
  {
    log: quiet as unknown as Parameters<typeof startArchive>[1]['log'],
    count: () => undefined,
    signal: new AbortController().signal,
  },
)

process.on('message', ({ index, callback }: { index: number; callback: Received }) => {
  void archive.then((started) => started.write(callback)).then(() => process.send?.({ done: index }))
})
