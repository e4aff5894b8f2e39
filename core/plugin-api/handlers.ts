// Written by `npm run docs`.
import type { Handler, Wildcards } from './handler.ts'

/**
 * Handlers by command, by category (`Group.*`) or for all (`*`). Within a plugin, only the most specific one is called.
 * `onUnknown` adds one for a command that timhook does not know. O are the plugin's options, S is its state.
 */
export interface Handlers<O, S> extends Wildcards<O, S> {
  /** REST API call-rate alarm · 接口超频告警 [intl 60256](https://www.tencentcloud.com/document/product/1047/60256) */
  'Alert.RequestOverLimit'?: Handler<'Alert.RequestOverLimit', O, S>
  /** Message to a chatbot · 单聊机器人消息 [intl 68952](https://www.tencentcloud.com/document/product/1047/68952) [cn 90407](https://cloud.tencent.com/document/product/269/90407) */
  'Bot.OnC2CMessage'?: Handler<'Bot.OnC2CMessage', O, S>
  /** Chatbot mentioned in a group · 群内@机器人 [intl 68953](https://www.tencentcloud.com/document/product/1047/68953) */
  'Bot.OnGroupMessage'?: Handler<'Bot.OnGroupMessage', O, S>
  /** Chatbot calls an interface · 接口调用 [cn 113786](https://cloud.tencent.com/document/product/269/113786) [intl 68990](https://www.tencentcloud.com/document/product/1229/68990) */
  'Chatbot.InterfaceInvocation'?: Handler<'Chatbot.InterfaceInvocation', O, S>
  /** Chatbot pass-through message · 智能机器人单聊自定义透传 [intl 59057](https://www.tencentcloud.com/document/product/1047/59057) */
  'Chatbot.OnC2CSignalMessage'?: Handler<'Chatbot.OnC2CSignalMessage', O, S>
  /** One-to-one message extension changed · 设置单聊消息扩展 [intl 76006](https://www.tencentcloud.com/document/product/1047/76006) */
  'C2C.CallbackAfterC2CMsgExtension'?: Handler<'C2C.CallbackAfterC2CMsgExtension', O, S>
  /** One-to-one message edited · 单聊消息编辑之后 [cn 128224](https://cloud.tencent.com/document/product/269/128224) */
  'C2C.CallbackAfterModifyMsg'?: Handler<'C2C.CallbackAfterModifyMsg', O, S>
  /** One-to-one messages marked read · 单聊消息已读上报后 [intl 43465](https://www.tencentcloud.com/document/product/1047/43465) */
  'C2C.CallbackAfterMsgReport'?: Handler<'C2C.CallbackAfterMsgReport', O, S>
  /** One-to-one message recalled · 单聊消息撤回后 [intl 43466](https://www.tencentcloud.com/document/product/1047/43466) */
  'C2C.CallbackAfterMsgWithDraw'?: Handler<'C2C.CallbackAfterMsgWithDraw', O, S>
  /** After a one-to-one message is sent · 发单聊消息之后 [intl 34365](https://www.tencentcloud.com/document/product/1047/34365) [cn 2716](https://cloud.tencent.com/document/product/269/2716) */
  'C2C.CallbackAfterSendMsg'?: Handler<'C2C.CallbackAfterSendMsg', O, S>
  /** Before a one-to-one message is sent · 发单聊消息之前 [intl 34364](https://www.tencentcloud.com/document/product/1047/34364) [cn 1632](https://cloud.tencent.com/document/product/269/1632) */
  'C2C.CallbackBeforeSendMsg'?: Handler<'C2C.CallbackBeforeSendMsg', O, S>
  /** Call ended · 通话结束之后 [intl 68940](https://www.tencentcloud.com/document/product/647/68940) */
  'Call.CallbackAfterEndCall'?: Handler<'Call.CallbackAfterEndCall', O, S>
  /** Call members changed · 通话成员变更之后 [intl 69215](https://www.tencentcloud.com/document/product/647/69215) */
  'Call.CallbackAfterMemberChanged'?: Handler<'Call.CallbackAfterMemberChanged', O, S>
  /** Call recording status · 录制状态变更之后 [intl 80345](https://www.tencentcloud.com/document/product/647/80345) */
  'Call.CallbackAfterRecordChanged'?: Handler<'Call.CallbackAfterRecordChanged', O, S>
  /** Call started · 发起通话之后 [intl 68941](https://www.tencentcloud.com/document/product/647/68941) */
  'Call.CallbackAfterStartCall'?: Handler<'Call.CallbackAfterStartCall', O, S>
  /** Content moderation result · 审核结果 [intl 78240](https://www.tencentcloud.com/document/product/1047/78240) [cn 95616](https://cloud.tencent.com/document/product/269/95616) */
  'ContentCallback.ResultNotify'?: Handler<'ContentCallback.ResultNotify', O, S>
  /** Desk session event · 会话事件 [cn 111212](https://cloud.tencent.com/document/product/269/111212) [intl 68989](https://www.tencentcloud.com/document/product/1229/68989) */
  'Desk.SessionEventNotify'?: Handler<'Desk.SessionEventNotify', O, S>
  /** Users followed · 关注之后 [intl 70355](https://www.tencentcloud.com/document/product/1047/70355) */
  'Follow.CallbackAfterFollowAdd'?: Handler<'Follow.CallbackAfterFollowAdd', O, S>
  /** Users unfollowed · 取关之后 [intl 70356](https://www.tencentcloud.com/document/product/1047/70356) */
  'Follow.CallbackAfterFollowDelete'?: Handler<'Follow.CallbackAfterFollowDelete', O, S>
  /** Group owner changed · 转让群主后 [intl 60396](https://www.tencentcloud.com/document/product/1047/60396) */
  'Group.CallbackAfterChangeGroupOwner'?: Handler<'Group.CallbackAfterChangeGroupOwner', O, S>
  /** Group created · 创建群组之后 [intl 34369](https://www.tencentcloud.com/document/product/1047/34369) [cn 1663](https://cloud.tencent.com/document/product/269/1663) */
  'Group.CallbackAfterCreateGroup'?: Handler<'Group.CallbackAfterCreateGroup', O, S>
  /** Group attributes changed · 群自定义属性变更后 [intl 60394](https://www.tencentcloud.com/document/product/1047/60394) */
  'Group.CallbackAfterGroupAttrChanged'?: Handler<'Group.CallbackAfterGroupAttrChanged', O, S>
  /** Group disbanded · 群组解散之后 [intl 34377](https://www.tencentcloud.com/document/product/1047/34377) [cn 1670](https://cloud.tencent.com/document/product/269/1670) */
  'Group.CallbackAfterGroupDestroyed'?: Handler<'Group.CallbackAfterGroupDestroyed', O, S>
  /** Group is full · 群组满员之后 [intl 34376](https://www.tencentcloud.com/document/product/1047/34376) [cn 1669](https://cloud.tencent.com/document/product/269/1669) */
  'Group.CallbackAfterGroupFull'?: Handler<'Group.CallbackAfterGroupFull', O, S>
  /** Group profile changed · 群组资料变动之后 [intl 34378](https://www.tencentcloud.com/document/product/1047/34378) [cn 2930](https://cloud.tencent.com/document/product/269/2930) */
  'Group.CallbackAfterGroupInfoChanged'?: Handler<'Group.CallbackAfterGroupInfoChanged', O, S>
  /** Group message extension changed · 设置群消息扩展 [intl 76007](https://www.tencentcloud.com/document/product/1047/76007) */
  'Group.CallbackAfterGroupMsgExtension'?: Handler<'Group.CallbackAfterGroupMsgExtension', O, S>
  /** Members left · 群成员离开之后 [intl 34373](https://www.tencentcloud.com/document/product/1047/34373) [cn 1668](https://cloud.tencent.com/document/product/269/1668) */
  'Group.CallbackAfterMemberExit'?: Handler<'Group.CallbackAfterMemberExit', O, S>
  /** Group member profile changed · 群成员资料变更后 [intl 60393](https://www.tencentcloud.com/document/product/1047/60393) */
  'Group.CallbackAfterMemberFieldChanged'?: Handler<'Group.CallbackAfterMemberFieldChanged', O, S>
  /** Members joined · 新成员入群之后 [intl 34372](https://www.tencentcloud.com/document/product/1047/34372) [cn 1667](https://cloud.tencent.com/document/product/269/1667) */
  'Group.CallbackAfterNewMemberJoin'?: Handler<'Group.CallbackAfterNewMemberJoin', O, S>
  /** Group read receipts · 已读回执后 [intl 60395](https://www.tencentcloud.com/document/product/1047/60395) */
  'Group.CallbackAfterReadReceipt'?: Handler<'Group.CallbackAfterReadReceipt', O, S>
  /** Group messages recalled · 撤回群消息之后 [intl 46979](https://www.tencentcloud.com/document/product/1047/46979) */
  'Group.CallbackAfterRecallMsg'?: Handler<'Group.CallbackAfterRecallMsg', O, S>
  /** After a group message is sent · 群内发言之后 [intl 34375](https://www.tencentcloud.com/document/product/1047/34375) [cn 2661](https://cloud.tencent.com/document/product/269/2661) */
  'Group.CallbackAfterSendMsg'?: Handler<'Group.CallbackAfterSendMsg', O, S>
  /** Before a user applies to join · 申请入群之前 [intl 34370](https://www.tencentcloud.com/document/product/1047/34370) [cn 1665](https://cloud.tencent.com/document/product/269/1665) */
  'Group.CallbackBeforeApplyJoinGroup'?: Handler<'Group.CallbackBeforeApplyJoinGroup', O, S>
  /** Before a group is created · 创建群组之前 [intl 34368](https://www.tencentcloud.com/document/product/1047/34368) [cn 1662](https://cloud.tencent.com/document/product/269/1662) */
  'Group.CallbackBeforeCreateGroup'?: Handler<'Group.CallbackBeforeCreateGroup', O, S>
  /** Before users are invited to a group · 拉人入群之前 [intl 34371](https://www.tencentcloud.com/document/product/1047/34371) [cn 1666](https://cloud.tencent.com/document/product/269/1666) */
  'Group.CallbackBeforeInviteJoinGroup'?: Handler<'Group.CallbackBeforeInviteJoinGroup', O, S>
  /** Before a group message is sent · 群内发言之前 [intl 34374](https://www.tencentcloud.com/document/product/1047/34374) [cn 1619](https://cloud.tencent.com/document/product/269/1619) */
  'Group.CallbackBeforeSendMsg'?: Handler<'Group.CallbackBeforeSendMsg', O, S>
  /** Daily group quota alarm · 群组日净增上限阈值告警 [intl 57455](https://www.tencentcloud.com/document/product/1047/57455) */
  'Group.CallbackOnDailyGroupQuotaAlarm'?: Handler<'Group.CallbackOnDailyGroupQuotaAlarm', O, S>
  /** Live-group member presence · 直播群成员在线状态 [intl 48734](https://www.tencentcloud.com/document/product/1047/48734) */
  'Group.CallbackOnMemberStateChange'?: Handler<'Group.CallbackOnMemberStateChange', O, S>
  /** Group message failed · 发送群聊消息异常 [intl 49462](https://www.tencentcloud.com/document/product/1047/49462) */
  'Group.CallbackSendMsgException'?: Handler<'Group.CallbackSendMsgException', O, S>
  /** Cloud recording status · 云端录制状态变更 [intl 78428](https://www.tencentcloud.com/document/product/647/78428) */
  'Follow.CallbackAfterCloudRecordingChanged'?: Handler<'Follow.CallbackAfterCloudRecordingChanged', O, S>
  /** Room owner changed · 房主变更之后 [intl 72553](https://www.tencentcloud.com/document/product/647/72553) */
  'Live.CallbackAfterChangeOwner'?: Handler<'Live.CallbackAfterChangeOwner', O, S>
  /** Battle created · 创建PK之后 [intl 68259](https://www.tencentcloud.com/document/product/647/68259) */
  'Live.CallbackAfterCreateBattle'?: Handler<'Live.CallbackAfterCreateBattle', O, S>
  /** Live room created · 创建直播间之后 [intl 64422](https://www.tencentcloud.com/document/product/647/64422) */
  'Live.CallbackAfterCreateRoom'?: Handler<'Live.CallbackAfterCreateRoom', O, S>
  /** Room quota alarm · 创建房间达70%告警 [intl 70485](https://www.tencentcloud.com/document/product/647/70485) */
  'Live.CallbackAfterCreateRoomReachingThreshold'?: Handler<'Live.CallbackAfterCreateRoomReachingThreshold', O, S>
  /** Room metadata deleted · 删除房间元数据之后 [intl 68223](https://www.tencentcloud.com/document/product/647/68223) */
  'Live.CallbackAfterDelMetadata'?: Handler<'Live.CallbackAfterDelMetadata', O, S>
  /** Live room destroyed · 解散直播间之后 [intl 64423](https://www.tencentcloud.com/document/product/647/64423) */
  'Live.CallbackAfterDestroyRoom'?: Handler<'Live.CallbackAfterDestroyRoom', O, S>
  /** Battle ended · PK结束之后 [intl 68261](https://www.tencentcloud.com/document/product/647/68261) */
  'Live.CallbackAfterEndBattle'?: Handler<'Live.CallbackAfterEndBattle', O, S>
  /** Room member presence · 房间成员状态变更之后 [intl 64424](https://www.tencentcloud.com/document/product/647/64424) */
  'Live.CallbackAfterMemberStateChanged'?: Handler<'Live.CallbackAfterMemberStateChanged', O, S>
  /** Room admins changed · 房间管理员变更之后 [intl 72554](https://www.tencentcloud.com/document/product/647/72554) */
  'Live.CallbackAfterModifyAdmin'?: Handler<'Live.CallbackAfterModifyAdmin', O, S>
  /** Room metadata set · 设置房间元数据之后 [intl 68222](https://www.tencentcloud.com/document/product/647/68222) */
  'Live.CallbackAfterSetMetadata'?: Handler<'Live.CallbackAfterSetMetadata', O, S>
  /** Battle started · PK开始之后 [intl 68260](https://www.tencentcloud.com/document/product/647/68260) */
  'Live.CallbackAfterStartBattle'?: Handler<'Live.CallbackAfterStartBattle', O, S>
  /** Live room updated · 更新直播间信息之后 [intl 67938](https://www.tencentcloud.com/document/product/647/67938) */
  'Live.CallbackAfterUpdateRoomInfo'?: Handler<'Live.CallbackAfterUpdateRoomInfo', O, S>
  /** Before a gift is sent · 送礼之前 [intl 72210](https://www.tencentcloud.com/document/product/647/72210) */
  'Live.CallbackBeforeSendGift'?: Handler<'Live.CallbackBeforeSendGift', O, S>
  /** Seat list changed · 麦位列表变更之后 [intl 64425](https://www.tencentcloud.com/document/product/647/64425) */
  'Mic.CallbackAfterSeatInfoChanged'?: Handler<'Mic.CallbackAfterSeatInfoChanged', O, S>
  /** Users subscribed · 订阅公众号之后 [intl 60800](https://www.tencentcloud.com/document/product/1047/60800) */
  'OfficialAccount.CallbackAfterAddSubscriber'?: Handler<'OfficialAccount.CallbackAfterAddSubscriber', O, S>
  /** Official account created · 创建公众号之后 [intl 60796](https://www.tencentcloud.com/document/product/1047/60796) */
  'OfficialAccount.CallbackAfterCreateOfficialAccount'?: Handler<
    'OfficialAccount.CallbackAfterCreateOfficialAccount',
    O,
    S
  >
  /** Users unsubscribed · 删除订阅者之后 [intl 60802](https://www.tencentcloud.com/document/product/1047/60802) */
  'OfficialAccount.CallbackAfterDeleteSubscriber'?: Handler<'OfficialAccount.CallbackAfterDeleteSubscriber', O, S>
  /** Official messages recalled · 撤回公众号消息之后 [intl 60805](https://www.tencentcloud.com/document/product/1047/60805) */
  'OfficialAccount.CallbackAfterMsgWithDraw'?: Handler<'OfficialAccount.CallbackAfterMsgWithDraw', O, S>
  /** Official account destroyed · 销毁公众号之后 [intl 60798](https://www.tencentcloud.com/document/product/1047/60798) */
  'OfficialAccount.CallbackAfterOfficialAccountDestroyed'?: Handler<
    'OfficialAccount.CallbackAfterOfficialAccountDestroyed',
    O,
    S
  >
  /** Official account is full · 公众号可订阅人数已满之后 [intl 60801](https://www.tencentcloud.com/document/product/1047/60801) */
  'OfficialAccount.CallbackAfterOfficialAccountFull'?: Handler<'OfficialAccount.CallbackAfterOfficialAccountFull', O, S>
  /** Official account profile changed · 公众号资料变动之后 [intl 60797](https://www.tencentcloud.com/document/product/1047/60797) */
  'OfficialAccount.CallbackAfterOfficialAccountInfoChanged'?: Handler<
    'OfficialAccount.CallbackAfterOfficialAccountInfoChanged',
    O,
    S
  >
  /** Official message sent · 发公众号消息之后 [intl 60804](https://www.tencentcloud.com/document/product/1047/60804) */
  'OfficialAccount.CallbackAfterSendMsg'?: Handler<'OfficialAccount.CallbackAfterSendMsg', O, S>
  /** Before users subscribe · 订阅公众号之前 [intl 60799](https://www.tencentcloud.com/document/product/1047/60799) */
  'OfficialAccount.CallbackBeforeAddSubscriber'?: Handler<'OfficialAccount.CallbackBeforeAddSubscriber', O, S>
  /** Before an official account is created · 创建公众号之前 [intl 60795](https://www.tencentcloud.com/document/product/1047/60795) */
  'OfficialAccount.CallbackBeforeCreateOfficialAccount'?: Handler<
    'OfficialAccount.CallbackBeforeCreateOfficialAccount',
    O,
    S
  >
  /** Before an official message is sent · 发公众号消息之前 [intl 60803](https://www.tencentcloud.com/document/product/1047/60803) */
  'OfficialAccount.CallbackBeforeSendMsg'?: Handler<'OfficialAccount.CallbackBeforeSendMsg', O, S>
  /** User profile updated · 更新资料之后 [intl 48733](https://www.tencentcloud.com/document/product/1047/48733) */
  'Profile.CallbackPortraitSet'?: Handler<'Profile.CallbackPortraitSet', O, S>
  /** Push result: all/tag/single · 全员/标签/单推推送结果 [intl 67551](https://www.tencentcloud.com/document/product/1047/67551) [cn 102568](https://cloud.tencent.com/document/product/269/102568) */
  'Push.AllMemberPush'?: Handler<'Push.AllMemberPush', O, S>
  /** Push result: chat messages · 普通推送结果 [intl 67552](https://www.tencentcloud.com/document/product/1047/67552) [cn 102567](https://cloud.tencent.com/document/product/269/102567) */
  'Push.OfflinePush'?: Handler<'Push.OfflinePush', O, S>
  /** Conference room created · 创建房间之后 [intl 60733](https://www.tencentcloud.com/document/product/647/60733) */
  'Room.CallbackAfterCreateRoom'?: Handler<'Room.CallbackAfterCreateRoom', O, S>
  /** Conference room destroyed · 解散房间之后 [intl 60732](https://www.tencentcloud.com/document/product/647/60732) */
  'Room.CallbackAfterDestroyRoom'?: Handler<'Room.CallbackAfterDestroyRoom', O, S>
  /** Members entered · 进入房间之后 [intl 60735](https://www.tencentcloud.com/document/product/647/60735) */
  'Room.CallbackAfterMemberEnter'?: Handler<'Room.CallbackAfterMemberEnter', O, S>
  /** Members left · 离开房间之后 [intl 60734](https://www.tencentcloud.com/document/product/647/60734) */
  'Room.CallbackAfterMemberLeave'?: Handler<'Room.CallbackAfterMemberLeave', O, S>
  /** Conference room updated · 更新房间信息之后 [intl 60731](https://www.tencentcloud.com/document/product/647/60731) */
  'Room.CallbackAfterUpdateRoomInfo'?: Handler<'Room.CallbackAfterUpdateRoomInfo', O, S>
  /** Users blocklisted · 添加黑名单之后 [intl 34361](https://www.tencentcloud.com/document/product/1047/34361) [cn 1660](https://cloud.tencent.com/document/product/269/1660) */
  'Sns.CallbackBlackListAdd'?: Handler<'Sns.CallbackBlackListAdd', O, S>
  /** Users removed from blocklist · 删除黑名单之后 [intl 34362](https://www.tencentcloud.com/document/product/1047/34362) [cn 1661](https://cloud.tencent.com/document/product/269/1661) */
  'Sns.CallbackBlackListDelete'?: Handler<'Sns.CallbackBlackListDelete', O, S>
  /** Friends added · 添加好友之后 [intl 34359](https://www.tencentcloud.com/document/product/1047/34359) [cn 1657](https://cloud.tencent.com/document/product/269/1657) */
  'Sns.CallbackFriendAdd'?: Handler<'Sns.CallbackFriendAdd', O, S>
  /** Friends deleted · 删除好友之后 [intl 34360](https://www.tencentcloud.com/document/product/1047/34360) [cn 1659](https://cloud.tencent.com/document/product/269/1659) */
  'Sns.CallbackFriendDelete'?: Handler<'Sns.CallbackFriendDelete', O, S>
  /** Before friends are added · 添加好友之前 [intl 43468](https://www.tencentcloud.com/document/product/1047/43468) */
  'Sns.CallbackPrevFriendAdd'?: Handler<'Sns.CallbackPrevFriendAdd', O, S>
  /** Before a friend request is answered · 添加好友回应之前 [intl 43467](https://www.tencentcloud.com/document/product/1047/43467) */
  'Sns.CallbackPrevFriendResponse'?: Handler<'Sns.CallbackPrevFriendResponse', O, S>
  /** User online state changed · 状态变更 [intl 34357](https://www.tencentcloud.com/document/product/1047/34357) [cn 2570](https://cloud.tencent.com/document/product/269/2570) */
  'State.StateChange'?: Handler<'State.StateChange', O, S>
  /** Topic created · 创建话题之后 [intl 49464](https://www.tencentcloud.com/document/product/1047/49464) */
  'Group.CallbackAfterCreateTopic'?: Handler<'Group.CallbackAfterCreateTopic', O, S>
  /** Topics deleted · 解散话题之后 [intl 49465](https://www.tencentcloud.com/document/product/1047/49465) */
  'Group.CallbackAfterTopicDestroyed'?: Handler<'Group.CallbackAfterTopicDestroyed', O, S>
  /** Topic profile changed · 话题资料修改之后 [intl 49466](https://www.tencentcloud.com/document/product/1047/49466) */
  'Group.CallbackAfterTopicInfoChanged'?: Handler<'Group.CallbackAfterTopicInfoChanged', O, S>
  /** Before a topic is created · 创建话题之前 [intl 49463](https://www.tencentcloud.com/document/product/1047/49463) */
  'Group.CallbackBeforeCreateTopic'?: Handler<'Group.CallbackBeforeCreateTopic', O, S>
}
