import { Type } from '#typebox'
import { List, Shape } from './shape.ts'
import { Bool, Decimal, Integer, Text } from './wire.ts'

// Contents of the elements of a message (intl 33527). Clients of SDK 2 and 3 send media without URLs and flags.

const DownloadFlag = Integer('How to download: 2 is by the URL', { values: [2] })
const UUID = Text('Id of the file')

export const textContent = Shape('Text', { Text: Text('The text') })
export interface TextContent extends Type.Static<typeof textContent> {}

export const locationContent = Shape('Place', {
  Desc: Text('Name of the place'),
  Latitude: Decimal('Degrees'),
  Longitude: Decimal('Degrees'),
})
export interface LocationContent extends Type.Static<typeof locationContent> {}

export const faceContent = Shape('Sticker', {
  Index: Integer('Number of the sticker, as the app counts'),
  Data: Text('Custom data of the app'),
})
export interface FaceContent extends Type.Static<typeof faceContent> {}

export const customContent = Shape('Content of the app', {
  Data: Text('Anything, as the app likes; often JSON'),
  Desc: Text('Shown in offline pushes'),
  Ext: Text('More data; the payload of offline pushes'),
  Sound: Text('File name of the sound of offline pushes'),
})
export interface CustomContent extends Type.Static<typeof customContent> {}

export const soundContent = Shape('Voice', {
  Url: Text('Where to download it'),
  URL: Text('Another spelling of Url'),
  UUID,
  Size: Integer('Bytes'),
  Second: Decimal('Length in seconds'),
  Download_Flag: DownloadFlag,
})
export interface SoundContent extends Type.Static<typeof soundContent> {}

const imageInfo = Shape('One size of the image', {
  Type: Integer('1: original, 2: large, 3: thumbnail', { values: [1, 2, 3] }),
  Size: Integer('Bytes'),
  Width: Integer('Pixels'),
  Height: Integer('Pixels'),
  URL: Text('Where to download it'),
  Url: Text('Another spelling of URL'),
})
export interface ImageInfo extends Type.Static<typeof imageInfo> {}

export const imageContent = Shape('Image', {
  UUID,
  ImageFormat: Integer('1: JPG, 2: GIF, 3: PNG, 4: BMP, 255: another', { values: [1, 2, 3, 4, 255] }),
  ImageInfoArray: Type.Unsafe<ImageInfo[]>(List('The image in its sizes', imageInfo)),
})
export interface ImageContent extends Type.Static<typeof imageContent> {}

export const fileContent = Shape('File', {
  Url: Text('Where to download it'),
  URL: Text('Another spelling of Url'),
  UUID,
  FileSize: Integer('Bytes'),
  FileName: Text('Name of the file'),
  fileName: Text('Another spelling of FileName'),
  Download_Flag: DownloadFlag,
})
export interface FileContent extends Type.Static<typeof fileContent> {}

const streamChunk = Shape('A piece of the answer', {
  EventType: Text('Kind of piece, such as data'),
  Index: Integer('Number of the piece'),
  Markdown: Text('Text of the piece'),
  IsLast: Bool('Whether the answer ends with it'),
})
export interface StreamChunk extends Type.Static<typeof streamChunk> {}

export const streamContent = Shape("A chatbot's answer, which grows while it is written", {
  Chunks: Type.Unsafe<StreamChunk[]>(List('The pieces that are new', streamChunk)),
  CompatibleText: Text('Shown by clients that cannot show it'),
  StreamMsgID: Text('The answer that they belong to'),
})
export interface StreamContent extends Type.Static<typeof streamContent> {}

export const videoContent = Shape('Video', {
  VideoUrl: Text('Where to download the video'),
  VideoUUID: UUID,
  VideoSize: Integer('Bytes'),
  VideoSecond: Decimal('Length in seconds; 0 from web clients'),
  VideoFormat: Text('Format, such as mp4'),
  VideoDownloadFlag: DownloadFlag,
  ThumbUrl: Text('Where to download the thumbnail'),
  ThumbUUID: UUID,
  ThumbSize: Integer('Bytes'),
  ThumbWidth: Integer('Pixels'),
  ThumbHeight: Integer('Pixels'),
  ThumbFormat: Text('Format, such as JPG'),
  ThumbDownloadFlag: DownloadFlag,
})
export interface VideoContent extends Type.Static<typeof videoContent> {}
