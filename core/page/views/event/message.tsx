import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { duration, t } from '../../i18n/text.ts'
import { Untrusted } from '../../parts/untrusted.tsx'
import { type Element, elementsOf, isRecord, textOf, webAddress } from '../../text/message.ts'
import { bytesText, countText } from '../../text/numbers.ts'

/** How many are drawn at first, and with each click. */
const STEP = 20
/** Messages forwarded in forwarded messages are drawn this deep. */
const MAX_DEPTH = 4
const TEXT_LIMIT = 2000

/** A message, drawn by its types. Nothing is loaded: pictures and files are links. */
export function Message({ elements, depth }: { elements: readonly Element[]; depth: number }) {
  const [shown, setShown] = useState(STEP)
  const left = elements.length - shown
  return (
    <ol class="message">
      {elements.slice(0, shown).map((element) => (
        <li>
          <Drawn element={element} depth={depth} />
        </li>
      ))}
      {left > 0 && (
        <li>
          <button type="button" class="link" onClick={() => setShown(shown + STEP * 10)}>
            {t('app.more')} ({countText(left)})
          </button>
        </li>
      )}
    </ol>
  )
}

function Drawn({ element: { type, content }, depth }: { element: Element; depth: number }) {
  switch (type) {
    case 'TIMTextElem':
      return (
        <p class="said">
          <Untrusted text={textOf(content['Text'])} limit={TEXT_LIMIT} />
        </p>
      )
    case 'TIMImageElem':
      return <Pictures infos={content['ImageInfoArray']} />
    case 'TIMSoundElem':
      return <Media name={t('event.msg.sound')} address={content['Url']} notes={[seconds(content['Second'])]} />
    case 'TIMFileElem':
      return (
        <Media
          name={t('event.msg.file')}
          address={content['Url']}
          notes={[textOf(content['FileName']), size(content['FileSize'])]}
        />
      )
    case 'TIMVideoFileElem':
      return (
        <Media
          name={t('event.msg.video')}
          address={content['VideoUrl']}
          notes={[seconds(content['VideoSecond']), size(content['VideoSize'])]}
        />
      )
    case 'TIMLocationElem':
      return (
        <Kind name={t('event.msg.location')}>
          <Untrusted text={[content['Desc'], content['Latitude'], content['Longitude']].map(textOf).join(' ')} />
        </Kind>
      )
    case 'TIMFaceElem':
      return <Kind name={t('event.msg.face', { index: textOf(content['Index']) })} />
    case 'TIMRelayElem':
      return <Relay content={content} depth={depth} />
    case 'TIMCustomElem':
      return <Fields name={t('event.msg.custom')} content={content} />
    default:
      return <Fields name={`${t('event.msg.other')} ${type}`} content={content} />
  }
}

function Kind({ name, children }: { name: string; children?: ComponentChildren }) {
  return (
    <div class="element">
      <span class="kind">
        <Untrusted text={name} limit={80} />
      </span>{' '}
      {children}
    </div>
  )
}

function Media({ name, address, notes }: { name: string; address: unknown; notes: readonly string[] }) {
  return (
    <Kind name={name}>
      <Untrusted text={notes.filter((note) => note !== '').join(', ')} limit={200} /> <Address address={address} />
    </Kind>
  )
}

/** A link that shows where it leads. An address that is not http(s) is shown as text. */
function Address({ address }: { address: unknown }) {
  const href = webAddress(address)
  const text = textOf(address)
  if (href === undefined) return <Untrusted text={text} limit={200} />
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      <Untrusted text={href} limit={120} />
    </a>
  )
}

function Pictures({ infos }: { infos: unknown }) {
  const pictures = Array.isArray(infos) ? infos.filter(isRecord) : []
  return (
    <Kind name={t('event.msg.image')}>
      <ul>
        {pictures.slice(0, STEP).map((info) => (
          <li>
            <Untrusted text={`${textOf(info['Width'])}×${textOf(info['Height'])}`} limit={40} /> {size(info['Size'])}{' '}
            <Address address={info['URL'] ?? info['Url']} />
          </li>
        ))}
      </ul>
    </Kind>
  )
}

function Relay({ content, depth }: { content: Element['content']; depth: number }) {
  const list = Array.isArray(content['MsgList']) ? content['MsgList'].filter(isRecord) : []
  return (
    <Kind name={t('event.msg.relay')}>
      <Untrusted text={textOf(content['Title'])} limit={200} />
      {depth < MAX_DEPTH &&
        list.slice(0, STEP).map((message) => (
          <div class="relayed">
            <strong>
              <Untrusted text={textOf(message['From_Account'])} limit={80} />
            </strong>
            <Message elements={elementsOf(message['MsgBody']) ?? []} depth={depth + 1} />
          </div>
        ))}
    </Kind>
  )
}

function Fields({ name, content }: { name: string; content: Element['content'] }) {
  return (
    <Kind name={name}>
      <dl class="facts">
        {Object.entries(content)
          .slice(0, STEP)
          .map(([key, value]) => (
            <>
              <dt>
                <Untrusted text={key} limit={80} />
              </dt>
              <dd>
                <Untrusted text={typeof value === 'string' ? value : JSON.stringify(value)} limit={TEXT_LIMIT} />
              </dd>
            </>
          ))}
      </dl>
    </Kind>
  )
}

function seconds(value: unknown): string {
  return typeof value === 'number' ? duration(value * 1000) : ''
}

function size(value: unknown): string {
  return typeof value === 'number' && value >= 0 ? bytesText(value) : ''
}
