import type { PluginSummary } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { linkTo } from '../../net/route.ts'
import { JsonView } from '../../parts/json-view.tsx'

/** Which callbacks a plugin gets. */
export function Handles({ plugin: { handles, only } }: { plugin: PluginSummary }) {
  return (
    <section class="card">
      <h2>{t('plugins.handles')}</h2>
      <Commands name={t('plugins.before')} commands={handles.before} />
      <Commands name={t('plugins.after')} commands={handles.after} />
      {only !== undefined && (
        <>
          <h3>{t('plugins.only')}</h3>
          <JsonView json={JSON.stringify(only)} label={t('plugins.only')} />
        </>
      )}
    </section>
  )
}

function Commands({ name, commands }: { name: string; commands: readonly string[] }) {
  if (commands.length === 0) return null
  return (
    <>
      <h3>{name}</h3>
      <ul class="commands">
        {commands.map((command) => (
          <li>
            <a href={linkTo(['events'], { command })}>{command}</a>
          </li>
        ))}
      </ul>
    </>
  )
}
