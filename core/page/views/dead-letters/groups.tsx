import type { DeadLetterGroup } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { Untrusted } from '../../parts/untrusted.tsx'
import { countText } from '../../text/numbers.ts'
import type { Many } from './many-dialog.tsx'

interface GroupsProps {
  readonly groups: readonly DeadLetterGroup[]
  readonly onShow: (group: DeadLetterGroup) => void
  readonly onMany: (many: Many) => void
}

/** One line for each plugin and reason. */
export function Groups({ groups, onShow, onMany }: GroupsProps) {
  return (
    <section class="card">
      <h2>{t('dead.groups')}</h2>
      <ul class="groups">
        {groups.map((group) => (
          <li>
            <span class="number">
              {group.truncated ? t('dead.atLeast', { count: countText(group.count) }) : countText(group.count)}
            </span>
            <span class="what">
              <strong>{group.plugin}</strong>
              <span class="error">
                <Untrusted text={group.reason} limit={200} />
              </span>
            </span>
            <span class="buttons">
              <button type="button" onClick={() => onShow(group)}>
                {t('dead.show')}
              </button>
              <button type="button" onClick={() => onMany(manyOf(group, 'retry'))}>
                {t('dead.retryAll')}
              </button>
              <button type="button" onClick={() => onMany(manyOf(group, 'drop'))}>
                {t('dead.dropAll')}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function manyOf({ plugin, reason, count }: DeadLetterGroup, kind: Many['kind']): Many {
  return { kind, plugin, count, reason, request: { plugin, reason, all: true, count } }
}
