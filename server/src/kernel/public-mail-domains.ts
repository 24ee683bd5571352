/** Domains where anyone gets a mailbox: no company speaks for their users. Pure. */
const names = `
gmail googlemail outlook hotmail live msn yahoo ymail rocketmail icloud me mac aol aim gmx mail email web inbox proton
protonmail pm zoho fastmail hey tutanota tuta hushmail yandex rambler qq foxmail 163 126 yeah sina sohu 139 189 21cn
aliyun naver daum hanmail nate kakao docomo ezweb softbank biglobe nifty rediffmail orange wanadoo free laposte sfr
libero virgilio tiscali alice tin t-online freenet arcor bluewin telia comcast verizon att sbcglobal bellsouth cox
charter shaw rogers sympatico telus btinternet virginmedia sky talktalk ntlworld bigpond optusnet xtra uol bol terra ig
seznam centrum wp onet interia o2 abv ukr bk list mailbox posteo disroot riseup skynet telenet ziggo kpnmail
duck simplelogin mozmail privaterelay.appleid`;
const endings = `
com net org de fr it es co.uk uk co.jp jp ne.jp com.br com.mx com.ar com.au com.cn com.hk com.tw com.sg co.in in ca ru
by kz ua pl cz nl be ch at se dk no fi pt gr ie nz co.nz cn kr com.tr tr me ch app eu bg io`;
const split = (text: string): string[] => text.trim().split(/\s+/);

/** Names with a few endings alone: a company may own the others. */
const exact = new Map<string, readonly string[]>(
  Object.entries({
    me: ['com'],
    mac: ['com'],
    mail: ['com', 'ru', 'de', 'ee', 'bg'],
    email: ['com', 'cz', 'it', 'de'],
    web: ['de'],
    inbox: ['ru', 'com', 'lv'],
    free: ['fr'],
    orange: ['fr', 'es'],
    sky: ['com'],
    cox: ['net'],
    charter: ['net'],
    shaw: ['ca'],
    rogers: ['com'],
    att: ['net'],
    verizon: ['net'],
    hey: ['com'],
    pm: ['me'],
    proton: ['me'],
    duck: ['com'],
    list: ['ru'],
    bk: ['ru'],
    ig: ['com.br'],
    bol: ['com.br'],
    uol: ['com.br'],
    terra: ['com.br', 'com', 'es'],
    alice: ['it', 'de'],
    tin: ['it'],
    o2: ['pl', 'co.uk'],
    wp: ['pl'],
    telus: ['net'],
    aliyun: ['com'],
    docomo: ['ne.jp'],
    softbank: ['ne.jp', 'jp'],
    telia: ['com', 'se'],
    skynet: ['be'],
    mailbox: ['org'],
    centrum: ['cz', 'sk'],
    sohu: ['com'],
    sina: ['com', 'cn', 'com.cn'],
    kakao: ['com'],
  }),
);

/** With endings, or names, of their own. */
const others = `
fastmail.fm online.de outlook.co.id outlook.co.th outlook.lv outlook.sa outlook.sg passport.com tom.com vip.163.com
vip.qq.com ya.ru yahoo.co.id yahoo.co.kr yahoo.com.ph yahoo.com.vn zohomail.com`;

const domains: ReadonlySet<string> = new Set([
  ...split(names).flatMap((name) => (exact.get(name) ?? split(endings)).map((ending) => `${name}.${ending}`)),
  ...split(others),
]);

/** Whether anyone can get an address at a domain. @param domain in lowercase ASCII */
export const isPublicMailDomain = (domain: string): boolean => domains.has(domain);
