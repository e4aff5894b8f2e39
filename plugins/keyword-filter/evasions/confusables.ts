// From confusables.txt of Unicode Technical Standard #39, version 17.0.0. © 2025 Unicode, Inc., Unicode License v3,
// https://www.unicode.org/license.txt. These are the characters of Latin, Greek, Cyrillic, Armenian, Cherokee, Coptic and
// Lisu, and symbols, that look like one letter of ASCII and that NFKC leaves alone; a small letter without an entry has
// that of its capital.
const LOOK_ALIKE: Readonly<Record<string, string>> = {
  A: 'ΑАᎪꓮ',
  B: 'ΒВᏴⲂꓐꞴ',
  C: 'СҪᏟ₡Ⲥꓚ🅮🝌',
  D: 'ÐĐƉᎠꓓ',
  E: 'ɆΕЕᎬ⋿ꓰ',
  F: 'ƑϜꓝꞘ𝈓',
  G: 'ǤԌᏀᏳꓖ',
  H: 'ĦΗНҢӇӉᎻⱧⲎꓧ',
  J: 'ɈͿЈᎫꓙꞲ',
  K: 'ΚКҚҞᏦ₭ⱩⲔꓗꝀ',
  L: 'ŁᏞⳐꓡ𝈪',
  M: 'ΜϺМӍᎷⲘꓟ',
  N: 'ƝΝⲚꓠ𐆎',
  O: 'ØƟǾΘΟθОѲӨՕᎾᏫ⊖⊝⍬ⲐⲞꓳꝊ𝈚🜔',
  P: 'ΡРᏢⲢⳎꓑ',
  R: 'ƦᎡᏒꓣ𝈖',
  S: 'ЅՏᏕᏚꓢ',
  T: 'ŦƮȾΤТҬᎢ₮⊤⍡⟙Ⲧꓔ🝨',
  U: 'ɄՍᏌ∪⋃ꓴ',
  V: 'ѴᏙꓦ𐆗𝈍🜈',
  W: 'ԜᎳᏔ₩ꓪ',
  X: 'ΧХҲ╳ⲬꓫꞳ𐆖',
  Y: '¥ɎΥУҮҰᎩᎽⲨꓬ',
  Z: 'ƵȤΖᏃꓜ𐋵',
  a: 'ɑαа⍶⍺ꭺ',
  b: 'ƀƂƃƄƅɓβБЬбвьѢѣҌҍᏏᏼⲃꞵꮟ',
  c: '¢ȼсҫᴄⲥꮯ',
  d: 'ðđƌɖɗԁᏧ₫ꓒꭰꮷ',
  e: 'ɇεеҽҿ℮ꬲꭼ',
  f: 'ƒϝքᵮẝꞙꬵ',
  g: 'ƍǥɠɡԍցᏻᶃꮐ',
  h: 'ħɦнћңһӈӊհᏂᏲᏺⱨⲏꚕꮋꮒ',
  i: 'ıɨɩɪιіւᎥᵻᵼ⍳⍸ⲓꙇꭵ',
  j: 'ɉʝϳјꭻ',
  k: 'ƙκкқҟⱪⲕꝁꮶ',
  l: 'łƖƗƚǀɫɭΙІӀӏ∣⏽Ⲓⳑꓲꮮ',
  m: 'μϻмӎⲙꮇ',
  n: 'ŋƞɲɳηղոռᵰⲛ',
  o: 'øǿɵοσϭоѳөօᴏᴑⲑⲟꝋꬽꬾꭴꮎꮻ',
  p: 'þƥƿρϸрᵽ⍴ⲣⳏꮲ',
  q: 'ʠԛգզ',
  r: 'ɍɼɽʀгғᴦᵲⲅꭇꭈꭱꮁꮢ',
  s: 'ƽʂѕտᵴꜱꮥꮪ',
  t: 'ŧƭʈτтҭᵵⱦⲧꭲ',
  u: 'ʉʋυџսᴜᵾꞟꭎꭒꮜ',
  v: 'νѵᴠ∨⋁ꮩ',
  w: 'ɯшѡѽԝաᴡⲽꝡꮃꮤ',
  x: '×χхҳ⤫⤬⨯⨰ⲭꭓ',
  y: 'ƴɏɣʏγуүұᶌỿⲩꭚꭹꮍ',
  z: 'ƶȥʐζᴢᵶꮓ',
}

// Latin small capitals, which the standard does not list: they look like capitals, but are not as high.
const SMALL_CAPITALS: readonly (readonly [letters: string, characters: string])[] = [
  ['abdefghijkl', 'ᴀʙᴅᴇꜰɢʜɪᴊᴋʟ'],
  ['mnprtwy', 'ᴍɴᴘʀᴛᴡʏ'],
]

// White letters on black circles and squares.
const ENCLOSED = [0x1f150, 0x1f170]

const letterOf = new Map<string, string>()
for (const [letter, characters] of Object.entries(LOOK_ALIKE))
  for (const character of characters) letterOf.set(character, letter)
for (const [letters, characters] of SMALL_CAPITALS)
  for (const [index, letter] of letters.split('').entries()) letterOf.set(characters.charAt(index), letter)
for (const first of ENCLOSED)
  for (let index = 0; index < 26; index++)
    letterOf.set(String.fromCodePoint(first + index), String.fromCharCode(0x61 + index))

const ACCENTED = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]\p{M}+$/u

/** The ASCII letter that a character looks like, also under accents; other characters stay as they are. */
export function asciiLookAlike(symbol: string): string {
  if (symbol <= '\x7f') return symbol
  const parts = symbol.normalize('NFD')
  const letter = ACCENTED.test(parts) ? String.fromCodePoint(parts.codePointAt(0) ?? 0) : symbol
  // An emoji may end in a variation selector.
  return letterOf.get(letter.replace(/\ufe0f$/, '')) ?? letter
}
