import type { View } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { linkTo } from '../../net/route.ts'
import { useApi } from '../../net/use-api.ts'
import { Failure } from '../../parts/failure.tsx'
import { Time } from '../../parts/time.tsx'
import { Untrusted } from '../../parts/untrusted.tsx'
import { countText } from '../../text/numbers.ts'

/** The output of a plugin's command, as a table. */
export function PluginView({ id, command }: { id: string; command: string }) {
  const path = `api/plugins/${encodeURIComponent(id)}/view/${encodeURIComponent(command)}`
  const { data, failure, reload } = useApi<View>(path)
  return (
    <>
      <header class="title">
        <h1>
          <a href={linkTo(['plugins', id])}>{id}</a> {command}
        </h1>
        <button type="button" onClick={reload}>
          {t('app.reload')}
        </button>
      </header>
      <Failure failure={failure} isLoading={!data} />
      {data && ('text' in data ? <Text text={data.text} label={command} /> : <Table view={data} label={command} />)}
    </>
  )
}

function Text({ text, label }: { text: string; label: string }) {
  return (
    <pre class="json card" tabIndex={0} role="region" aria-label={label}>
      <Untrusted text={text} limit={20_000} />
    </pre>
  )
}

function Table({ view: { columns, rows }, label }: { view: Exclude<View, { text: string }>; label: string }) {
  if (rows.length === 0) return <p class="card muted">{t('plugins.noRows')}</p>
  return (
    <div class="card scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <caption class="muted">{t('plugins.rows', { count: countText(rows.length) })}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col">
                <Untrusted text={column} limit={80} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td>
                  <Cell text={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

/** Times in a plugin's output are shown in the viewer's time zone. */
function Cell({ text }: { text: string }) {
  const at = ISO.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(at) ? <Untrusted text={text} limit={200} /> : <Time at={at} />
}
