import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { installedFolder } from '../readme/timhook.ts'
import { openInLanguageServer } from './language-server.ts'

/** An author's file. Of a name after a mark, an editor is to show what the comment at the end of its line says. */
const FILE = `import { definePlugin } from 'timhook/plugin'

export default definePlugin({
  name: 'hovers',
  handlers: {
    /*?*/'Group.CallbackAfterNewMemberJoin': ({ body }) => { // · 新成员入群之后 [intl 34372](https://www.tencentcloud.com/
      void body./*?*/GroupId // Group. [intl 34372](https://www.tencentcloud.com/document/product/1047/34372)
      void body./*?*/NewMemberList // Users who joined. [intl 34372]
      void body.NewMemberList?.[0]?./*?*/Member_Account // User id.
      body.NewMemberList?.map((member) => member./*?*/Member_Account) // User id.
    },
    'Group.CallbackAfterReadReceipt': ({ body }) => {
      void body.GroupMsgReceiptList?.[0]?./*?*/UnreadNum // How many have not. [intl 60395]
    },
    'Group.CallbackAfterGroupMsgExtension': ({ body }) => {
      for (const { /*?*/Value } of body.ExtensionList ?? []) void Value // Value; empty if it was deleted.
    },
    'Profile.CallbackPortraitSet': ({ body }) => {
      void body.ProfileItem?.[0]?./*?*/Tag // Name of the field, such as Tag_Profile_IM_Nick
    },
    'Group.CallbackBeforeSendMsg': ({ body, allow }) => {
      const [element] = body./*?*/MsgBody // [intl 34374]
      void element?./*?*/MsgType // Kind of the element, such as TIMTextElem.
      void element?./*?*/MsgContent // Content; its shape depends on MsgType.
      if (element?.MsgType === 'TIMTextElem') void element.MsgContent./*?*/Text // The text.
      if (element?.MsgType === 'TIMImageElem') void element.MsgContent.ImageInfoArray?.[0]?./*?*/URL // Where to download it.
      if (element?.MsgType === 'TIMRelayElem') void element.MsgContent.MsgList?.[0]?./*?*/MsgBody // Elements of the message.
      return allow({
        /*?*/CloudCustomData: '', // Replaces the custom data.
      })
    },
  },
})
`

describe('an editor that shows the types of a plugin', () => {
  it('says of commands and fields, of those of list members and answers too, what they are and where that is documented', async () => {
    const folder = await installedFolder()
    const file = join(folder, 'hovers.ts')
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const compilerOptions = { strict: true, module: 'nodenext', target: 'es2023', types: ['node'], noEmit: true }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    await writeFile(file, FILE)
    const server = await openInLanguageServer(file)
    const marked = [...FILE.matchAll(/\/\*\?\*\/('?\w+).*? \/\/ (.*)$/gm)]
    expect(marked).to.have.length(15)
    for (const { index, 1: name = '', 2: expected } of marked) {
      expect(await server.hover(index + '/*?*/'.length), name).to.contain(expected)
    }
  })
})
